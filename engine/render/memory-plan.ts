import { emitterTreeBytes } from './emitters.ts';
import * as L from './kernel/layout.ts';
import { aligned, MemoryLayout } from './memory-layout.ts';
import { floorLog2 } from './portable-math.ts';
import type { Scene } from './scene.ts';
import { planSplats, type SplatPlan } from './splat-plan.ts';

/** Addresses of a scene in the kernel's memory, in bytes; what an image takes follows behind it (`image-plan.ts`). */
export interface ScenePlan {
  /** End of the scene's memory. */
  total: number;
  /** Sizes by name, for people. */
  parts: Record<string, number>;
  nodes: number;
  blocks: number;
  triangles: number;
  vertices: number;
  meshes: number;
  instances: number;
  topRefs: number;
  materials: number;
  lights: number;
  /** Room for triangles that shine: how many, their records, the tree over them and its order. */
  emitterCapacity: number;
  emitters: number;
  emitterNodes: number;
  emitterOrder: number;
  emitterLeaves: number;
  textures: number;
  /** Where the environment lies, and the bytes that it may take. */
  environment: number;
  environmentRoom: number;
  dfg: number;
  hemisphere: number;
  /** Tables of the `path` integrator. */
  pathTables: number;
  /** Positions of each mesh. */
  positions: number[];
  /** Sets of triangles that wait for a thread while trees are built. */
  sets: number;
  /**
   * Builder references of each mesh, up to `buildEnd`. They lie behind `total` where the trees are built only once: an
   * image then takes their place.
   */
  refs: number[];
  buildEnd: number;
  /** First node, first block and number of blocks of each mesh; then the first node of the top level. */
  nodeFirst: number[];
  blockFirst: number[];
  blockCapacity: number[];
  topNode: number;
  /** First of the nodes that the camera's rays begin at, one a thread. */
  viewNode: number;
  texturePixels: number[];
  splats: SplatPlan;
  /** What passes may name: parts of meshes, instances, materials. */
  named: NamedCounts;
}

/** Numbers of things with an id. */
export interface NamedCounts {
  parts: number;
  instances: number;
  materials: number;
}

/** How much of everything a scene holds: what its memory depends on, textures apart. */
export interface SceneSize {
  /** The first is all that stands once, in world space; the others have copies. */
  meshes: readonly { triangles: number; vertices: number; parts: number; copies: number; deforms: boolean }[];
  /** Whether rays begin at a tree over instances. */
  top: boolean;
  materials: number;
  lights: number;
  /** Triangles that may shine, as far as they are listed. */
  emitters: number;
  /** Clouds of Gaussian splats: how many, and the degree of their spherical harmonics. */
  splats: readonly { count: number; degree: number }[];
}

/** Number of half-size levels of an image, the image itself counted. */
export function levelCount(width: number, height: number): number {
  return floorLog2(Math.max(width, height, 1)) + 1;
}

/** Bytes of an image with all its levels, RGBA. */
export function textureBytes(width: number, height: number): number {
  let bytes = 0;
  let w = width;
  let h = height;
  for (let level = levelCount(width, height); level > 0; level--) {
    bytes += w * h * 4;
    w = Math.max(w >> 1, 1);
    h = Math.max(h >> 1, 1);
  }
  return bytes;
}

/** Bytes of memory that a texture takes. */
export function textureRoom(width: number, height: number): number {
  return textureBytes(width, height) + 16;
}

/** Whether rays begin at a tree over instances: a single mesh in render space needs none. */
export function hasTop({ meshes }: Pick<Scene, 'meshes'>): boolean {
  return meshes.length > 1 || meshes[0]?.copies !== undefined;
}

/**
 * Lays out the memory of a scene. Nothing is allocated: the caller compares `total` with its limit first.
 *
 * @param textureSizes Of each texture, and where it lies already.
 * @param environmentRoom Bytes of its environment.
 * @param start Where its memory begins: behind what is there already.
 */
