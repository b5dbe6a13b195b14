import type { Document } from '@gltf-transform/core';
import type { DrawnReport } from '#contracts/model/model-report.ts';
import { readImageHeader } from '../formats/image-header.ts';
import { emitterCapacity } from './emitters.ts';
import * as L from './kernel/layout.ts';
import { hasTop, type SceneSize } from './memory-plan.ts';
import { planScene, type Scene } from './scene.ts';

/** The size of a scene. */
export function sizeOf(scene: Scene): SceneSize {
  return {
    meshes: scene.meshes.map(({ triangles, vertices, parts, copies, deforms }) => ({
      triangles,
      vertices,
      parts: parts.length,
      copies: copies?.length ?? 1,
      deforms,
    })),
    top: hasTop(scene),
    materials: scene.materials.count,
    // An animation may light what is dark at first.
    lights: scene.clip ? L.MAX_LIGHTS : scene.lights.length,
    emitters: emitterCapacity(scene),
    splats: scene.splats.map(({ count, degree }) => ({ count, degree })),
  };
}

/** Sizes of the images of a scene's textures by use, as their files declare them. */
export function textureSizes(scene: Scene): { width: number; height: number }[] {
  return scene.materials.textures.map(({ texture }) => {
    const bytes = texture.getImage();
    const header = bytes && readImageHeader(bytes);
    return { width: header?.width || 1, height: header?.height || 1 };
  });
}

/** The size of a document's scene in its rest pose, for its report. */
export function measureDrawn(document: Document): DrawnReport {
  const scene = planScene(document);
  const { meshes, materials, lights, emitters, splats } = sizeOf(scene);
  const [single, ...copied] = meshes;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    triangles: single?.triangles ?? 0,
    vertices: single?.vertices ?? 0,
    parts: sum(meshes.map((mesh) => mesh.parts)),
    copied: {
      meshes: copied.length,
      triangles: sum(copied.map((mesh) => mesh.triangles)),
      vertices: sum(copied.map((mesh) => mesh.vertices)),
      copies: sum(copied.map((mesh) => mesh.copies)),
    },
    materials,
    lights,
    emitters,
    splats: [...splats],
    textures: textureSizes(scene),
  };
}
