import type { Accessor, Document, Node, Scene } from '@gltf-transform/core';
import type { Correction } from '#contracts/model/model-report.ts';
import { holdsNumbers } from './all-finite.ts';
import { Corrections, plural } from './corrections.ts';
import { modelEmpty, modelInvalid } from './errors.ts';
import { normaliseAnimations } from './normalise-animations.ts';
import { normaliseExtensions, removeUnreadableExtensions } from './normalise-extensions.ts';
import { normaliseGeometry } from './normalise-geometry.ts';
import { normaliseInstances } from './normalise-instances.ts';
import { normaliseMaterials } from './normalise-materials.ts';
import { normaliseSkeletons } from './normalise-skeletons.ts';
import { normaliseSkins } from './normalise-skins.ts';
import { normaliseTextureCoordinates } from './normalise-texture-coordinates.ts';
import { normaliseTextures } from './normalise-textures.ts';
import { separateAccessorUses } from './separate-accessor-uses.ts';

/**
 * Makes a document safe for everything that follows (measuring, rendering, writing): a default scene, finite
 * transforms, primitives with finite positions, indices in range, unit normals, attributes of equal length, usable
 * animations and skins, one buffer. Changes `document` and says what it changed.
 *
 * Where possible the rest of the model stays: a triangle with a vertex that does not exist is removed, not the mesh.
 *
 * @throws MaquetteError `model_empty` when there was no geometry, `model_invalid` when none of it is usable
 */
export function normalise(document: Document, name: string): Correction[] {
  const corrections = new Corrections();
  normaliseScenes(document, corrections);
  normaliseTransforms(document, corrections);
  const unused = listUnusedAccessors(document);
  if (countPrimitives(document) === 0) throw modelEmpty(name, emptyMessage(document));
  normaliseGeometry(document, corrections);
  if (countPrimitives(document) === 0) {
    const reasons = corrections.list();
    throw modelInvalid(
      name,
      `None of the geometry is usable: ${reasons.map((reason) => reason.message).join(' ')}`,
      reasons.map((reason) => ({ pointer: reason.code, message: reason.message })),
    );
  }
  normaliseTextures(document, corrections);
  normaliseMaterials(document, corrections);
  normaliseTextureCoordinates(document, corrections);
  normaliseSkins(document, corrections);
  normaliseSkeletons(document, corrections);
  normaliseAnimations(document, corrections);
  normaliseInstances(document, corrections);
  normaliseExtensions(document, corrections);
  removeUnreadableExtensions(document, corrections);
  separateAccessorUses(document);
  disposeAccessors(document, unused);
  useOneBuffer(document);
  return corrections.list();
}

function emptyMessage(document: Document): string {
  const root = document.getRoot();
  const parts = [
    plural(root.listNodes().length, 'node'),
    plural(root.listMeshes().length, 'mesh', 'meshes'),
    plural(root.listAnimations().length, 'animation'),
  ];
  return `The model holds no geometry to draw (it has ${parts.join(', ')}).`;
}

function countPrimitives(document: Document): number {
  let count = 0;
  for (const mesh of document.getRoot().listMeshes()) count += mesh.listPrimitives().length;
  return count;
}

/** A file without scenes is a library of meshes and nodes: its root nodes, or else its meshes, become the scene. */
function normaliseScenes(document: Document, corrections: Corrections): void {
  const root = document.getRoot();
  const scenes = root.listScenes();
  const current = root.getDefaultScene();
  if (current && drawsSomething(current)) return;
  const drawn = scenes.find(drawsSomething);
  if (drawn) {
    root.setDefaultScene(drawn);
    if (current || scenes[0] !== drawn) {
      corrections.add(
        'default_scene_chosen',
        1,
        () => `The scene "${drawn.getName()}" was made the default: the file's own default draws nothing.`,
      );
    }
    return;
  }
  if (current && root.listMeshes().length === 0) return;
  const scene = document.createScene('Scene');
  for (const node of root.listNodes()) {
    if (node.getParentNode() === null) scene.addChild(node);
  }
  if (!drawsSomething(scene)) {
    for (const mesh of root.listMeshes()) scene.addChild(document.createNode(mesh.getName()).setMesh(mesh));
  }
  root.setDefaultScene(scene);
  corrections.add(
    'generated_scene',
    1,
    () => 'The file shows nothing in any scene; a scene with all its root nodes was made.',
  );
}

function drawsSomething(scene: Scene): boolean {
  const open: Node[] = [...scene.listChildren()];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.getMesh()) return true;
    open.push(...node.listChildren());
  }
  return false;
}

function normaliseTransforms(document: Document, corrections: Corrections): void {
  let replaced = 0;
  let rotations = 0;
  for (const node of document.getRoot().listNodes()) {
    if (!node.getTranslation().every(Number.isFinite)) {
      node.setTranslation([0, 0, 0]);
      replaced++;
    }
    if (!node.getScale().every(Number.isFinite)) {
      node.setScale([1, 1, 1]);
      replaced++;
    }
    const [x, y, z, w] = node.getRotation();
    const length = Math.hypot(x, y, z, w);
    if (!Number.isFinite(length) || length < 1e-6) {
      node.setRotation([0, 0, 0, 1]);
      replaced++;
    } else if (Math.abs(length - 1) > 1e-3) {
      node.setRotation([x / length, y / length, z / length, w / length]);
      rotations++;
    }
  }
  corrections.add(
    'replaced_transforms',
    replaced,
    (n) => `${plural(n, 'node transform')} with values that are no numbers became the identity.`,
  );
  corrections.add(
    'normalised_rotations',
    rotations,
    (n) => `${plural(n, 'node rotation')} did not have unit length and was scaled to it.`,
  );
}

function listUnusedAccessors(document: Document): Set<Accessor> {
  const root = document.getRoot();
  const graph = document.getGraph();
  return new Set(
    root
      .listAccessors()
      .filter((accessor) => graph.listParentEdges(accessor).every((edge) => edge.getParent() === root)),
  );
}

/**
 * Removes accessors that nothing uses any more, and of those that nothing used before the ones that no file may hold.
 * The rest of these stays: an extension that is only carried along may mean them.
 */
function disposeAccessors(document: Document, unusedBefore: Set<Accessor>): void {
  for (const accessor of listUnusedAccessors(document)) {
    if (!unusedBefore.has(accessor) || !holdsNumbers(accessor)) accessor.dispose();
  }
}

/** GLB has one binary chunk. */
function useOneBuffer(document: Document): void {
  const root = document.getRoot();
  const [first = document.createBuffer(), ...others] = root.listBuffers();
  first.setURI('');
  for (const accessor of root.listAccessors()) {
    if (accessor.getBuffer() !== first) accessor.setBuffer(first);
  }
  for (const buffer of others) buffer.dispose();
}