export function planMemory(
  scene: SceneSize,
  textureSizes: readonly { width: number; height: number; address?: number | undefined }[],
  environmentRoom: number,
  start: number = L.ARENA,
): ScenePlan {
  const layout = new MemoryLayout(L.ARENA);
  if (start > L.ARENA) layout.take('textures', start - L.ARENA);
  const take = (name: string, bytes: number) => layout.take(name, bytes);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const running = (values: number[]) => {
    let before = 0;
    return values.map((value) => {
      before += value;
      return before - value;
    });
  };

  const { meshes } = scene;
  const instanceCount = sum(meshes.map((mesh) => mesh.copies));
  const blockCapacity = meshes.map((mesh) => treeBlocks(mesh.triangles));
  const nodeCapacity = blockCapacity.map(treeNodes);
  const topNodes = scene.top ? treeNodes(instanceCount) : 0;
  const vertices = sum(meshes.map((mesh) => mesh.vertices));
  const triangles = sum(meshes.map((mesh) => mesh.triangles));
  const emitting = scene.emitters;
  const scenePlan = {
    nodes: take('tree', (sum(nodeCapacity) + topNodes + L.MAX_THREADS) * L.NODE_BYTES),
    blocks: take('tree', sum(blockCapacity) * L.BLOCK_BYTES),
    triangles: take('geometry', triangles * L.TRIANGLE_BYTES),
    vertices: take('geometry', vertices * L.VERTEX_BYTES),
    positions: meshes.map((mesh) => take('geometry', mesh.vertices * 12)),
    meshes: take('geometry', meshes.length * L.MESH_BYTES),
    instances: take('geometry', instanceCount * L.INSTANCE_BYTES),
    topRefs: take('tree', (scene.top ? instanceCount : 0) * L.REF_BYTES),
    sets: take('tree', (Math.ceil((triangles + instanceCount) / L.SET_MIN) + meshes.length + 1) * L.SET_BYTES),
    materials: take('materials', Math.max(1, scene.materials) * L.MATERIAL_BYTES),
    emitterCapacity: emitting,
    emitters: take('lights', emitting * L.EMITTER_BYTES),
    emitterNodes: take('lights', emitterTreeBytes(emitting)),
    emitterOrder: take('lights', emitting * 4),
    emitterLeaves: take('lights', emitting * 4),
    lights: take('lights', Math.max(1, scene.lights) * L.LIGHT_BYTES),
    textures: take('textures', Math.max(1, textureSizes.length) * L.TEXTURE_BYTES),
    texturePixels: textureSizes.map(
      ({ width, height, address }) => address ?? take('textures', textureRoom(width, height)),
    ),
    environment: take('environment', environmentRoom),
    environmentRoom,
    dfg: take('tables', L.DFG_SIZE * L.DFG_SIZE * 16),
    hemisphere: take('tables', 4 * L.PATTERNS * L.MAX_OCCLUSION_RAYS * 16),
    pathTables: take('tables', L.PATH_TABLE_BYTES),
    nodeFirst: running(nodeCapacity),
    blockFirst: running(blockCapacity),
    blockCapacity,
    topNode: sum(nodeCapacity),
    viewNode: sum(nodeCapacity) + topNodes,
    named: {
      parts: sum(meshes.map((mesh) => mesh.parts)),
      instances: instanceCount,
      materials: scene.materials,
    },
  };
  const splats = planSplats(scene.splats, take);
  const total = layout.end;
  const refs = meshes.map((mesh) => take('building the tree', mesh.triangles * L.REF_BYTES));
  return { ...scenePlan, splats, total, refs, buildEnd: layout.end, parts: layout.parts };
}

/**
 * Blocks that the tree over so many triangles may fill. A fourth of their number is needed, 0.27 to 0.36 of it is what
 * the surface-area heuristic fills on models; the builder halves sets by count when it runs short (bvh-build.ts).
 */
function treeBlocks(triangles: number): number {
  return Math.ceil(triangles * 0.4) + 8;
}

/** Nodes that a tree of so many leaves takes at most: those with fewer than four children have none but leaves. */
function treeNodes(leaves: number): number {
  return Math.max(1, Math.floor((2 * leaves - 1) / 3));
}

/** The plan with new places behind its end for images that are larger than their files declared. */
export function withLargerTextures(
  plan: ScenePlan,
  sizes: ReadonlyMap<number, { width: number; height: number }>,
): ScenePlan {
  const texturePixels = [...plan.texturePixels];
  const parts = { ...plan.parts };
  // Behind the references of the builder: the trees may be built once more.
  let total = plan.buildEnd;
  for (const [index, { width, height }] of sizes) {
    texturePixels[index] = total;
    const bytes = textureRoom(width, height);
    total += aligned(bytes);
    parts.textures = (parts.textures ?? 0) + bytes;
  }
  return { ...plan, texturePixels, parts, total, buildEnd: total };
}
