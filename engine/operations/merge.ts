import type { Document, Node, Property, Scene } from '@gltf-transform/core';
import { createDefaultPropertyResolver, mergeDocuments } from '@gltf-transform/functions';

/**
 * Puts everything of `other` into `document`: what stands in its default scene moves to the default scene, its further
 * scenes follow those that are there. One buffer holds all.
 *
 * @param group name of a node below which it stands; without it, it stands in the scene itself
 */
export function mergeInto(document: Document, other: Document, group?: string): void {
  const root = document.getRoot();
  const resolve = createDefaultPropertyResolver(document, other) as (property: Property) => Property;
  const shown = other.getRoot().getDefaultScene();
  mergeDocuments(document, other, resolve as never);
  useOneBuffer(document);
  if (!shown) return;
  const copied = resolve(shown) as Scene;
  const scene = root.getDefaultScene();
  if (!scene) {
    root.setDefaultScene(copied);
    return;
  }
  const children = copied.listChildren();
  const holder: Scene | Node = group === undefined ? scene : document.createNode(group);
  for (const child of children) {
    copied.removeChild(child);
    holder.addChild(child);
  }
  if (holder !== scene) scene.addChild(holder as Node);
  copied.dispose();
}

/** Puts all accessors of a document into its first buffer. */
export function useOneBuffer(document: Document): void {
  const root = document.getRoot();
  const [buffer, ...others] = root.listBuffers();
  if (others.length === 0) return;
  for (const accessor of root.listAccessors()) accessor.setBuffer(buffer ?? null);
  for (const other of others) other.dispose();
}

/** Puts what stands in the default scene below one node. */
export function groupScene(document: Document, name: string): void {
  const scene = document.getRoot().getDefaultScene();
  if (!scene) return;
  const group = document.createNode(name);
  for (const child of scene.listChildren()) {
    scene.removeChild(child);
    group.addChild(child);
  }
  scene.addChild(group);
}
