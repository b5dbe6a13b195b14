import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import { type Draw, listDraws, walkScene } from './draws.ts';
import { listLights, type PlacedLight } from './lights.ts';
import { MaterialTable } from './materials.ts';
import { forEachPoint, MODE, segmentCount, triangleCount } from './triangles.ts';

/** A primitive as part of a mesh of the scene, with what it will take. */
export interface Part {
  primitive: Primitive;
  /** The place it is flattened at; undefined within an instanced mesh, which stays in its own space. */
  draw: Draw | undefined;
  material: number;
  triangles: number;
  vertices: number;
}

/** A mesh of the two-level tree. The first is all that is drawn once, in world space. */
export interface SceneMesh {
  parts: Part[];
  /** Where its copies stand; undefined for the first mesh. */
  copies: Draw[] | undefined;
  triangles: number;
  vertices: number;
}

/** What a render of a document needs, before any of it is read in full. */
export interface Scene {
  meshes: SceneMesh[];
  materials: MaterialTable;
  lights: PlacedLight[];
  /** Whether something faces the camera, so that it is other geometry from each side: points and lines. */
  facesCamera: boolean;
  warnings: string[];
}

/**
 * Copies of a mesh are flattened into world space until they make more triangles than this: one tree over everything
 * is faster to trace than two levels, but takes memory for each copy.
 */
const FLATTEN_TRIANGLES = 400_000;

/** A point is drawn as a hexagon of four triangles, one block of the tree. */
export const POINT_TRIANGLES = 4;
export const POINT_VERTICES = 6;
/** A line segment is drawn as a strip of two triangles that faces the camera. */
export const SEGMENT_TRIANGLES = 2;
export const SEGMENT_VERTICES = 4;

/** Lists what of `document` is drawn and how much it is. */
export function planScene(document: Document): Scene {
  const materials = new MaterialTable();
  const warnings: string[] = [];
  const flat: SceneMesh = { parts: [], copies: undefined, triangles: 0, vertices: 0 };
  const meshes = [flat];
  const byMesh = new Map<Mesh, Draw[]>();
  const nodes = walkScene(document);
  const draws = listDraws(nodes);
  for (const draw of draws) {
    const same = byMesh.get(draw.mesh);
    if (same) same.push(draw);
    else byMesh.set(draw.mesh, [draw]);
  }
  const instanced = new Map<Mesh, SceneMesh>();
  for (const [mesh, uses] of byMesh) {
    const movable = uses.filter((draw) => (!draw.joints && draw.weights === uses[0]!.weights) || isStatic(draw));
    const triangles = mesh.listPrimitives().reduce((sum, primitive) => sum + triangleCount(primitive), 0);
    const solid = mesh.listPrimitives().every((primitive) => primitive.getMode() >= MODE.TRIANGLES);
    if (!solid || movable.length < 2 || movable.length !== uses.length || triangles * uses.length <= FLATTEN_TRIANGLES)
      continue;
    const entry: SceneMesh = { parts: [], copies: uses, triangles: 0, vertices: 0 };
    for (const primitive of mesh.listPrimitives()) addPart(entry, primitive, undefined, materials, warnings);
    instanced.set(mesh, entry);
    meshes.push(entry);
  }
  for (const draw of draws) {
    if (instanced.has(draw.mesh)) continue;
    for (const primitive of draw.mesh.listPrimitives()) addPart(flat, primitive, draw, materials, warnings);
  }
  warnings.push(...materials.warnings());
  const facesCamera = draws.some(({ mesh }) =>
    mesh.listPrimitives().some((primitive) => primitive.getMode() < MODE.TRIANGLES),
  );
  return { meshes, materials, lights: listLights(nodes, warnings), facesCamera, warnings };
}

function isStatic(draw: Draw): boolean {
  return !draw.joints && draw.weights.every((weight) => weight === 0);
}

function addPart(
  mesh: SceneMesh,
  primitive: Primitive,
  draw: Draw | undefined,
  materials: MaterialTable,
  warnings: string[],
): void {
  const position = primitive.getAttribute('POSITION');
  if (!position || position.getCount() === 0) {
    warnings.push(`A primitive of mesh “${draw?.mesh.getName() ?? ''}” has no positions and is left out.`);
    return;
  }
  let triangles = triangleCount(primitive);
  let vertices = position.getCount();
  if (primitive.getMode() === MODE.POINTS) {
    let points = 0;
    forEachPoint(primitive, () => points++);
    triangles = points * POINT_TRIANGLES;
    vertices = points * POINT_VERTICES;
  } else if (primitive.getMode() < MODE.TRIANGLES) {
    triangles = segmentCount(primitive) * SEGMENT_TRIANGLES;
    vertices = segmentCount(primitive) * SEGMENT_VERTICES;
  }
  if (triangles === 0) return;
  const flat = primitive.getMode() < MODE.TRIANGLES && !primitive.getAttribute('NORMAL');
  const material = materials.indexOf(primitive.getMaterial(), flat, primitive.getAttribute('COLOR_0') !== null);
  mesh.parts.push({ primitive, draw, material, triangles, vertices });
  mesh.triangles += triangles;
  mesh.vertices += vertices;
}
