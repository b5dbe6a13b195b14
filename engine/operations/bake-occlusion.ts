import type { Document, Material, Mesh } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { ANY_TRIANGLE } from '../render/bake-points.ts';
import { openRenderSession, type RenderSession } from '../render/render-session.ts';
import { type BakedPart, bakeTexels } from './bake/bake-texels.ts';
import { placeFrames } from './bake/placed-frames.ts';
import { vertexOcclusion } from './bake/vertex-occlusion.ts';
import { createTexture, occlusionImage } from './bake/write-texels.ts';
import { floatValues } from './float-values.ts';
import { ensureNormals } from './normals.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { removeUnused } from './unused.ts';
import { findApartSet, groupByMaterial, type UvGroup } from './unwrap/uv-groups.ts';
import { checkTriangles, freeSet, unwrapGroup } from './unwrap.ts';

/** How far off a surface looks for itself, as a share of the diagonal. */
const NEAR = 1e-4;

/** Bakes how much of the surroundings' light reaches each place into occlusion textures, or into vertex colours. */
export const bakeOcclusion: OperationFunction<'bakeOcclusion'> = async (document, parameters, context) => {
  await ensureNormals(document);
  const session = openRenderSession(document, await context.host.renderer());
  try {
    const groups = groupByMaterial(document).filter((group) => isDrawn(group, context));
    if (parameters.to === 'vertices') {
      for (const group of groups) await toVertices(document, group, parameters, context, session);
    } else {
      const open = groups.map((group) => ({ group, set: findApartSet(group) }));
      checkTriangles(open.flatMap(({ group, set }) => (set === null ? [group] : [])));
      for (const { group, set } of open) await toTexture(document, group, set, parameters, context, session);
    }
    if (groups.length === 0) context.note('There are no triangles that could be baked.');
  } finally {
    session.close();
  }
  await removeUnused(document, ['Texture', 'Accessor']);
};

/** Whether a scene draws some of a group, in a material that light means something to. */
function isDrawn(group: UvGroup, { note }: OperationContext): boolean {
  if (!group.parts.some(({ node }) => node)) return false;
  if (!group.material?.getExtension('KHR_materials_unlit')) return true;
  note(`${nameOf(group.material)} takes no light and stayed.`);
  return false;
}

function nameOf(material: Material | null): string {
  return material ? `"${material.getName() || 'a material'}"` : 'What has no material';
}

async function toTexture(
  document: Document,
  group: UvGroup,
  found: number | null,
  parameters: OperationOf<'bakeOcclusion'>,
  context: OperationContext,
  session: RenderSession,
): Promise<void> {
  const set = found ?? freeSet(group);
  if (set === null) return context.note(`${nameOf(group.material)} stayed: its textures use all sets of coordinates.`);
  if (found === null) await unwrapGroup(document, group, set, parameters);
  const baked = await bakeTexels(
    partsOf(group, set, () => ANY_TRIANGLE),
    settingsOf(parameters, context),
    session,
  );
  const material = group.material ?? document.createMaterial('occlusion');
  for (const { primitive } of group.parts) if (!primitive.getMaterial()) primitive.setMaterial(material);
  const name = `${material.getName() || 'material'}_occlusion`;
  const texture = await createTexture(document, name, occlusionImage(baked), context.host.encodeTexture);
  material.setOcclusionTexture(texture).setOcclusionStrength(1);
  material.getOcclusionTextureInfo()!.setTexCoord(set).setExtension('KHR_texture_transform', null);
  const mean = baked.orm.reduce((sum, value, i) => sum + (i % 3 === 0 ? value : 0), 0) / Math.max(1, baked.covered);
  context.note(
    `${nameOf(group.material)}: ${parameters.resolution} × ${parameters.resolution} texels in set ${set}${found === null ? ', unwrapped for it' : ''}, ${Math.round(mean * 100)} % open on average.`,
  );
  const copies = group.parts.filter(({ node }) => !node).length;
  if (copies > 0) context.note(`${plural(copies, 'primitive')} of it is drawn nowhere and stayed open.`);
}

/**
 * The parts of a group that are drawn, with their coordinates of a set.
 *
 * @param trianglesOf what each looks for
 */
export function partsOf(group: UvGroup, set: number, trianglesOf: (mesh: Mesh) => BakedPart['triangles']): BakedPart[] {
  return group.parts.flatMap((part) => {
    const frames = placeFrames(part);
    const coordinates = part.primitive.getAttribute(`TEXCOORD_${set}`);
    return frames && coordinates
      ? [{ frames, coordinates: floatValues(coordinates, 2), triangles: trianglesOf(part.mesh) }]
      : [];
  });
}

function settingsOf(parameters: OperationOf<'bakeOcclusion'>, { diagonal }: OperationContext) {
  return {
    resolution: parameters.resolution,
    samples: 1,
    front: NEAR * diagonal,
    back: NEAR * diagonal,
    rays: parameters.rays,
    reach: parameters.distance ?? Infinity,
    seed: parameters.seed,
    itself: true,
  };
}

async function toVertices(
  document: Document,
  { material, parts }: UvGroup,
  parameters: OperationOf<'bakeOcclusion'>,
  context: OperationContext,
  session: RenderSession,
): Promise<void> {
  let vertices = 0;
  for (const part of parts) {
    const frames = placeFrames(part);
    if (!frames) continue;
    const open = await vertexOcclusion(frames, settingsOf(parameters, context), session);
    const accessor = part.primitive.getAttribute('COLOR_0');
    const size = accessor?.getElementSize() ?? 3;
    const colors = accessor ? floatValues(accessor, size) : new Float32Array(open.length * 3).fill(1);
    for (let i = 0; i < open.length; i++) {
      for (let k = 0; k < 3; k++) colors[i * size + k] = colors[i * size + k]! * open[i]!;
    }
    const buffer = document.getRoot().listBuffers()[0] ?? null;
    const made = document
      .createAccessor()
      .setType(size === 4 ? 'VEC4' : 'VEC3')
      .setArray(colors)
      .setBuffer(buffer);
    part.primitive.setAttribute('COLOR_0', made);
    vertices += open.length;
  }
  context.note(`${nameOf(material)}: ${plural(vertices, 'vertex', 'vertices')} coloured.`);
}
