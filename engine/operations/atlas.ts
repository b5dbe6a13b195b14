import type { Document, Material, Primitive } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import type { RgbaImage } from '../texture/image-codec.ts';
import { resizeTexture, type TextureMeaning } from '../texture/resize.ts';
import { byte, colorByte, drawCell, type PlacedCell, type Sampler, samplerOf } from './atlas/draw-cells.ts';
import { packCells } from './atlas/pack-cells.ts';
import { type AtlasSource, type AtlasTexture, sourceOf } from './atlas/sources.ts';
import { createTexture } from './bake/write-texels.ts';
import { atlasTooSmall } from './errors.ts';
import { floatValues } from './float-values.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { removeUnused } from './unused.ts';

/** Puts the textures of several materials into common ones, so that one material takes their place. */
export const atlas: OperationFunction<'atlas'> = async (document, parameters, context) => {
  const groups = Map.groupBy(listSources(document, parameters, context), ({ material }) => keyOf(material));
  let merged = 0;
  let made = 0;
  for (const sources of groups.values()) {
    if (sources.length < 2) continue;
    await mergeSources(document, sources, parameters, context);
    merged += sources.length;
    made++;
  }
  await removeUnused(document, ['Material', 'Texture', 'Accessor']);
  context.note(
    merged > 0
      ? `${plural(merged, 'material')} became ${made}. \`join\` makes one draw call of what shares one.`
      : 'No two materials could share an atlas.',
  );
};

function listSources(document: Document, { repeats }: OperationOf<'atlas'>, { note }: OperationContext): AtlasSource[] {
  // A set: meshes may share a primitive, whose coordinates are moved once.
  const primitives = new Map<Material, Set<Primitive>>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const material = primitive.getMaterial();
      if (material) primitives.set(material, (primitives.get(material) ?? new Set()).add(primitive));
    }
  }
  return [...primitives].flatMap(([material, users]) => {
    const source = sourceOf(document, material, [...users], repeats);
    if (typeof source !== 'string') return [source];
    note(`"${material.getName() || 'a material'}" stayed: it ${source}.`);
    return [];
  });
}

/** Materials with the same key can be one: what textures cannot say is the same. */
function keyOf(material: Material): string {
  const mode = material.getAlphaMode();
  return JSON.stringify([
    mode,
    mode === 'MASK' ? material.getAlphaCutoff() : 0,
    material.getDoubleSided(),
    material.getExtension('KHR_materials_unlit') !== null,
  ]);
}

async function mergeSources(
  document: Document,
  sources: AtlasSource[],
  { maxSize, padding }: OperationOf<'atlas'>,
  context: OperationContext,
): Promise<void> {
  const { size, cells, scale } = layOutCells(sources, padding, maxSize);
  const material = document.createMaterial('atlas').copy(sources[0]!.material).setName('atlas').setExtras({});
  const most = Math.max(...sources.flatMap(({ emission }) => emission));
  const draw = async (
    slots: readonly (keyof Maps)[],
    texelOf: (
      source: AtlasSource,
      samplers: Partial<Record<keyof Maps, Sampler>>,
    ) => (u: number, v: number) => readonly number[],
  ): Promise<RgbaImage> => {
    const image = { width: size, height: size, data: new Uint8Array(size * size * 4) };
    for (const [index, source] of sources.entries()) {
      const samplers: Partial<Record<keyof Maps, Sampler>> = {};
      for (const slot of slots) if (source[slot]) samplers[slot] = await read(source[slot], slot, scale, context);
      drawCell(image, cells[index]!, source, padding, texelOf(source, samplers));
    }
    return image;
  };
  const save = (kind: string, image: RgbaImage, alpha = false) =>
    createTexture(document, `atlas_${kind}`, image, context.host.encodeTexture, alpha);
  const base = await draw(['baseColor'], baseTexel);
  material
    .setBaseColorFactor([1, 1, 1, 1])
    .setBaseColorTexture(await save('baseColor', base, material.getAlphaMode() !== 'OPAQUE'));
  const shared = await save('orm', await draw(['occlusion', 'metallicRoughness'], ormTexel));
  material.setMetallicRoughnessTexture(shared).setMetallicFactor(1).setRoughnessFactor(1);
  material.setOcclusionTexture(sources.some(({ occlusion }) => occlusion) ? shared : null).setOcclusionStrength(1);
  const bumpy = sources.some(({ normal }) => normal);
  material.setNormalTexture(bumpy ? await save('normal', await draw(['normal'], normalTexel)) : null).setNormalScale(1);
  const glows = most > 0 ? await save('emissive', await draw(['emissive'], emissiveTexel(most))) : null;
  setEmission(document, material.setEmissiveTexture(glows), most);
  for (const info of [
    material.getBaseColorTextureInfo(),
    material.getMetallicRoughnessTextureInfo(),
    material.getOcclusionTextureInfo(),
    material.getNormalTextureInfo(),
    material.getEmissiveTextureInfo(),
  ]) {
    // Nothing reaches beyond its cell.
    info?.setTexCoord(0).setExtension('KHR_texture_transform', null).setWrapS(CLAMP).setWrapT(CLAMP);
  }
  for (const [index, source] of sources.entries()) {
    for (const primitive of source.primitives) moveCoordinates(document, primitive, source, cells[index]!, size);
    for (const primitive of source.primitives) primitive.setMaterial(material);
  }
  context.note(
    `${plural(sources.length, 'material')} in ${size} × ${size} texels${scale < 1 ? `, scaled to ${Math.round(scale * 100)} % to fit` : ''}.`,
  );
}

