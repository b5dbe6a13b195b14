import type { Accessor, Document, Material } from '@gltf-transform/core';
import { clipName } from '#contracts/model/clip-name.ts';
import { measureAnimations } from '../../describe/measure.ts';
import { morphedPositions } from '../../describe/measure-bounds.ts';
import { triangleIndices } from '../../describe/triangle-indices.ts';
import { inPose } from '../../formats/baked/pose-document.ts';
import { meshNodes, placementMatrices } from '../../measure/placements.ts';
import { skinnedPositions } from '../../measure/skinned-positions.ts';

/** What can be seen of a scene at one moment, whichever way its nodes and meshes are divided. */
export interface PoseSignature {
  triangles: number;
  min: number[];
  max: number[];
  /** Square metres. */
  area: number;
  /** Where the middle of the surface lies. */
  middle: number[];
  /** Volume that the triangles enclose as they are shown: those of mirrored nodes are turned round. */
  volume: number;
  /** How far normals look where their triangles look: area-weighted mean of the cosine; 0 for skinned surfaces. */
  facing: number;
}

/** What must stay the same when nothing may be lost. */
export interface SceneSignature {
  /** At rest, then three moments of each clip. */
  poses: PoseSignature[];
  /** Triangles by the look of their material. */
  paints: Record<string, number>;
  clips: [name: string, milliseconds: number][];
}

/** More clips than this are not posed: characters have dozens. */
const POSED_CLIPS = 3;

/** Measures a scene at rest and at a quarter, the middle and the end of its first clips. */
export function signatureOf(document: Document): SceneSignature {
  const poses = [poseOf(document)];
  const clips = measureAnimations(document);
  for (const [i, { name, seconds }] of clips.slice(0, POSED_CLIPS).entries()) {
    const animation = clipName(name, i);
    for (const share of [0.25, 0.5, 1])
      poses.push(inPose(document, { animation, time: seconds * share }, () => poseOf(document)));
  }
  return {
    poses,
    paints: paintsOf(document),
    clips: clips.map(({ name, seconds }) => [name, Math.round(seconds * 1000)]),
  };
}

function poseOf(document: Document): PoseSignature {
  const signature: PoseSignature = {
    triangles: 0,
    min: [Infinity, Infinity, Infinity],
    max: [-Infinity, -Infinity, -Infinity],
    area: 0,
    middle: [0, 0, 0],
    volume: 0,
    facing: 0,
  };
  for (const { node, mesh } of meshNodes(document.getRoot().getDefaultScene()!)) {
    const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
    for (const primitive of mesh.listPrimitives()) {
      const indices = triangleIndices(primitive);
      const local = indices && morphedPositions(primitive, weights);
      if (!indices || !local) continue;
      const skinned = skinnedPositions(node, primitive, local);
      const normals = skinned ? null : normalsOf(primitive.getAttribute('NORMAL'));
      for (const matrix of skinned ? [IDENTITY] : placementMatrices(node))
        addSurface(signature, skinned ?? local, indices, matrix, normals);
    }
  }
  for (let k = 0; k < 3; k++) signature.middle[k] = signature.middle[k]! / signature.area;
  signature.facing /= signature.area;
  return signature;
}

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function normalsOf(accessor: Accessor | null): number[] | null {
  if (!accessor) return null;
  return Array.from({ length: accessor.getCount() }, (_, i) => accessor.getElement(i, [0, 0, 0])).flat();
}

function addSurface(
  out: PoseSignature,
  points: ArrayLike<number>,
  indices: ArrayLike<number>,
  m: ArrayLike<number>,
  normals: number[] | null,
): void {
  const cofactor = cofactors(m);
  const sign = Math.sign(m[0]! * cofactor[0]! + m[1]! * cofactor[1]! + m[2]! * cofactor[2]!);
  const point = (vertex: number): number[] =>
    [0, 1, 2].map(
      (row) =>
        m[row]! * points[vertex * 3]! +
        m[row + 4]! * points[vertex * 3 + 1]! +
        m[row + 8]! * points[vertex * 3 + 2]! +
        m[row + 12]!,
    );
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const corners = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
    const [a, b, c] = corners.map(point) as [number[], number[], number[]];
    const face = cross(
      b.map((value, k) => value - a[k]!),
      c.map((value, k) => value - a[k]!),
    ).map((value) => (value * sign) / 2);
    const area = Math.hypot(...face);
    out.triangles++;
    out.area += area;
    for (let k = 0; k < 3; k++) {
      out.min[k] = Math.min(out.min[k]!, a[k]!, b[k]!, c[k]!);
      out.max[k] = Math.max(out.max[k]!, a[k]!, b[k]!, c[k]!);
      out.middle[k] = out.middle[k]! + (area * (a[k]! + b[k]! + c[k]!)) / 3;
    }
    out.volume += (a[0]! * face[0]! + a[1]! * face[1]! + a[2]! * face[2]!) / 3;
    if (!normals) continue;
    for (const vertex of corners) {
      const normal = [0, 1, 2].map(
        (row) =>
          sign *
          [0, 1, 2].reduce((sum, column) => sum + cofactor[row + column * 3]! * normals[vertex * 3 + column]!, 0),
      );
      const length = Math.hypot(...normal) || 1;
      out.facing += normal.reduce((sum, value, k) => sum + value * face[k]!, 0) / length / 3;
    }
  }
}

/** The cofactors of the linear part: what turns normals, times the determinant; in columns. */
function cofactors(m: ArrayLike<number>): number[] {
  const column = (k: number): number[] => [m[k * 4]!, m[k * 4 + 1]!, m[k * 4 + 2]!];
  return [cross(column(1), column(2)), cross(column(2), column(0)), cross(column(0), column(1))].flat();
}

function cross([ax, ay, az]: number[], [bx, by, bz]: number[]): number[] {
  return [ay! * bz! - az! * by!, az! * bx! - ax! * bz!, ax! * by! - ay! * bx!];
}

function paintsOf(document: Document): Record<string, number> {
  const paints: Record<string, number> = {};
  for (const { node, mesh } of meshNodes(document.getRoot().getDefaultScene()!)) {
    for (const primitive of mesh.listPrimitives()) {
      const count =
        ((triangleIndices(primitive)?.length ?? 0) / 3) * (node.getSkin() ? 1 : placementMatrices(node).length);
      const look = lookOf(primitive.getMaterial());
      if (count > 0) paints[look] = (paints[look] ?? 0) + count;
    }
  }
  return paints;
}

function lookOf(material: Material | null): string {
  if (!material) return '';
  const round = (value: number) => Math.round(value * 1e4) / 1e4 + 0;
  return JSON.stringify([
    material.getBaseColorFactor().map(round),
    round(material.getMetallicFactor()),
    round(material.getRoughnessFactor()),
    material.getEmissiveFactor().map(round),
    material.getDoubleSided(),
    material.getAlphaMode(),
    material.getBaseColorTexture()?.getImage()?.byteLength ?? 0,
  ]);
}
