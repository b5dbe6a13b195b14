import type { Document, Material, Mesh } from '@gltf-transform/core';
import { KHRMaterialsEmissiveStrength } from '@gltf-transform/extensions';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { ComparedSurface, measureDeviation } from '../measure/deviation.ts';
import { gatherSurface } from '../measure/surface.ts';
import { ANY_TRIANGLE } from '../render/bake-points.ts';
import { openRenderSession, type RenderSession } from '../render/render-session.ts';
import { type BakedTexels, bakeTexels } from './bake/bake-texels.ts';
import { baseColorImage, createTexture, emissionImage, normalImage, ormImage } from './bake/write-texels.ts';
import { partsOf } from './bake-occlusion.ts';
import { computeTangents } from './compute-tangents.ts';
import { ensureNormals } from './normals.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { simplify } from './simplify.ts';
import { removeUnused } from './unused.ts';
import { groupByMaterial, isApart, MOST_SETS, type UvGroup } from './unwrap/uv-groups.ts';
import { checkTriangles, unwrapGroup } from './unwrap.ts';

/** How far off the fine surface is looked for at least unless told, as a share of the diagonal. */
const NEAR = 0.005;
/** Points of either surface whose distance is measured for that, and the room for what these do not tell. */
const SAMPLES = 20_000;
const SLACK = 1.25;
/** Values nearer than this to one another are one: half a step of eight bits. */
const SAME = 0.5 / 255;

/**
 * Simplifies a model and bakes how the fine one looked into textures of the coarse one. The fine model lies in the
 * renderer's memory before anything changes, with its textures and all.
 */
export const bake: OperationFunction<'bake'> = async (document, parameters, context) => {
  const session = openRenderSession(document, await context.host.renderer());
  try {
    const triangles = await trianglesByMesh(document, session);
    const near = await coarsen(document, parameters, context);
    await ensureNormals(document);
    const groups = groupsOf(document, parameters.share, context);
    const open = groups.filter((group) => !isApart(group, 0));
    checkTriangles(open);
    for (const group of groups) {
      if (open.includes(group)) {
        strip(group, 0);
        const { charts } = await unwrapGroup(document, group, 0, parameters);
        context.note(`${nameOf(group)}: unwrapped into ${plural(charts, 'chart')}.`);
      } else strip(group, 1);
      await bakeGroup(document, group, { ...parameters, distance: near }, context, session, triangles);
    }
    if (groups.length === 0) context.note('There are no triangles that could be baked.');
  } finally {
    session.close();
  }
  await removeUnused(document, ['Material', 'Texture', 'Accessor']);
};

/** The triangles of each mesh in the scene of the fine model: what is left of a mesh looks for that alone. */
async function trianglesByMesh(document: Document, session: RenderSession): Promise<Map<Mesh, [number, number]>> {
  const ofPrimitives = await session.trianglesOf();
  const ranges = new Map<Mesh, [number, number]>();
  for (const mesh of document.getRoot().listMeshes()) {
    const all = mesh.listPrimitives().flatMap((primitive) => [ofPrimitives.get(primitive) ?? []].flat());
    if (all.length > 0) ranges.set(mesh, [Math.min(...all), Math.max(...all)]);
  }
  return ranges;
}

/** Simplifies a model. @returns how far the fine surface is from what is left, in metres, unless that is given */
async function coarsen(
  document: Document,
  parameters: OperationOf<'bake'>,
  context: OperationContext,
): Promise<number> {
  const fine = parameters.distance === undefined ? gatherSurface(document) : null;
  await simplify(document, { ...parameters, type: 'simplify' }, context);
  if (parameters.distance !== undefined) return parameters.distance;
  const coarse = fine && gatherSurface(document, fine.origin);
  const moved = coarse ? measureDeviation(new ComparedSurface(fine), coarse, { samples: SAMPLES, seed: 1 }).max : 0;
  return Math.max(NEAR * context.diagonal, SLACK * moved);
}

/** What is baked together: drawn, opaque or cut out. */
function groupsOf(document: Document, share: 'material' | 'model', { note }: OperationContext): UvGroup[] {
  const groups: UvGroup[] = [];
  let clear = 0;
  for (const { material, parts } of groupByMaterial(document)) {
    if (material?.getAlphaMode() === 'BLEND' || material?.getExtension('KHR_materials_transmission')) {
      clear += parts.length;
      continue;
    }
    const drawn = parts.filter(({ node }) => node);
    if (drawn.length > 0) groups.push({ material, parts: drawn });
  }
  if (clear > 0) note(`${plural(clear, 'primitive')} that light passes through kept their materials.`);
  if (share === 'material' || groups.length < 2) return groups;
  return [{ material: null, parts: groups.flatMap(({ parts }) => parts) }];
}

function nameOf({ material }: UvGroup): string {
  return material ? `"${material.getName() || 'a material'}"` : 'The model';
}

/** Takes away what the maps hold from now on: colours, tangents, and coordinates from a set on. */
function strip({ parts }: UvGroup, from: number): void {
  for (const { primitive } of parts) {
    for (let set = from; set < MOST_SETS; set++) primitive.setAttribute(`TEXCOORD_${set}`, null);
    primitive.setAttribute('COLOR_0', null).setAttribute('TANGENT', null);
    primitive.setExtension('KHR_materials_variants', null);
    for (const target of primitive.listTargets()) target.setAttribute('TANGENT', null);
  }
}

