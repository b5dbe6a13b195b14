import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Document, NodeIO } from '@gltf-transform/core';
import { KHRMaterialsClearcoat, KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import sharp from 'sharp';
import { paintAtlas, REGION_BORDER, REGIONS, type Region } from './reference-textures.ts';

/** Where the model is written unless told otherwise (a folder that git ignores). */
export const REFERENCE_MODEL = fileURLToPath(new URL('../data/bench/reference.glb', import.meta.url));

const TEXTURE_SIZE = 2048;

type Vector = [number, number, number];
/** Places a point of a part in the model. */
type Place = (p: Vector) => Vector;

/** Collects the parts of the model: positions, smooth normals, coordinates in the atlas. */
class Shape {
  readonly positions: number[] = [];
  readonly normals: number[] = [];
  readonly uvs: number[] = [];
  readonly indices: number[] = [];

  /**
   * A grid of `columns` × `rows` cells. `point` gives the place for (s, t) in [0, 1]; normals come from differences
   * and face to the side from which t runs down while s runs anticlockwise seen from above.
   */
  grid(columns: number, rows: number, region: Region, point: (s: number, t: number) => Vector): void {
    const base = this.positions.length / 3;
    const e = 1e-4;
    for (let j = 0; j <= rows; j++) {
      for (let i = 0; i <= columns; i++) {
        const s = i / columns;
        const t = j / rows;
        const p = point(s, t);
        const t0 = Math.min(Math.max(t, e), 1 - e);
        const ds = sub(point(s + e, t0), point(s - e, t0));
        const dt = sub(point(s, t0 + e), point(s, t0 - e));
        const n = unit(cross(dt, ds));
        this.positions.push(...p);
        this.normals.push(...n);
        const inset = REGION_BORDER / TEXTURE_SIZE;
        this.uvs.push(
          region.x + inset + s * (region.width - 2 * inset),
          region.y + inset + t * (region.height - 2 * inset),
        );
      }
    }
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        const a = base + j * (columns + 1) + i;
        const b = a + columns + 1;
        this.indices.push(a, b, a + 1, b, b + 1, a + 1);
      }
    }
  }

  /** A surface of revolution about y: `profile` gives radius and height for t in [0, 1], from the top down. */
  revolve(
    columns: number,
    rows: number,
    region: Region,
    profile: (t: number) => [number, number],
    place: Place = (p) => p,
  ): void {
    this.grid(columns, rows, region, (s, t) => {
      const [r, y] = profile(t);
      const a = s * 2 * Math.PI;
      return place([r * Math.sin(a), y, r * Math.cos(a)]);
    });
  }
}

const sub = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vector): Vector => {
  const k = 1 / (Math.hypot(...a) || 1);
  return [a[0] * k, a[1] * k, a[2] * k];
};

