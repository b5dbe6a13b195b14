import type { Document, Mesh } from '@gltf-transform/core';
import type { Clip } from '../animation/clip.ts';
import { Pose } from '../animation/pose.ts';
import { type Draw, listDraws, type Product, type SceneNodes, walkScene } from './draws.ts';
import { listLights, type PlacedLight } from './lights.ts';
import { MaterialTable } from './materials.ts';
import { forEachPoint, MODE, segmentCount, triangleCount } from './triangles.ts';
import { variantOf } from './variants.ts';
import type { ShapeSource } from './vertices.ts';

/** A primitive as part of a mesh of the scene, with what it will take. */
export interface Part {
  /** Flattened at its draw; without one it stays in the space of its mesh, which has copies. */
  source: ShapeSource;
  /** What places it in world space; undefined within a mesh that has copies. */
  draw: Draw | undefined;
  material: number;
  triangles: number;
  vertices: number;
}

/** A mesh of the two-level tree. The first is all that is drawn once and does not move, in world space. */
export interface SceneMesh {
  parts: Part[];
  /** Where its copies stand; undefined where its parts lie in world space. */
  copies: Draw[] | undefined;
  /** Its vertices move with time. */
  deforms: boolean;
  triangles: number;
  vertices: number;
}

/** What a render of a document needs, before any of it is read in full. */
export interface Scene {
  nodes: SceneNodes;
  meshes: SceneMesh[];
  materials: MaterialTable;
  lights: PlacedLight[];
  /** Some of it is drawn as if it faced the camera: points and lines. */
  facesCamera: boolean;
  warnings: string[];
  /** What moves it, where something does. */
  clip: Clip | undefined;
  pose: Pose | undefined;
  products: Product[];
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

/** What of a document is drawn. */
export interface SceneChoice {
  /** The animation that moves it; undefined: it stays in rest pose. */
  clip?: Clip | undefined;
  /** Name of a variant of its materials (KHR_materials_variants). */
  variant?: string | undefined;
}

/**
 * Lists what of `document` is drawn and how much it is. What a clip moves as a whole becomes a mesh with copies, and
 * what it deforms a mesh of its own, so that a frame changes as little as possible.
 *
 * @throws MaquetteError `invalid_request` when there is no variant of the name
 */
export function planScene(document: Document, choice: SceneChoice = {}): Scene {
  const materials = new MaterialTable();
  const warnings: string[] = [];
  const variant = variantOf(document, choice.variant);
  const flat: SceneMesh = { parts: [], copies: undefined, deforms: false, triangles: 0, vertices: 0 };
  const meshes = [flat];
  const nodes = walkScene(document);
  const pose = choice.clip && new Pose(nodes, choice.clip);
  const products: Product[] = [];
  const draws = listDraws(nodes, pose, products);
  const add = (mesh: SceneMesh, draw: Draw, place: Draw | undefined) => {
    for (const primitive of draw.mesh.listPrimitives()) {
      const source = { primitive, material: variant(primitive), weights: draw.weights, draw: place };
      addPart(mesh, source, draw.mesh, place, materials, warnings);
    }
  };
  for (const group of groupsOf(draws)) {
    const [first] = group as [Draw, ...Draw[]];
    if (first.motion === 'deforming') {
      const mesh: SceneMesh = { parts: [], copies: undefined, deforms: true, triangles: 0, vertices: 0 };
      add(mesh, first, first);
      meshes.push(mesh);
    } else if (first.motion === 'rigid' || worthInstancing(group)) {
      const mesh: SceneMesh = { parts: [], copies: group, deforms: false, triangles: 0, vertices: 0 };
      add(mesh, first, undefined);
      meshes.push(mesh);
    }
  }
  const instanced = new Set(meshes.flatMap((mesh) => mesh.copies ?? []));
  for (const draw of draws) if (draw.motion !== 'deforming' && !instanced.has(draw)) add(flat, draw, draw);
  const facesCamera = draws.some(({ mesh }) =>
    mesh.listPrimitives().some((primitive) => primitive.getMode() < MODE.TRIANGLES),
  );
  warnings.push(...materials.warnings(), ...(choice.clip?.warnings ?? []));
  const lights = listLights(nodes, warnings);
  return { nodes, meshes, materials, lights, facesCamera, warnings, pose, products, clip: choice.clip };
}

/** Draws that may share one mesh: those of the same mesh with the same weights. What deforms stands alone. */
function groupsOf(draws: readonly Draw[]): Draw[][] {
  const groups: Draw[][] = [];
  const byMesh = new Map<Mesh, Draw[][]>();
  for (const draw of draws) {
    if (draw.motion === 'deforming') {
      groups.push([draw]);
      continue;
    }
    const ofMesh = byMesh.get(draw.mesh) ?? [];
    byMesh.set(draw.mesh, ofMesh);
    const same = ofMesh.find(([first]) => first && sharesShape(first, draw));
    if (same) same.push(draw);
    else {
      const group = [draw];
      ofMesh.push(group);
      groups.push(group);
    }
  }
  return groups;
}

function sharesShape(a: Draw, b: Draw): boolean {
  if (a.joints || b.joints || a.motion !== b.motion) return false;
  return a.weights.length === b.weights.length && Array.from(a.weights).every((weight, i) => weight === b.weights[i]);
}

function worthInstancing(group: readonly Draw[]): boolean {
  const [first] = group;
  if (!first || first.joints || group.length < 2) return false;
  const primitives = first.mesh.listPrimitives();
  const triangles = primitives.reduce((sum, primitive) => sum + triangleCount(primitive), 0);
  const solid = primitives.every((primitive) => primitive.getMode() >= MODE.TRIANGLES);
  return solid && triangles * group.length > FLATTEN_TRIANGLES;
}

function addPart(
  mesh: SceneMesh,
  source: ShapeSource,
  named: Mesh,
  draw: Draw | undefined,
  materials: MaterialTable,
  warnings: string[],
): void {
  const { primitive } = source;
  const position = primitive.getAttribute('POSITION');
  if (!position || position.getCount() === 0) {
    warnings.push(`A primitive of mesh “${named.getName()}” has no positions and is left out.`);
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
  const material = materials.indexOf(source.material, flat, primitive.getAttribute('COLOR_0') !== null);
  mesh.parts.push({ source, draw, material, triangles, vertices });
  mesh.triangles += triangles;
  mesh.vertices += vertices;
}
