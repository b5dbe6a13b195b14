import { FOUND_FLOATS, POINT_FLOATS } from '../../render/bake-points.ts';
import * as L from '../../render/kernel/layout.ts';
import type { RenderSession } from '../../render/render-session.ts';
import { forEachTexel } from '../../texture/raster/for-each-texel.ts';
import type { PlacedFrames } from './placed-frames.ts';

/** A surface that is baked onto: placed vertices and their places in the texture. */
export interface BakedPart {
  frames: PlacedFrames;
  /** Two for each vertex. */
  coordinates: Float32Array;
  /** The triangles of the session's scene that it looks for. */
  triangles: readonly [first: number, end: number];
}

/** How texels look for the surface that is baked. */
export interface BakeSettings {
  /** Texels a side. */
  resolution: number;
  /** Points along each side of a texel. */
  samples: number;
  /** How far that surface may lie outwards and inwards, in metres. */
  front: number;
  back: number;
  /** Rays for occlusion, and how far they look. */
  rays: number;
  reach: number;
  seed: number;
  /**
   * Whether what is found is the surface itself, or another that stands for it: then occlusion that its material has
   * counts too, and where none of its directions is open it is hidden, which says nothing of what is seen.
   */
  itself: boolean;
}

/** Texels: means over the points of each that found something. All linear. */
export interface BakedTexels {
  resolution: number;
  /** Points of each texel that found something; 0: nothing is known of it. */
  counts: Float32Array;
  /** Red, green, blue, alpha. */
  base: Float32Array;
  /** In tangent space, not of unit length; in the world where a part has no tangents. */
  normal: Float32Array;
  /** Occlusion, a mean over points of its own; roughness, metalness. */
  orm: Float32Array;
  /** Points of each texel that tell its occlusion. */
  openCounts: Float32Array;
  emission: Float32Array;
  /** Texels that lie on the surface, and those of them that found nothing. */
  covered: number;
  missed: number;
}

/** Points that are looked for at once. */
const BATCH = 262_144;

/** Bakes what lies in the session's scene into the texels that parts cover. */
export async function bakeTexels(
  parts: readonly BakedPart[],
  settings: BakeSettings,
  session: RenderSession,
): Promise<BakedTexels> {
  const { resolution, samples } = settings;
  const texels = resolution * resolution;
  const baked: BakedTexels = {
    resolution,
    counts: new Float32Array(texels),
    base: new Float32Array(texels * 4),
    normal: new Float32Array(texels * 3),
    orm: new Float32Array(texels * 3),
    openCounts: new Float32Array(texels),
    emission: new Float32Array(texels * 3),
    covered: 0,
    missed: 0,
  };
  const touched = new Uint8Array(texels);
  const pending = new PendingPoints(settings);
  const flush = async () => {
    const { rays, reach } = settings;
    const found = await session.findSurfaces({
      points: pending.points.subarray(0, pending.count * POINT_FLOATS),
      rays,
      reach,
    });
    for (let i = 0; i < pending.count; i++) gather(baked, pending, i, found, settings.itself);
    pending.count = 0;
  };
  const size = resolution * samples;
  const middles = new TexelList();
  for (const part of parts) {
    const { frames, coordinates } = part;
    const corners = new Float64Array(6);
    for (let i = 0; i < frames.indices.length; i += 3) {
      for (let k = 0; k < 6; k++) corners[k] = coordinates[frames.indices[i + (k >> 1)]! * 2 + (k & 1)]!;
      const side = texelSide(part, i, size);
      middles.clear();
      forEachTexel(corners, 0, size, size, middles.push);
      const { values } = middles;
      for (let at = 0; at < middles.length; at += 4) {
        const x = values[at]!;
        const y = values[at + 1]!;
        const texel = Math.floor(y / samples) * resolution + Math.floor(x / samples);
        touched[texel] = 1;
        pending.add(part, i, values[at + 2]!, values[at + 3]!, texel, side, y * size + x);
        if (pending.count === BATCH) await flush();
      }
    }
  }
  if (pending.count > 0) await flush();
  for (let texel = 0; texel < texels; texel++) {
    if (!touched[texel]) continue;
    baked.covered++;
    const count = baked.counts[texel]!;
    if (count === 0) {
      baked.missed++;
      continue;
    }
    baked.orm[texel * 3] = (baked.orm[texel * 3]! * count) / (baked.openCounts[texel]! || 1);
    for (const values of [baked.base, baked.normal, baked.orm, baked.emission]) {
      const width = values.length / texels;
      for (let k = texel * width; k < (texel + 1) * width; k++) values[k] = values[k]! / count;
    }
  }
  return baked;
}

/** Side of a point's share of a triangle, in metres. */
function texelSide({ frames: { positions: p, indices }, coordinates: c }: BakedPart, i: number, size: number): number {
  const [a, b, d] = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
  const edge = (to: number, axis: number) => p[to * 3 + axis]! - p[a * 3 + axis]!;
  const normal = [0, 1, 2].map((axis) => {
    const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
    return edge(b, next) * edge(d, last) - edge(b, last) * edge(d, next);
  }) as [number, number, number];
  const uv = Math.abs(
    (c[b * 2]! - c[a * 2]!) * (c[d * 2 + 1]! - c[a * 2 + 1]!) -
      (c[d * 2]! - c[a * 2]!) * (c[b * 2 + 1]! - c[a * 2 + 1]!),
  );
  return uv > 0 ? Math.sqrt(Math.hypot(...normal) / uv) / size : 0;
}

