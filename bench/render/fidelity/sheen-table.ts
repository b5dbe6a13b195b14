import sharp from 'sharp';

const SIDE = 128;
const STEPS = 96;

/** Numeric fit to the shadowing of Charlie sheen, and the table of its directional albedo that it belongs to. */
function shadowing(cosine: number, alpha: number): number {
  const k = (1 - alpha) ** 2;
  const mix = (from: number, to: number) => from + (to - from) * k;
  const [a, b, c, d, e] = [
    mix(21.5473, 25.3245),
    mix(3.82987, 3.32435),
    mix(0.19823, 0.16801),
    mix(-1.9776, -1.27393),
    mix(-4.32054, -4.85967),
  ] as const;
  const curve = (x: number) => a / (1 + b * x ** c) + d * x + e;
  return Math.exp(cosine < 0.5 ? curve(cosine) : 2 * curve(0.5) - curve(1 - cosine));
}

/**
 * Directional albedo of the Charlie sheen lobe as the glTF extension KHR_materials_sheen defines it (Estevez and Kulla,
 * "Production friendly microfacet sheen BRDF", 2017): by cosine to the viewer (columns) and perceptual roughness (rows).
 */
export function sheenAlbedo(cosine: number, roughness: number): number {
  const alpha = Math.max(roughness * roughness, 1e-3);
  const v = [Math.sqrt(1 - cosine * cosine), 0, cosine] as const;
  let sum = 0;
  for (let i = 0; i < STEPS; i++) {
    for (let j = 0; j < STEPS; j++) {
      // Uniform over the hemisphere.
      const cl = (i + 0.5) / STEPS;
      const sl = Math.sqrt(1 - cl * cl);
      const phi = ((j + 0.5) / STEPS) * Math.PI;
      const h = [v[0] + sl * Math.cos(phi), sl * Math.sin(phi), v[2] + cl] as const;
      const ch = h[2] / Math.hypot(...h);
      const sin2 = Math.max(1 - ch * ch, 1e-6);
      const d = ((2 + 1 / alpha) * sin2 ** (0.5 / alpha)) / (2 * Math.PI);
      const g = 1 / ((1 + shadowing(cosine, alpha) + shadowing(cl, alpha)) * 4 * cosine * cl);
      sum += d * Math.min(1, g) * cl;
    }
  }
  return Math.min(1, (sum * 2 * Math.PI) / (STEPS * STEPS));
}

/** The table as the PNG that the Khronos renderer asks for, which its package does not contain. */
export function sheenAlbedoTable(): Promise<Uint8Array> {
  const rgb = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = Math.round(255 * sheenAlbedo((x + 0.5) / SIDE, (y + 0.5) / SIDE));
      rgb.fill(value, (y * SIDE + x) * 3, (y * SIDE + x) * 3 + 3);
    }
  }
  return sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}