/** Turns +y to a direction given by azimuth (about y, from +z) and elevation, and moves out to `distance`. */
function facing(azimuth: number, elevation: number, distance: number, center: Vector): Place {
  const d: Vector = [
    Math.sin(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
    Math.cos(azimuth) * Math.cos(elevation),
  ];
  const x: Vector = [Math.cos(azimuth), 0, -Math.sin(azimuth)];
  const z = cross(x, d);
  return (p) => [0, 1, 2].map((i) => center[i]! + x[i]! * p[0] + d[i]! * (p[1] + distance) + z[i]! * p[2]) as Vector;
}

/** Ring of radius `major` and thickness `minor`, lying about y. */
const ring =
  (major: number, minor: number, y: number) =>
  (t: number): [number, number] => {
    const a = t * 2 * Math.PI;
    return [major + minor * Math.sin(a), y + minor * Math.cos(a)];
  };

/** A diving helmet: copper dome, portholes, bolted collar, hose, lamp. */
function helmet(): Shape {
  const shape = new Shape();
  const { copper, brass, enamel, rubber, glass, lamp } = REGIONS;
  const center: Vector = [0, 1, 0];

  shape.revolve(80, 28, copper, (t) => {
    const a = 0.03 + t * 2.36;
    return [1 * Math.sin(a), 1 + 1.02 * Math.cos(a)];
  });
  shape.revolve(64, 8, brass, ring(0.76, 0.085, 0.28));
  shape.revolve(64, 8, enamel, (t) => {
    const a = t * Math.PI;
    return [0.78 + 0.44 * Math.sin(a * 0.5) ** 0.8, 0.22 - 0.3 * t];
  });
  shape.revolve(64, 7, brass, ring(1.22, 0.06, -0.1));
  shape.revolve(64, 10, rubber, (t) => [1.2 - 0.07 * t + 0.018 * Math.sin(t * Math.PI * 6), -0.14 - 0.26 * t]);
  for (let i = 0; i < 10; i++) {
    const a = ((i + 0.5) / 10) * 2 * Math.PI;
    const at: Vector = [Math.sin(a) * 1.06, 0.02, Math.cos(a) * 1.06];
    shape.revolve(
      8,
      4,
      brass,
      (t) => (t < 0.6 ? [0.07 * Math.sin((t / 0.6) * 1.2), 0.1 - t * 0.05] : [0.066, 0.07 - (t - 0.6) * 0.25]),
      (p) => [p[0] + at[0], p[1] + at[1], p[2] + at[2]],
    );
  }

  const portholes: [azimuth: number, elevation: number, size: number][] = [
    [0, 0.02, 0.4],
    [1.35, 0.02, 0.3],
    [-1.35, 0.02, 0.3],
    [0, 1.02, 0.2],
  ];
  for (const [azimuth, elevation, size] of portholes) {
    const place = facing(azimuth, elevation, Math.sqrt(1 - size * size * 0.8), center);
    shape.revolve(32, 8, brass, ring(size, size * 0.16, 0.05), place);
    shape.revolve(32, 2, enamel, (t) => [size * (1.12 + 0.04 * Math.sin(t * Math.PI)), 0.04 - t * 0.26], place);
    shape.revolve(32, 5, glass, (t) => [size * 0.93 * t, 0.06 + size * 0.22 * (1 - t * t)], place);
    if (size > 0.25) {
      for (let i = 0; i < 8; i++) {
        const a = (i / 8) * 2 * Math.PI;
        const bolt: Place = (p) =>
          place([p[0] + Math.sin(a) * size * 1.0, p[1] + size * 0.2, p[2] + Math.cos(a) * size * 1.0]);
        shape.revolve(6, 3, brass, (t) => [0.034 * Math.min(1, t * 1.8), 0.04 - Math.max(0, t - 0.5) * 0.08], bolt);
      }
    }
  }

  // Lamp on top, with a guard ring.
  const top = facing(Math.PI, 1.05, 1.0, center);
  shape.revolve(24, 4, brass, (t) => [0.14 + 0.08 * (1 - t), 0.16 - t * 0.24], top);
  shape.revolve(24, 7, lamp, (t) => [0.2 * Math.sin(t * Math.PI * 0.5), 0.14 + 0.2 * Math.cos(t * Math.PI * 0.5)], top);
  shape.revolve(24, 5, enamel, ring(0.215, 0.035, 0.15), top);

  // Air hose from the back to the collar.
  shape.grid(12, 40, rubber, (s, t) => {
    const path = (u: number): Vector => [
      0.35 + 0.62 * Math.sin(u * 2.4),
      1.2 - 1.05 * u + 0.1 * Math.sin(u * Math.PI),
      -0.86 - 0.42 * Math.sin(u * Math.PI) + 0.25 * u,
    ];
    const p = path(t);
    const d = unit(sub(path(t + 1e-3), path(t - 1e-3)));
    const x = unit(cross(d, [0.3, 0.2, 1]));
    const y = cross(d, x);
    const r = 0.085 + 0.012 * Math.sin(t * Math.PI * 44);
    const a = -s * 2 * Math.PI;
    return [0, 1, 2].map((i) => p[i]! + r * (Math.cos(a) * x[i]! + Math.sin(a) * y[i]!)) as Vector;
  });
  return shape;
}

/**
 * Makes the model that measurements and the README's picture use: about 15,000 triangles, one material, five textures
 * of 2,048² pixels. The same bytes on every run with the same versions of the libraries.
 */
export async function makeReferenceModel(): Promise<Uint8Array> {
  const shape = helmet();
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', array: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);

  const maps = paintAtlas(TEXTURE_SIZE);
  const texture = async (name: string, rgb: Uint8Array) => {
    const raw = { width: TEXTURE_SIZE, height: TEXTURE_SIZE, channels: 3 } as const;
    const bytes = await sharp(rgb, { raw }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
    return document.createTexture(name).setMimeType('image/jpeg').setImage(new Uint8Array(bytes));
  };
  const orm = await texture('orm', maps.orm);
  const coat = await texture('clearcoat', maps.clearcoat);
  const clearcoat = document.createExtension(KHRMaterialsClearcoat).createClearcoat();
  clearcoat.setClearcoatFactor(1).setClearcoatRoughnessFactor(0.04).setClearcoatTexture(coat);
  const strength = document
    .createExtension(KHRMaterialsEmissiveStrength)
    .createEmissiveStrength()
    .setEmissiveStrength(3);
  const material = document
    .createMaterial('helmet')
    .setBaseColorTexture(await texture('baseColor', maps.baseColor))
    .setMetallicRoughnessTexture(orm)
    .setOcclusionTexture(orm)
    .setNormalTexture(await texture('normal', maps.normal))
    .setEmissiveTexture(await texture('emissive', maps.emissive))
    .setEmissiveFactor([1, 1, 1])
    .setMetallicFactor(1)
    .setRoughnessFactor(1)
    .setExtension('KHR_materials_clearcoat', clearcoat)
    .setExtension('KHR_materials_emissive_strength', strength);
  const primitive = document
    .createPrimitive()
    .setMaterial(material)
    .setAttribute('POSITION', accessor('VEC3', new Float32Array(shape.positions)))
    .setAttribute('NORMAL', accessor('VEC3', new Float32Array(shape.normals)))
    .setAttribute('TEXCOORD_0', accessor('VEC2', new Float32Array(shape.uvs)))
    .setIndices(accessor('SCALAR', new Uint16Array(shape.indices)));
  const node = document.createNode('helmet').setMesh(document.createMesh('helmet').addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene().addChild(node));
  const io = new NodeIO().registerExtensions([KHRMaterialsClearcoat, KHRMaterialsEmissiveStrength]);
  return io.writeBinary(document);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv[2] ?? REFERENCE_MODEL;
  await mkdir(dirname(target), { recursive: true });
  const glb = await makeReferenceModel();
  await writeFile(target, glb);
  console.log(`${target}: ${glb.length} bytes`);
}
