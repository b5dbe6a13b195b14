import type { Accessor, Material, Texture, TextureInfo } from '@gltf-transform/core';
import type { PBRSpecularGlossiness, Transform } from '@gltf-transform/extensions';
import { cosDegrees, sinDegrees, srgbToLinear } from '../../render/portable-math.ts';
import type { DecodeImage, RgbaImage } from '../../texture/image-codec.ts';
import type { SurfacePoints } from './surface-points.ts';
import { pieceOf, type SurfacePiece, type WorldSurface } from './world-surface.ts';

/** The base colour of a material. */
interface BaseColor {
  factor: readonly number[];
  texture: Texture | null;
  info: TextureInfo | null;
}

/**
 * The colour of a surface at points of it: factor, vertex colour and texture of the material, four numbers each: linear
 * red, green and blue, and alpha. Textures are decoded one after the other.
 *
 * @param note told of textures that could not be decoded; they count as white
 */
export async function pointColors(
  surface: WorldSurface,
  points: SurfacePoints,
  decodeImage: DecodeImage,
  note: (message: string) => void,
): Promise<Float32Array<ArrayBuffer>> {
  const count = points.triangles.length;
  const colors = new Float32Array(count * 4);
  const byTexture = new Map<Texture, number[]>();
  for (let i = 0; i < count; i++) {
    const piece = pieceOf(surface, points.triangles[i]!);
    const { factor, texture } = baseColorOf(piece.primitive.getMaterial());
    colors.set(factor, i * 4);
    multiplyVertexColor(surface, piece, points, i, colors);
    if (!texture || !coordinatesOf(piece)) continue;
    const list = byTexture.get(texture);
    if (list) list.push(i);
    else byTexture.set(texture, [i]);
  }
  for (const [texture, list] of byTexture) {
    const image = await decoded(texture, decodeImage, note);
    if (image) for (const point of list) multiplyTexel(surface, points, point, image, colors);
  }
  return colors;
}

/** What a material shows without light: that of metal-rough materials, or the diffuse colour of glossy ones. */
function baseColorOf(material: Material | null): BaseColor {
  if (!material) return { factor: [1, 1, 1, 1], texture: null, info: null };
  const glossy = material.getExtension<PBRSpecularGlossiness>('KHR_materials_pbrSpecularGlossiness');
  if (glossy) {
    return {
      factor: glossy.getDiffuseFactor(),
      texture: glossy.getDiffuseTexture(),
      info: glossy.getDiffuseTextureInfo(),
    };
  }
  return {
    factor: material.getBaseColorFactor(),
    texture: material.getBaseColorTexture(),
    info: material.getBaseColorTextureInfo(),
  };
}

async function decoded(
  texture: Texture,
  decodeImage: DecodeImage,
  note: (message: string) => void,
): Promise<RgbaImage | null> {
  const bytes = texture.getImage();
  try {
    if (bytes) return await decodeImage(bytes, texture.getMimeType());
  } catch {
    // Said below: the shape is worth more than its colours.
  }
  note(`The texture "${texture.getName() || 'without a name'}" cannot be decoded and counts as white.`);
  return null;
}

function coordinatesOf({ primitive }: SurfacePiece): Accessor | null {
  const { info } = baseColorOf(primitive.getMaterial());
  const set = info?.getExtension<Transform>('KHR_texture_transform')?.getTexCoord() ?? info?.getTexCoord() ?? 0;
  return primitive.getAttribute(`TEXCOORD_${set}`);
}

function multiplyVertexColor(
  surface: WorldSurface,
  { primitive, firstVertex }: SurfacePiece,
  points: SurfacePoints,
  point: number,
  colors: Float32Array,
): void {
  const accessor = primitive.getAttribute('COLOR_0');
  if (!accessor) return;
  const value = interpolate(surface, firstVertex, accessor, points, point);
  for (let k = 0; k < Math.min(4, value.length); k++) colors[point * 4 + k]! *= value[k]!;
}

function multiplyTexel(
  surface: WorldSurface,
  points: SurfacePoints,
  point: number,
  image: RgbaImage,
  colors: Float32Array,
): void {
  const piece = pieceOf(surface, points.triangles[point]!);
  const { info } = baseColorOf(piece.primitive.getMaterial());
  const [u, v] = interpolate(surface, piece.firstVertex, coordinatesOf(piece)!, points, point) as [number, number];
  const [s, t] = moved(u, v, info);
  const texel = texelAt(image, s, t, info);
  for (let k = 0; k < 4; k++) colors[point * 4 + k]! *= texel[k]!;
}

/** The value of an attribute at a point, from those of the three corners. */
export function interpolate(
  { indices }: Pick<WorldSurface, 'indices'>,
  firstVertex: number,
  accessor: Accessor,
  { triangles, weights }: SurfacePoints,
  point: number,
): number[] {
  const at = triangles[point]! * 3;
  const [v, w] = [weights[point * 2]!, weights[point * 2 + 1]!];
  const share = [1 - v - w, v, w];
  const out = new Array<number>(accessor.getElementSize()).fill(0);
  const element: number[] = [];
  for (let corner = 0; corner < 3; corner++) {
    accessor.getElement(indices[at + corner]! - firstVertex, element);
    for (let k = 0; k < out.length; k++) out[k]! += share[corner]! * element[k]!;
  }
  return out;
}

/** KHR_texture_transform: scaled, then turned, then moved. */
function moved(u: number, v: number, info: TextureInfo | null): [number, number] {
  const transform = info?.getExtension<Transform>('KHR_texture_transform');
  if (!transform) return [u, v];
  const [scaleU, scaleV] = transform.getScale();
  const [offsetU, offsetV] = transform.getOffset();
  const degrees = (transform.getRotation() * 180) / Math.PI;
  const [cos, sin] = [cosDegrees(degrees), sinDegrees(degrees)];
  const [x, y] = [u * scaleU, v * scaleV];
  return [cos * x + sin * y + offsetU, -sin * x + cos * y + offsetV];
}

const linear = Float64Array.from({ length: 256 }, (_, value) => srgbToLinear(value / 255));

/** Bilinear between four texels, in linear light. */
function texelAt({ width, height, data }: RgbaImage, s: number, t: number, info: TextureInfo | null): number[] {
  const x = s * width - 0.5;
  const y = t * height - 0.5;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - left, y - top];
  const out = [0, 0, 0, 0];
  for (let corner = 0; corner < 4; corner++) {
    const [i, j] = [corner & 1, corner >> 1];
    const share = (i ? fx : 1 - fx) * (j ? fy : 1 - fy);
    if (!(share > 0)) continue;
    const column = wrapped(left + i, width, info?.getWrapS());
    const at = (wrapped(top + j, height, info?.getWrapT()) * width + column) * 4;
    for (let k = 0; k < 3; k++) out[k]! += share * linear[data[at + k]!]!;
    out[3]! += (share * data[at + 3]!) / 255;
  }
  return out;
}

const CLAMP = 33071;
const MIRROR = 33648;

function wrapped(place: number, size: number, mode: number | undefined): number {
  if (!Number.isFinite(place)) return 0;
  if (mode === CLAMP) return Math.min(size - 1, Math.max(0, place));
  const cycle = mode === MIRROR ? 2 * size : size;
  const inside = ((place % cycle) + cycle) % cycle;
  return inside < size ? inside : cycle - 1 - inside;
}