async function bakeGroup(
  document: Document,
  group: UvGroup,
  parameters: OperationOf<'bake'> & { distance: number },
  context: OperationContext,
  session: RenderSession,
  triangles: ReadonlyMap<Mesh, [number, number]>,
): Promise<void> {
  const { maps, resolution } = parameters;
  const { note } = context;
  const material = createMaterial(document, group);
  if (maps.includes('normal')) {
    // Tangents follow a normal map; what it shows is known when they are.
    material.setNormalTexture(document.createTexture(`${material.getName()}_normal`).setMimeType('image/png'));
    for (const { primitive } of group.parts) await computeTangents(document, primitive);
  }
  const near = parameters.distance;
  const baked = await bakeTexels(
    partsOf(group, 0, (mesh) => triangles.get(mesh) ?? ANY_TRIANGLE),
    {
      resolution,
      samples: parameters.samples,
      front: near,
      back: near,
      rays: maps.includes('occlusion') ? parameters.rays : 0,
      reach: parameters.reach ?? Infinity,
      seed: parameters.seed,
      itself: false,
    },
    session,
  );
  await writeMaps(document, material, baked, parameters, context);
  const missed = baked.covered > 0 ? baked.missed / baked.covered : 0;
  note(
    `${nameOf(group)}: ${resolution} × ${resolution} texels${missed > 0.0005 ? `; ${(missed * 100).toFixed(1)} % found nothing within ${near.toPrecision(3)} m and took their neighbours'` : ''}.`,
  );
}

/** A material for what is baked, in place of those that the group had. */
function createMaterial(document: Document, { material, parts }: UvGroup): Material {
  const sources = [...new Set(parts.flatMap(({ primitive }) => primitive.getMaterial() ?? []))];
  const made = document
    .createMaterial(material?.getName() || 'baked')
    .setDoubleSided(sources.some((source) => source.getDoubleSided()))
    .setMetallicFactor(0);
  const masked = sources.filter((source) => source.getAlphaMode() === 'MASK');
  if (masked.length > 0) made.setAlphaMode('MASK').setAlphaCutoff(masked[0]!.getAlphaCutoff());
  const unlit = sources.length > 0 && sources.every((source) => source.getExtension('KHR_materials_unlit'));
  if (unlit) made.setExtension('KHR_materials_unlit', sources[0]!.getExtension('KHR_materials_unlit'));
  for (const { primitive } of parts) primitive.setMaterial(made);
  return made;
}

/** Textures where there is something to see, factors where a map says the same everywhere. */
async function writeMaps(
  document: Document,
  material: Material,
  baked: BakedTexels,
  { maps }: OperationOf<'bake'>,
  { host }: OperationContext,
): Promise<void> {
  const name = material.getName();
  const texture = (kind: string, image: Parameters<typeof createTexture>[2], alpha = false) =>
    createTexture(document, `${name}_${kind}`, image, host.encodeTexture, alpha);
  if (maps.includes('baseColor')) {
    const even = evenValues(baked, baked.base);
    if (even) material.setBaseColorFactor(even as [number, number, number, number]);
    else
      material.setBaseColorTexture(
        await texture('baseColor', baseColorImage(baked), material.getAlphaMode() !== 'OPAQUE'),
      );
  }
  const occlusion = maps.includes('occlusion') && !isEven(baked, baked.orm, 0);
  const varied = maps.includes('metallicRoughness') && !(isEven(baked, baked.orm, 1) && isEven(baked, baked.orm, 2));
  if (occlusion || varied) {
    const made = await texture('orm', ormImage(baked));
    if (occlusion) material.setOcclusionTexture(made);
    if (varied) material.setMetallicRoughnessTexture(made).setMetallicFactor(1).setRoughnessFactor(1);
  }
  if (!varied && maps.includes('metallicRoughness')) {
    const first = baked.counts.findIndex((count) => count > 0);
    if (first >= 0)
      material.setRoughnessFactor(unit(baked.orm[first * 3 + 1]!)).setMetallicFactor(unit(baked.orm[first * 3 + 2]!));
  }
  if (maps.includes('emissive')) await writeEmission(document, material, baked, texture);
  const normal = material.getNormalTexture();
  if (normal) {
    const made = await texture('normal', normalImage(baked));
    normal.setImage(made.getImage()!);
    made.dispose();
  }
}

async function writeEmission(
  document: Document,
  material: Material,
  baked: BakedTexels,
  texture: (kind: string, image: ReturnType<typeof emissionImage>) => ReturnType<typeof createTexture>,
): Promise<void> {
  const most = baked.emission.reduce((largest, value) => Math.max(largest, value), 0);
  if (most < SAME) return;
  material.setEmissiveTexture(await texture('emissive', emissionImage(baked, most)));
  const factor = Math.min(1, most);
  material.setEmissiveFactor([factor, factor, factor]);
  if (most <= 1) return;
  const strength = document.createExtension(KHRMaterialsEmissiveStrength).createEmissiveStrength();
  material.setExtension('KHR_materials_emissive_strength', strength.setEmissiveStrength(most));
}

/** The values that all texels have; null where they differ. */
function evenValues(baked: BakedTexels, values: Float32Array): number[] | null {
  const width = values.length / baked.counts.length;
  const first = baked.counts.findIndex((count) => count > 0);
  if (first < 0) return null;
  for (let k = 0; k < width; k++) if (!isEven(baked, values, k)) return null;
  return [...values.subarray(first * width, first * width + width)].map(unit);
}

function isEven({ counts }: BakedTexels, values: Float32Array, channel: number): boolean {
  const width = values.length / counts.length;
  let min = Infinity;
  let max = -Infinity;
  for (let texel = 0; texel < counts.length; texel++) {
    if (counts[texel] === 0) continue;
    min = Math.min(min, values[texel * width + channel]!);
    max = Math.max(max, values[texel * width + channel]!);
  }
  return max - min <= SAME || max === -Infinity;
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
