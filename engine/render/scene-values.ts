import { withGreatestValues } from '../animation/clip.ts';
import { listLights } from './lights.ts';
import type { Normalisation } from './render-space.ts';
import type { Scene } from './scene.ts';
import type { SceneMotion } from './scene-motion.ts';
import type { SceneWriter } from './scene-writer.ts';

/** What values of a scene that lies in memory are written with. */
interface WrittenScene {
  scene: Scene;
  normalisation: Normalisation;
  /** Which textures could be decoded. */
  usable: readonly boolean[];
}

/** Writes materials for building trees, which depend on what kind they are at any time. */
export function writeKinds(writer: SceneWriter, scene: Scene, usable: readonly boolean[]): void {
  const write = () => writer.writeMaterials(scene, usable);
  if (scene.clip) withGreatestValues(scene.clip, write);
  else write();
}

/** Writes materials and lights as they are at the moment, where the clip moves them. */
export function writeValues(
  { scene, usable, normalisation }: WrittenScene,
  motion: SceneMotion,
  writer: SceneWriter,
): void {
  const lights = motion.moves('light') || scene.lights.length > 0;
  if (!lights && !motion.moves('material')) return;
  motion.during(() => {
    if (motion.moves('material')) writer.writeMaterials(scene, usable);
    if (!lights) return;
    scene.lights = listLights(scene.nodes, []);
    // What had to be said was said of the first picture.
    writer.writeLights({ ...scene, warnings: [] }, normalisation);
  });
}
