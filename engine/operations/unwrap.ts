import type { Document, Primitive } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { uvCoverage } from '../validate/checks/uv-coverage.ts';
import { tooManyToUnwrap } from './errors.ts';
import type { OperationFunction } from './operation-context.ts';
import { rebuildVertices } from './rebuild-vertices.ts';
import { splitVertices } from './split-vertices.ts';
import { removeUnused } from './unused.ts';
import { layOut } from './unwrap/lay-out.ts';
import { Stretch } from './unwrap/stretch.ts';
import {
  drawnPositions,
  findApartSet,
  groupByMaterial,
  isApart,
  MOST_SETS,
  texturedSets,
  type UvGroup,
} from './unwrap/uv-groups.ts';

/** More triangles take minutes. */
const MOST_TRIANGLES = 500_000;

/** What a layout came to. */
export interface UnwrapResult {
  charts: number;
  /** Share of the square that is covered. */
  covered: number;
  stretch: number;
}

/** Gives primitives texture coordinates without overlaps: one square for each material, or one for the whole model. */
export const unwrap: OperationFunction<'unwrap'> = async (document, parameters, { note }) => {
  const groups = parameters.share === 'model' ? wholeModel(document) : groupByMaterial(document);
  const chosen = groups.map((group) => ({ group, ...chooseSet(group, parameters) }));
  const open = chosen.flatMap(({ group, set }) => (set === null ? [] : [{ group, set }]));
  checkTriangles(open.map(({ group }) => group));
  for (const { group, set } of open) {
    const { charts, covered, stretch } = await unwrapGroup(document, group, set, parameters);
    note(
      `${nameOf(group)}: ${plural(charts, 'chart')} in set ${set}, ${Math.round(covered * 100)} % of the square, stretch ${stretch.toFixed(2)}.`,
    );
  }
  await removeUnused(document);
  for (const { group, reason } of chosen) if (reason) note(`${nameOf(group)} ${reason}.`);
  if (groups.length === 0) note('There are no triangles.');
};

/** All triangles of a document as one group. */
function wholeModel(document: Document): UvGroup[] {
  const groups = groupByMaterial(document);
  return groups.length === 0 ? [] : [{ material: null, parts: groups.flatMap(({ parts }) => parts) }];
}

function nameOf({ material }: UvGroup): string {
  return material ? `"${material.getName() || 'a material'}"` : 'The model';
}

/** The set that a group is to be unwrapped into; null where it is left as it is, with the reason. */
function chooseSet(
  group: UvGroup,
  { texcoord, overwrite }: Pick<OperationOf<'unwrap'>, 'texcoord' | 'overwrite'>,
): { set: number | null; reason: string | null } {
  const textured = texturedSets(group);
  if (texcoord !== undefined) {
    if (textured.has(texcoord)) return { set: null, reason: `stayed: its textures are laid out by set ${texcoord}` };
    if (!overwrite && isApart(group, texcoord)) return { set: null, reason: `has no overlaps in set ${texcoord}` };
    return { set: texcoord, reason: null };
  }
  const apart = overwrite ? null : findApartSet(group);
  if (apart !== null) return { set: null, reason: `has no overlaps in set ${apart} and stayed` };
  const set = freeSet(group);
  return set === null ? { set, reason: `stayed: its textures use ${MOST_SETS} sets` } : { set, reason: null };
}

/** The first set that no texture of a group is laid out by. */
export function freeSet(group: UvGroup): number | null {
  const textured = texturedSets(group);
  for (let set = 0; set < MOST_SETS; set++) if (!textured.has(set)) return set;
  return null;
}

/** @throws MaquetteError `model_too_large` */
export function checkTriangles(groups: readonly UvGroup[]): void {
  let triangles = 0;
  for (const { parts } of groups)
    for (const { primitive } of parts) triangles += primitive.getIndices()!.getCount() / 3;
  if (triangles > MOST_TRIANGLES) throw tooManyToUnwrap(triangles, MOST_TRIANGLES);
}

/** Unfolds a group into the unit square and writes the coordinates into a set, splitting vertices where charts end. */
export async function unwrapGroup(
  document: Document,
  { parts }: UvGroup,
  set: number,
  options: { resolution: number; padding: number },
): Promise<UnwrapResult> {
  const lists = parts.map((part) => ({
    positions: drawnPositions(part),
    indices: Uint32Array.from(part.primitive.getIndices()!.getArray()!),
  }));
  const { coordinates, charts } = await layOut(lists, options);
  const stretch = new Stretch();
  for (const [i, { primitive }] of parts.entries()) {
    const { positions, indices } = lists[i]!;
    stretch.add(positions, indices, coordinates[i]!);
    writeSet(document, primitive, set, indices, coordinates[i]!);
  }
  const { covered } = uvCoverage(
    coordinates.map((values) => ({
      coordinates: values,
      vertices: Uint32Array.from({ length: values.length / 2 }, (_, i) => i),
    })),
  );
  return { charts, covered, stretch: stretch.value };
}

function writeSet(
  document: Document,
  primitive: Primitive,
  set: number,
  corners: Uint32Array,
  coordinates: Float32Array,
): void {
  primitive.setAttribute(`TEXCOORD_${set}`, null);
  const { source, indices, values } = splitVertices(corners, coordinates, 2);
  rebuildVertices(document, primitive, source, indices);
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  const accessor = document.createAccessor().setType('VEC2').setArray(values).setBuffer(buffer);
  primitive.setAttribute(`TEXCOORD_${set}`, accessor);
  // Sets are numbered without gaps (glTF 2.0, 3.7.2.1).
  for (let lower = 0; lower < set; lower++) {
    if (!primitive.getAttribute(`TEXCOORD_${lower}`)) primitive.setAttribute(`TEXCOORD_${lower}`, accessor);
  }
}
