import { Document, type Node } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { formatCount, modelEmpty } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { zUpToYUp } from '../geometry/axes.ts';
import { createPlainMaterial, SRGB_BYTE_TO_LINEAR_16 } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import type { WeldedMesh } from '../geometry/welded-mesh.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import { headOf, type ModelFile, sizeOf } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { wholeLines } from '../whole-lines.ts';
import { isAsciiStl } from './is-ascii-stl.ts';
import { parseAsciiStl } from './parse-ascii-stl.ts';
import { parseBinaryStl } from './parse-binary-stl.ts';
import type { StlSolid } from './stl-data.ts';

const KINDS = {
  contradicting_normals: [
    'warning',
    'triangles have a normal that points against the order of their corners',
    'Recalculate the normals in the program that made the file; the order of the corners was followed.',
  ],
  trailing_bytes: ['info', 'bytes follow behind the last triangle', 'Nothing needs doing; they were not read.'],
  missing_count: [
    'warning',
    'triangles were counted by the size of the file, as its header says 0',
    'Export the model again with a program that writes the count.',
  ],
} as const satisfies Record<string, FindingKind>;

/** As much as tells text from binary. */
const HEAD_BYTES = 4096;

/** STL knows no units; the machines it was made for work in millimetres. */
const METRES_PER_UNIT = 0.001;

/**
 * Reads STL (3D Systems, "StereoLithography Interface Specification", 1989), text or binary: corners at the same
 * position become one vertex, normals are computed (edges sharper than 40 degrees stay sharp), colours become vertex
 * colours. Numbers count as millimetres and +Z as up, as slicers and CAD programs do.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export async function importStl(
  main: ModelFile,
  _files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const { name } = main;
  const reading = portionOf(progress, 0, 0.7);
  const data = isAsciiStl(toUtf8(headOf(main, HEAD_BYTES)), sizeOf(main))
    ? parseAsciiStl(wholeLines(main, reading), name, limits)
    : parseBinaryStl(main, name, limits, reading);
  const solids = data.solids.filter((solid) => solid.mesh.triangles > 0);
  if (solids.length === 0) {
    throw modelEmpty(name, `The STL file has ${plural(data.solids.length, 'solid')} and no triangle.`);
  }
  const document = new Document();
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  const corrections = new Corrections();
  const triangles = solids.reduce((sum, solid) => sum + solid.mesh.triangles, 0);
  if (data.contradicting > 0.9 * triangles && solids.reduce((sum, { mesh }) => sum + signedVolume(mesh), 0) < 0) {
    for (const { mesh } of solids) reverse(mesh.indices());
    data.contradicting = 0;
    corrections.add(
      'reversed_winding',
      triangles,
      (n) =>
        `${plural(n, 'triangle')} had their corners in clockwise order against the stored normals, inside out, and were turned.`,
    );
  }
  for (const [index, solid] of solids.entries()) {
    scene.addChild(createSolid(document, solid, solids.length > 1 ? `Solid ${index + 1}` : 'Solid', corrections));
  }
  corrections.add('units_to_metres', 1, () => 'STL names no unit: its numbers were read as millimetres (× 0.001).');
  corrections.add('up_axis', 1, () => 'STL names no axes: +Z was read as up and turned to +Y.');
  const findings = new Findings(name, KINDS);
  findings.add('contradicting_normals', name, data.contradicting);
  findings.add('trailing_bytes', `byte ${formatCount(sizeOf(main) - data.trailingBytes)}`, data.trailingBytes);
  if (data.counted) findings.add('missing_count', 'byte 80', solids[0]!.mesh.triangles);
  return {
    document,
    corrections: corrections.list(),
    generator: generatorOf(data.header),
    findings: findings.report(),
  };
}

/** Six times the volume inside, seen from the centre of the bounds; negative where most triangles face inwards. */
function signedVolume(mesh: WeldedMesh): number {
  const p = mesh.positions();
  const indices = mesh.indices();
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < p.length; i++) {
    low[i % 3] = Math.min(low[i % 3]!, p[i]!);
    high[i % 3] = Math.max(high[i % 3]!, p[i]!);
  }
  const [x, y, z] = low.map((value, axis) => (value + high[axis]!) / 2) as [number, number, number];
  let sum = 0;
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, d] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
    const ax = p[a]! - x;
    const ay = p[a + 1]! - y;
    const az = p[a + 2]! - z;
    const bx = p[b]! - x;
    const by = p[b + 1]! - y;
    const bz = p[b + 2]! - z;
    const dx = p[d]! - x;
    const dy = p[d + 1]! - y;
    const dz = p[d + 2]! - z;
    sum += ax * (by * dz - bz * dy) + ay * (bz * dx - bx * dz) + az * (bx * dy - by * dx);
  }
  return sum;
}

/** Swaps the second and third corner of each triangle. */
function reverse(indices: Uint32Array): void {
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const second = indices[i + 1]!;
    indices[i + 1] = indices[i + 2]!;
    indices[i + 2] = second;
  }
}

function createSolid(document: Document, solid: StlSolid, fallbackName: string, corrections: Corrections): Node {
  const { mesh, colors } = solid;
  zUpToYUp(mesh.positions(), METRES_PER_UNIT);
  const shaded = mesh.shade(colors ? { partition: colors } : {});
  const vertices = shaded.positions.length / 3;
  corrections.add(
    'welded_vertices',
    mesh.triangles * 3 - vertices,
    (n) => `${plural(n, 'corner')} at the position of another ${n === 1 ? 'shares' : 'share'} its vertex.`,
  );
  corrections.add(
    'generated_normals',
    vertices,
    (n) => `${plural(n, 'normal')} ${n === 1 ? 'was' : 'were'} computed; edges sharper than 40 degrees stay sharp.`,
  );
  const primitive = createPrimitive(document, {
    positions: shaded.positions,
    normals: shaded.normals,
    indices: shaded.indices,
    colors: shaded.partition && vertexColors(shaded.partition),
    material: createPlainMaterial(document, colors !== null),
  });
  const title = solid.name.slice(0, 200) || fallbackName;
  return document.createNode(title).setMesh(document.createMesh(title).addPrimitive(primitive));
}

function vertexColors(colors: Uint32Array): Uint16Array {
  const out = new Uint16Array(colors.length * 4);
  for (let i = 0; i < colors.length; i++) {
    const color = colors[i]!;
    out[i * 4] = SRGB_BYTE_TO_LINEAR_16[color >>> 16]!;
    out[i * 4 + 1] = SRGB_BYTE_TO_LINEAR_16[(color >>> 8) & 255]!;
    out[i * 4 + 2] = SRGB_BYTE_TO_LINEAR_16[color & 255]!;
    out[i * 4 + 3] = 65535;
  }
  return out;
}

/** Many programs put their name into the header. */
function generatorOf(header: string): string | null {
  const found = /\b(exported (?:from|by)|created (?:by|with|in)|generated by|made by|by)\s+(.+)$/i.exec(header);
  if (found) return found[2]!.trim().slice(0, 200);
  return /^(VCG|Visualization Toolkit|STLEXP|MeshLab|Blender|OpenSCAD|FreeCAD|Open CASCADE|numpy-stl|trimesh)/i.test(
    header,
  )
    ? header.slice(0, 200)
    : null;
}
