import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import { type Clip, withGreatestValues } from '../animation/clip.ts';
import { Pose } from '../animation/pose.ts';
import { isSplats } from '../formats/splat/splat-primitive.ts';
import { type Draw, listDraws, type Product, type SceneNodes, walkScene } from './draws.ts';
import { listLights, type PlacedLight } from './lights.ts';
import { MaterialTable } from './materials.ts';
import { type SplatCloudDraw, splatCloudOf } from './splats.ts';
import { MODE, pointCount, segmentCount, triangleCount } from './triangles.ts';
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

/** A mesh of the two-level tree: all that is drawn once and does not move, or what moves, or what has copies. */
export interface SceneMesh {
  parts: Part[];
  /** Where its copies stand; undefined where its parts lie in world space. */
  copies: Draw[] | undefined;
  /** Its vertices move with time. */
  deforms: boolean;
  /** Its parts are points and lines, each counted as a triangle; else they are triangles. */
  round: boolean;
  triangles: number;
  vertices: number;
}

/** What a render of a document needs, before any of it is read in full. */
export interface Scene {
  nodes: SceneNodes;
  meshes: SceneMesh[];
  materials: MaterialTable;
  lights: PlacedLight[];
  /** Clouds of Gaussian splats, which are no meshes. */
  splats: SplatCloudDraw[];
  /** Some of it is points or lines, at least so many pixels wide. */
  round: boolean;
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
  const nodes = walkScene(document);
  const pose = choice.clip && new Pose(nodes, choice.clip);
  const products: Product[] = [];
  const draws = listDraws(nodes, pose, products);
  const meshes: SceneMesh[] = [];
  const open = (copies: Draw[] | undefined, deforms: boolean, round: boolean): SceneMesh => {
    const mesh: SceneMesh = { parts: [], copies, deforms, round, triangles: 0, vertices: 0 };
    meshes.push(mesh);
    return mesh;
  };
  const splats: SplatCloudDraw[] = [];
  const add = (mesh: SceneMesh, draw: Draw, place: Draw | undefined) => {
    for (const primitive of draw.mesh.listPrimitives()) {
      const cloud = mesh.round && isSplats(primitive) ? splatCloudOf(primitive, draw) : undefined;
      if (cloud) {
        splats.push(cloud);
        continue;
      }
      if (isRound(primitive) !== mesh.round) continue;
      const source = { primitive, material: variant(primitive), weights: draw.weights, draw: place };
      addPart(mesh, source, draw.mesh, place, materials, warnings);
    }
  };
  const still = open(undefined, false, false);
  const instanced = new Set<Draw>();
  for (const group of groupsOf(draws)) {
    const [first] = group as [Draw, ...Draw[]];
    if (first.motion === 'deforming') add(open(undefined, true, false), first, first);
    else if (first.motion === 'rigid' || worthInstancing(group)) {
      add(open(group, false, false), first, undefined);
      for (const draw of group) instanced.add(draw);
    }
  }
  for (const draw of draws) if (draw.motion !== 'deforming' && !instanced.has(draw)) add(still, draw, draw);
  // Points and lines are as wide in the picture wherever they stand: they lie in render space even where they move.
  const stillRound = open(undefined, false, true);
  for (const draw of draws) add(draw.motion === 'still' ? stillRound : open(undefined, true, true), draw, draw);
  const judge = () => materials.judge();
  if (choice.clip) withGreatestValues(choice.clip, judge);
  else judge();
  const filled = meshes.filter((mesh) => mesh.parts.length > 0);
  warnings.push(...materials.warnings(), ...(choice.clip?.warnings ?? []));
  return {
    nodes,
    // Rays need a tree, even over nothing.
    meshes: filled.length > 0 ? filled : [still],
    splats,
    materials,
    lights: listLights(nodes, warnings),
    round: filled.some((mesh) => mesh.round),
    warnings,
    pose,
    products,
    clip: choice.clip,
  };
}

/** Points and lines, which are drawn as spheres and capsules. */
function isRound(primitive: Primitive): boolean {
  return primitive.getMode() < MODE.TRIANGLES;
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
  return triangles * group.length > FLATTEN_TRIANGLES;
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
  const vertices = position.getCount();
  const triangles =
    primitive.getMode() === MODE.POINTS
      ? pointCount(primitive)
      : isRound(primitive)
        ? segmentCount(primitive)
        : triangleCount(primitive);
  if (triangles === 0) return;
  // Without normals points and lines show their colour as it is; where they have none, light at least tells their shape.
  const colored = primitive.getAttribute('COLOR_0') !== null || source.material !== null;
  const flat = isRound(primitive) && !primitive.getAttribute('NORMAL') && colored;
  const material = materials.indexOf(source.material, flat, primitive.getAttribute('COLOR_0') !== null);
  mesh.parts.push({ source, draw, material, triangles, vertices });
  mesh.triangles += triangles;
  mesh.vertices += vertices;
}
