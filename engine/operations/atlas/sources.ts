import type { Document, Material, Primitive, PrimitiveTarget, Texture, TextureInfo } from '@gltf-transform/core';
import type { EmissiveStrength, Transform } from '@gltf-transform/extensions';
import { PassThroughProperty } from '../../formats/gltf/pass-through.ts';
import { readImageHeader } from '../../formats/image-header.ts';
import { coordinateSet } from '../../validate/checks/coordinate-use.ts';
import { floatValues } from '../float-values.ts';

/** Extensions of materials that go into an atlas: what they say is kept. */
const KEPT = new Set(['KHR_materials_unlit', 'KHR_materials_emissive_strength']);

/** A texture of a material and how it is laid out. */
export interface AtlasTexture {
  texture: Texture;
  info: TextureInfo;
}

/** A material that can go into an atlas. */
export interface AtlasSource {
  material: Material;
  primitives: Primitive[];
  baseColor: AtlasTexture | null;
  metallicRoughness: AtlasTexture | null;
  normal: AtlasTexture | null;
  occlusion: AtlasTexture | null;
  emissive: AtlasTexture | null;
  /** Emission at a white texel, linear. */
  emission: [number, number, number];
  /** The set of coordinates of all its textures. */
  set: number;
  /** The part of texture space that its triangles lie in, on texels. */
  range: { u: number; v: number; width: number; height: number };
  /** Texels of that part, as many as its finest texture has. */
  width: number;
  height: number;
}

/** Texels of a material without textures. */
const PLAIN = 4;

/** A material as a source of an atlas, or the reason why it cannot be one. */
export function sourceOf(
  document: Document,
  material: Material,
  primitives: Primitive[],
  mostRepeats: number,
): AtlasSource | string {
  const other = material.listExtensions().find(({ extensionName }) => !KEPT.has(extensionName));
  if (other) return `has ${other.extensionName}`;
  const parents = material.listParents().filter((parent) => parent !== document.getRoot());
  if (parents.some((parent) => parent instanceof PassThroughProperty)) return 'is animated, or meant by an extension';
  if (parents.some((parent) => !primitives.includes(parent as Primitive))) return 'is one of several variants';
  const of = (texture: Texture | null, info: TextureInfo | null) => (texture && info ? { texture, info } : null);
  const textures = {
    baseColor: of(material.getBaseColorTexture(), material.getBaseColorTextureInfo()),
    metallicRoughness: of(material.getMetallicRoughnessTexture(), material.getMetallicRoughnessTextureInfo()),
    normal: of(material.getNormalTexture(), material.getNormalTextureInfo()),
    occlusion: of(material.getOcclusionTexture(), material.getOcclusionTextureInfo()),
    emissive: of(material.getEmissiveTexture(), material.getEmissiveTextureInfo()),
  };
  const used = Object.values(textures).filter((each) => each !== null);
  const sets = new Set(used.map((each) => coordinateSet({ ...each, srgb: false })));
  if (sets.size > 1) return 'has textures in several sets of coordinates';
  const [set = 0] = sets;
  const strength =
    material.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength() ?? 1;
  const emission = material.getEmissiveFactor().map((value) => value * strength) as [number, number, number];
  const plain = { u: 0, v: 0, width: 1, height: 1 };
  const source = { material, primitives, ...textures, emission, set };
  if (used.length === 0) return { ...source, range: plain, width: PLAIN, height: PLAIN };
  if (primitives.some((primitive) => hasMovingCoordinates(primitive))) return 'has coordinates that morph targets move';
  const bounds = boundsOf(primitives, set);
  if (!bounds) return `lacks its set of coordinates ${set}`;
  const size = finest(used);
  if (!size) return 'has a texture that cannot be read';
  const range = onTexels(bounds, size);
  const repeats = Math.max(range.width, range.height);
  if (repeats > mostRepeats) return `repeats its textures ${Math.ceil(repeats)} times`;
  const [width, height] = [Math.round(range.width * size.width), Math.round(range.height * size.height)];
  return { ...source, range, width: Math.max(1, width), height: Math.max(1, height) };
}

function hasMovingCoordinates(primitive: Primitive): boolean {
  return primitive
    .listTargets()
    .some((target: PrimitiveTarget) => target.listSemantics().some((name) => name.startsWith('TEXCOORD')));
}

function boundsOf(primitives: readonly Primitive[], set: number) {
  const min = [Infinity, Infinity];
  const max = [-Infinity, -Infinity];
  for (const primitive of primitives) {
    const accessor = primitive.getAttribute(`TEXCOORD_${set}`);
    if (!accessor) return null;
    for (const [i, value] of floatValues(accessor, 2).entries()) {
      min[i & 1] = Math.min(min[i & 1]!, value);
      max[i & 1] = Math.max(max[i & 1]!, value);
    }
  }
  return Number.isFinite(min[0]! + min[1]! + max[0]! + max[1]!) ? { min, max } : null;
}

/** Texels to one unit of coordinates, of the finest of the textures. */
function finest(textures: readonly AtlasTexture[]): { width: number; height: number } | null {
  let [width, height] = [0, 0];
  for (const { texture, info } of textures) {
    const image = texture.getImage();
    const header = image && readImageHeader(image);
    if (!header || header.width === 0 || header.height === 0) return null;
    const [u, v] = info.getExtension<Transform>('KHR_texture_transform')?.getScale() ?? [1, 1];
    width = Math.max(width, header.width * Math.abs(u));
    height = Math.max(height, header.height * Math.abs(v));
  }
  return { width, height };
}

/** The bounds with their sides moved outwards to the borders of texels, which are then copied as they are. */
function onTexels({ min, max }: { min: number[]; max: number[] }, size: { width: number; height: number }) {
  const down = (value: number, texels: number) => Math.floor(value * texels + 1e-3) / texels;
  const up = (value: number, texels: number) => Math.ceil(value * texels - 1e-3) / texels;
  const [u, v] = [down(min[0]!, size.width), down(min[1]!, size.height)];
  return {
    u,
    v,
    width: Math.max(1 / size.width, up(max[0]!, size.width) - u),
    height: Math.max(1 / size.height, up(max[1]!, size.height) - v),
  };
}
