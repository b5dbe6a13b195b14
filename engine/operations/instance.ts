import { type Document, MathUtils, type Mesh, type Node, type Scene, type vec3, type vec4 } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { isHidden } from '../describe/is-hidden.ts';
import type { Matrix } from '../describe/matrix.ts';
import { visitPlaced } from '../describe/visit-placed.ts';
import { plural } from '../formats/corrections.ts';
import { isSheared } from '../formats/geometry/is-sheared.ts';
import type { OperationFunction } from './operation-context.ts';

/** Draws nodes that share a mesh as instances. */
export const instance: OperationFunction<'instance'> = (document, { min }, { note }) => {
  const root = document.getRoot();
  const animated = root.listAnimations().length > 0;
  if (animated || root.listSkins().length > 0) {
    note(`Left as it is: ${animated ? 'animations move' : 'skins bind'} nodes, and instances have none.`);
    return;
  }
  if (root.listNodes().some((node) => isHidden(node) || (node.getMesh() && isSpecial(node)))) {
    note('Left as it is: nodes are hidden, or have custom properties or morph weights, which instances cannot have.');
    return;
  }
  const before = root.listNodes().length;
  const { scenes, skewed } = placeMeshes(document);
  for (const [scene, meshes] of scenes) {
    for (const [mesh, placed] of meshes) {
      if (placed.length >= min && addInstances(document, scene, mesh, placed)) dropMeshes(placed);
    }
  }
  const after = root.listNodes().length;
  if (after < before) note(`${plural(before - after, 'node')} became instances.`);
  if (skewed > 0)
    note(`${plural(skewed, 'node')} stayed: the scales of what is above skew them, which no instance can say.`);
};

/** A node that draws a mesh, and where it stands in its scene. */
interface PlacedNode {
  node: Node;
  matrix: Matrix;
}

/**
 * The nodes of each mesh that could be its instances, scene by scene: those that are instances already, that stand in
 * several scenes, or that are skewed, which the translation, rotation and scale of an instance cannot be, stay.
 */
function placeMeshes(document: Document): { scenes: Map<Scene, Map<Mesh, PlacedNode[]>>; skewed: number } {
  const scenes = new Map<Scene, Map<Mesh, PlacedNode[]>>();
  const seen = new Map<Node, number>();
  const skewed = new Set<Node>();
  for (const scene of document.getRoot().listScenes()) {
    const meshes = new Map<Mesh, PlacedNode[]>();
    visitPlaced(scene, (node, matrix) => {
      seen.set(node, (seen.get(node) ?? 0) + 1);
      const mesh = node.getMesh();
      if (mesh && isSheared(matrix)) skewed.add(node);
      else if (mesh && !node.getExtension(EXTMeshGPUInstancing.EXTENSION_NAME)) {
        const known = meshes.get(mesh);
        if (known) known.push({ node, matrix });
        else meshes.set(mesh, [{ node, matrix }]);
      }
      return true;
    });
    scenes.set(scene, meshes);
  }
  for (const meshes of scenes.values()) {
    for (const [mesh, placed] of meshes)
      meshes.set(
        mesh,
        placed.filter(({ node }) => seen.get(node) === 1),
      );
  }
  return { scenes, skewed: skewed.size };
}

/**
 * Adds a node to a scene that draws a mesh wherever other nodes do.
 *
 * @returns false, and nothing is added, where instances would lose something or all stand at the origin as they are
 */
function addInstances(document: Document, scene: Scene, mesh: Mesh, placed: readonly PlacedNode[]): boolean {
  const translations = new Float32Array(placed.length * 3);
  const rotations = new Float32Array(placed.length * 4);
  const scales = new Float32Array(placed.length * 3);
  const translation: vec3 = [0, 0, 0];
  const rotation: vec4 = [0, 0, 0, 1];
  const scale: vec3 = [1, 1, 1];
  const moved = { translation: false, rotation: false, scale: false };
  for (const [index, { matrix }] of placed.entries()) {
    MathUtils.decompose(matrix as Parameters<typeof MathUtils.decompose>[0], translation, rotation, scale);
    translations.set(translation, index * 3);
    rotations.set(rotation, index * 4);
    scales.set(scale, index * 3);
    moved.translation ||= !MathUtils.eq(translation, [0, 0, 0]);
    moved.rotation ||= !MathUtils.eq(rotation, [0, 0, 0, 1]);
    moved.scale ||= !MathUtils.eq(scale, [1, 1, 1]);
  }
  if (!moved.translation && !moved.rotation && !moved.scale) return false;
  // How thick a volume is, is told in the units of the mesh: one number for all instances.
  if (moved.scale && mesh.listPrimitives().some(hasVolume)) return false;
  // Who does not know the extension would draw one of many, at the wrong place.
  const instances = document.createExtension(EXTMeshGPUInstancing).setRequired(true).createInstancedMesh();
  const buffer = mesh.listPrimitives()[0]?.getAttribute('POSITION')?.getBuffer() ?? null;
  const attribute = (type: 'VEC3' | 'VEC4', array: Float32Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  if (moved.translation) instances.setAttribute('TRANSLATION', attribute('VEC3', translations));
  if (moved.rotation) instances.setAttribute('ROTATION', attribute('VEC4', rotations));
  if (moved.scale) instances.setAttribute('SCALE', attribute('VEC3', scales));
  scene.addChild(document.createNode().setMesh(mesh).setExtension(EXTMeshGPUInstancing.EXTENSION_NAME, instances));
  return true;
}

/** Takes the mesh of nodes away, and then the nodes that are of no use without it, up to the scene. */
function dropMeshes(placed: readonly PlacedNode[]): void {
  const open: Node[] = [];
  for (const { node } of placed) open.push(node.setMesh(null));
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.listChildren().length > 0 || node.getCamera() || node.getMesh() || node.getSkin()) continue;
    if (node.listExtensions().length > 0) continue;
    const above = node.getParentNode();
    if (above) open.push(above);
    node.dispose();
  }
}

function hasVolume(primitive: ReturnType<Mesh['listPrimitives']>[number]): boolean {
  return Boolean(primitive.getMaterial()?.getExtension('KHR_materials_volume'));
}

function isSpecial(node: Node): boolean {
  return node.getWeights().some((weight) => weight !== 0) || Object.keys(node.getExtras()).length > 0;
}