/** Points that wait to be looked for, with the frames that their normals are told in. */
class PendingPoints {
  readonly points = new Float32Array(BATCH * POINT_FLOATS);
  readonly texels = new Uint32Array(BATCH);
  /** Normal, then tangent and sign of the bitangent (0: none). */
  readonly frames = new Float32Array(BATCH * 7);
  count = 0;
  readonly #settings: BakeSettings;

  constructor(settings: BakeSettings) {
    this.#settings = settings;
  }

  add(
    { frames: of, triangles }: BakedPart,
    triangle: number,
    second: number,
    third: number,
    texel: number,
    side: number,
    seed: number,
  ): void {
    const { points, frames } = this;
    const at = this.count * POINT_FLOATS;
    const [a, b, c] = [of.indices[triangle]!, of.indices[triangle + 1]!, of.indices[triangle + 2]!];
    const first = 1 - second - third;
    const mixed = (values: Float32Array, width: number, k: number) =>
      first * values[a * width + k]! + second * values[b * width + k]! + third * values[c * width + k]!;
    for (let k = 0; k < 3; k++) {
      points[at + k] = mixed(of.positions, 3, k);
      points[at + 4 + k] = mixed(of.outwards, 3, k);
      frames[this.count * 7 + k] = mixed(of.normals, 3, k);
      frames[this.count * 7 + 3 + k] = of.tangents ? mixed(of.tangents, 4, k) : 0;
    }
    frames[this.count * 7 + 6] = of.tangents ? of.tangents[a * 4 + 3]! : 0;
    normalise(points, at + 4);
    // A float holds whole numbers up to 2²⁴; the kernel spreads the bits.
    points[at + 3] = hash(seed, this.#settings.seed) >>> 8;
    points[at + 7] = side;
    points[at + 8] = this.#settings.front;
    points[at + 9] = this.#settings.back;
    points[at + 10] = triangles[0];
    points[at + 11] = triangles[1];
    this.texels[this.count++] = texel;
  }
}

/** Texels of a triangle, four numbers each; the list is used again and again. */
class TexelList {
  values = new Float64Array(4096);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push = (x: number, y: number, second: number, third: number): void => {
    if (this.length + 4 > this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = x;
    this.values[this.length++] = y;
    this.values[this.length++] = second;
    this.values[this.length++] = third;
  };
}

/** lowbias32 (Wellons 2018) of two numbers. */
function hash(value: number, seed: number): number {
  let x = (Math.imul(value, 0x9e3779b1) ^ seed) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function gather(
  baked: BakedTexels,
  { texels, frames }: PendingPoints,
  i: number,
  found: Float32Array,
  itself: boolean,
): void {
  const at = i * FOUND_FLOATS;
  if (!Number.isFinite(found[at + L.BF_DISTANCE / 4]!)) return;
  const texel = texels[i]!;
  baked.counts[texel] = baked.counts[texel]! + 1;
  for (let k = 0; k < 4; k++) baked.base[texel * 4 + k] = baked.base[texel * 4 + k]! + found[at + k]!;
  const open = found[at + L.BF_OPEN / 4]!;
  const known = itself || open > 0;
  if (known) baked.openCounts[texel] = baked.openCounts[texel]! + 1;
  const orm = [
    known ? open * (itself ? 1 : found[at + L.BF_OCCLUSION / 4]!) : 0,
    found[at + L.BF_ROUGHNESS / 4]!,
    found[at + L.BF_METALLIC / 4]!,
  ];
  const normal = toFrame(frames, i * 7, found, at + L.BF_NORMAL / 4);
  for (let k = 0; k < 3; k++) {
    baked.orm[texel * 3 + k] = baked.orm[texel * 3 + k]! + orm[k]!;
    baked.normal[texel * 3 + k] = baked.normal[texel * 3 + k]! + normal[k]!;
    baked.emission[texel * 3 + k] = baked.emission[texel * 3 + k]! + found[at + L.BF_EMISSION / 4 + k]!;
  }
}

/** A direction in the frame that a viewer makes of a vertex's normal and tangent (glTF 2.0, 3.7.2.1). */
function toFrame(frames: Float32Array, at: number, vectors: Float32Array, from: number): [number, number, number] {
  const [x, y, z] = [vectors[from]!, vectors[from + 1]!, vectors[from + 2]!];
  const sign = frames[at + 6]!;
  if (sign === 0) return [x, y, z];
  normalise(frames, at);
  const [nx, ny, nz] = [frames[at]!, frames[at + 1]!, frames[at + 2]!];
  const along = frames[at + 3]! * nx + frames[at + 4]! * ny + frames[at + 5]! * nz;
  for (let k = 0; k < 3; k++) frames[at + 3 + k] = frames[at + 3 + k]! - along * frames[at + k]!;
  normalise(frames, at + 3);
  const [tx, ty, tz] = [frames[at + 3]!, frames[at + 4]!, frames[at + 5]!];
  const [bx, by, bz] = [(ny * tz - nz * ty) * sign, (nz * tx - nx * tz) * sign, (nx * ty - ny * tx) * sign];
  return [x * tx + y * ty + z * tz, x * bx + y * by + z * bz, x * nx + y * ny + z * nz];
}

function normalise(values: Float32Array, at: number): void {
  const length = Math.hypot(values[at]!, values[at + 1]!, values[at + 2]!) || 1;
  for (let k = 0; k < 3; k++) values[at + k] = values[at + k]! / length;
}
