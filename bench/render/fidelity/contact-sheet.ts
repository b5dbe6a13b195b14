import sharp from 'sharp';
import { type Picture, toBytes } from './picture.ts';

/** Colours of the difference map from 0 to 1: black over violet and orange to pale yellow. */
const HEAT = [
  [0, 0, 4],
  [81, 18, 124],
  [183, 55, 121],
  [252, 137, 97],
  [252, 253, 191],
] as const;

/** Pictures beside one another with their titles above: some, the difference map of the first two, then others. */
export async function contactSheet(
  parts: readonly { title: string; picture: Picture }[],
  difference: Float32Array,
  after: readonly { title: string; picture: Picture }[] = [],
): Promise<Uint8Array> {
  const { width, height } = parts[0]!.picture;
  const bar = 18;
  const tile = ({ title, picture }: { title: string; picture: Picture }) => ({ title, rgb: toBytes(picture) });
  const tiles = [...parts.map(tile), { title: 'FLIP', rgb: heat(difference) }, ...after.map(tile)];
  const total = tiles.length * width;
  const labels = tiles
    .map(
      ({ title }, i) =>
        `<text x="${i * width + 6}" y="13" font-family="DejaVu Sans, sans-serif" font-size="12">${title}</text>`,
    )
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="${bar}">${labels}</svg>`;
  return sharp({ create: { width: total, height: height + bar, channels: 3, background: '#ffffff' } })
    .composite([
      { input: Buffer.from(svg), left: 0, top: 0 },
      ...tiles.map(({ rgb }, i) => ({
        input: Buffer.from(rgb),
        raw: { width, height, channels: 3 as const },
        left: i * width,
        top: bar,
      })),
    ])
    .webp({ quality: 82 })
    .toBuffer();
}

function heat(map: Float32Array): Uint8Array {
  const rgb = new Uint8Array(map.length * 3);
  map.forEach((value, i) => {
    const x = Math.min(0.9999, Math.max(0, value)) * (HEAT.length - 1);
    const [a, b] = [HEAT[Math.floor(x)]!, HEAT[Math.floor(x) + 1]!];
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = Math.round(a[c]! + (b[c]! - a[c]!) * (x % 1));
  });
  return rgb;
}
