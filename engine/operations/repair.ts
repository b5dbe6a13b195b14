import { type Document, type Mesh, PropertyType } from '@gltf-transform/core';
import { type MeshSurface, readSurface } from '../describe/mesh-surface.ts';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';
import { orientPatches, turnInsideOutParts } from './repair/orient.ts';
import { cleanTriangles } from './repair/triangle-mesh.ts';
import { writeTriangles } from './repair/write-triangles.ts';
import { removeUnused } from './unused.ts';

/** What was repaired, over all meshes. */
interface Repairs {
  collapsed: number;
  doubled: number;
  turned: number;
  oneSided: number;
  insideOut: number;
}

/**
 * Mends the surfaces of all meshes: triangles without extent or upon one another go, neighbours face the same side and
 * closed parts outwards. Vertices at exactly the same position count as one.
 */
export const repair: OperationFunction<'repair'> = async (document, _, { note }) => {
  const repairs = noRepairs();
  for (const mesh of document.getRoot().listMeshes()) {
    const surface = readSurface(mesh);
    if (surface) mend(document, mesh, surface, repairs);
  }
  await removeUnused(document, [PropertyType.PRIMITIVE, PropertyType.ACCESSOR]);
  for (const sentence of sentencesOf(repairs)) note(sentence);
};

/** Mends one mesh. @returns how many triangles were turned over */
export function repairMesh(document: Document, mesh: Mesh): number {
  const repairs = noRepairs();
  const surface = readSurface(mesh);
  if (surface) mend(document, mesh, surface, repairs);
  return repairs.turned;
}

function noRepairs(): Repairs {
  return { collapsed: 0, doubled: 0, turned: 0, oneSided: 0, insideOut: 0 };
}

function mend(document: Document, mesh: Mesh, surface: MeshSurface, repairs: Repairs): void {
  const { mesh: mended, collapsed, doubled } = cleanTriangles(surface);
  const oneSided = orientPatches(mended);
  const insideOut = turnInsideOutParts(mended, surface);
  const turned = mended.turned.reduce((sum, one) => sum + one, 0);
  repairs.collapsed += collapsed;
  repairs.doubled += doubled;
  repairs.turned += turned;
  repairs.oneSided += oneSided;
  repairs.insideOut += insideOut;
  if (collapsed + doubled + turned === 0) return;
  writeTriangles(document, surface, mended);
  if (mesh.listPrimitives().length === 0) mesh.dispose();
}

function sentencesOf(repairs: Repairs): string[] {
  const { collapsed, doubled, turned, oneSided, insideOut } = repairs;
  const sentences: string[] = [];
  if (collapsed > 0) sentences.push(`Removed ${plural(collapsed, 'triangle')} two corners of which are one.`);
  if (doubled > 0) sentences.push(`Removed ${plural(doubled, 'triangle')} that lay upon another.`);
  if (turned > 0) {
    const parts = insideOut > 0 ? `; ${plural(insideOut, 'closed part')} faced inwards` : '';
    sentences.push(`Turned ${plural(turned, 'triangle')} over${parts}.`);
  }
  if (oneSided > 0) {
    sentences.push(`Left ${plural(oneSided, 'surface')} that cannot face one side, as a Möbius strip cannot.`);
  }
  return sentences.length > 0 ? sentences : ['Found nothing to repair.'];
}