const CLAMP = 33_071;

type Maps = Pick<AtlasSource, 'baseColor' | 'metallicRoughness' | 'normal' | 'occlusion' | 'emissive'>;

const MEANINGS: Record<keyof Maps, TextureMeaning> = {
  baseColor: 'color',
  metallicRoughness: 'data',
  normal: 'normal',
  occlusion: 'data',
  emissive: 'color',
};

/** Cells of the size that the textures have, or as much smaller as it takes to fit. */
function layOutCells(sources: readonly AtlasSource[], padding: number, maxSize: number) {
  for (let scale = 1; ; scale /= 2) {
    const sizes = sources.map(({ width, height }) => ({
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    }));
    const packed = packCells(sizes, padding, maxSize);
    if (packed) {
      const cells: PlacedCell[] = packed.places.map((place, index) => ({ ...place, ...sizes[index]! }));
      return { size: packed.size, cells, scale };
    }
    if (scale < 1 / 4096) throw atlasTooSmall(sources.length, maxSize, padding);
  }
}

async function read(used: AtlasTexture, slot: keyof Maps, scale: number, { host }: OperationContext): Promise<Sampler> {
  const image = await host.decodeImage(used.texture.getImage()!, used.texture.getMimeType());
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const scaled = scale < 1 ? resizeTexture(image, width, height, MEANINGS[slot]) : image;
  return samplerOf(used, scaled, MEANINGS[slot] === 'color');
}

type TexelOf = (
  source: AtlasSource,
  samplers: Partial<Record<keyof Maps, Sampler>>,
) => (u: number, v: number) => readonly number[];

const WHITE = [1, 1, 1, 1] as const;

const baseTexel: TexelOf = ({ material }, { baseColor }) => {
  const [r, g, b, a] = material.getBaseColorFactor();
  return (u, v) => {
    const texel = baseColor?.(u, v) ?? WHITE;
    return [colorByte(texel[0] * r), colorByte(texel[1] * g), colorByte(texel[2] * b), byte(texel[3] * a)];
  };
};

const ormTexel: TexelOf = ({ material }, { occlusion, metallicRoughness }) => {
  const [strength, roughness, metallic] = [
    material.getOcclusionStrength(),
    material.getRoughnessFactor(),
    material.getMetallicFactor(),
  ];
  return (u, v) => {
    const open = occlusion ? 1 + strength * (occlusion(u, v)[0] - 1) : 1;
    const texel = metallicRoughness?.(u, v) ?? WHITE;
    return [byte(open), byte(texel[1] * roughness), byte(texel[2] * metallic), 255];
  };
};

const normalTexel: TexelOf = ({ material }, { normal }) => {
  const scale = material.getNormalScale();
  return (u, v) => {
    if (!normal) return [128, 128, 255, 255];
    const texel = normal(u, v);
    if (scale === 1) return [byte(texel[0]), byte(texel[1]), byte(texel[2]), 255];
    const [x, y, z] = [(texel[0] * 2 - 1) * scale, (texel[1] * 2 - 1) * scale, texel[2] * 2 - 1];
    const length = Math.hypot(x, y, z) || 1;
    return [byte(0.5 + x / length / 2), byte(0.5 + y / length / 2), byte(0.5 + z / length / 2), 255];
  };
};

const emissiveTexel =
  (most: number): TexelOf =>
  ({ emission }, { emissive }) =>
  (u, v) => {
    const texel = emissive?.(u, v) ?? WHITE;
    return [...emission.map((value, k) => colorByte((texel[k]! * value) / most)), 255];
  };

function setEmission(document: Document, material: Material, most: number): void {
  const factor = Math.min(1, most);
  material.setEmissiveFactor([factor, factor, factor]).setExtension('KHR_materials_emissive_strength', null);
  if (most <= 1) return;
  const strength = document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
  material.setExtension('KHR_materials_emissive_strength', strength.setEmissiveStrength(most));
}

/** Moves coordinates into the cell; what had no textures lies on its middle. */
function moveCoordinates(
  document: Document,
  primitive: Primitive,
  { set, range, baseColor, metallicRoughness, normal, occlusion, emissive }: AtlasSource,
  cell: PlacedCell,
  size: number,
): void {
  const count = primitive.getAttribute('POSITION')?.getCount() ?? 0;
  const textured = baseColor ?? metallicRoughness ?? normal ?? occlusion ?? emissive;
  const accessor = textured && primitive.getAttribute(`TEXCOORD_${set}`);
  const values = accessor ? floatValues(accessor, 2) : new Float32Array(count * 2).fill(0.5);
  for (let i = 0; i < values.length; i += 2) {
    values[i] = (cell.x + ((values[i]! - range.u) / range.width) * cell.width) / size;
    values[i + 1] = (cell.y + ((values[i + 1]! - range.v) / range.height) * cell.height) / size;
  }
  for (const semantic of primitive.listSemantics()) {
    if (semantic.startsWith('TEXCOORD_')) primitive.setAttribute(semantic, null);
  }
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(values).setBuffer(buffer));
}
