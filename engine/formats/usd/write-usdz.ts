import type { Document, Material } from '@gltf-transform/core';
import { selectClip } from '../../animation/clip.ts';
import { measureBounds } from '../../describe/measure-bounds.ts';
import { walkScene } from '../../render/draws.ts';
import { Corrections, plural } from '../corrections.ts';
import type { Exporter } from '../exporter.ts';
import { writeCrate } from './crate/write-crate.ts';
import { buildStage } from './export/build-stage.ts';
import { reportLosses } from './export/report-losses.ts';
import { StageTime } from './export/stage-time.ts';
import { collectTextures } from './export/texture-files.ts';
import { packageUsdz } from './package-usdz.ts';

/**
 * Writes a document as USDZ: one crate layer with the scene, layers for shapes that are drawn several times, textures as
 * PNG or JPEG. A stage has one time line, so one animation is written.
 *
 * @throws MaquetteError `invalid_request` for an animation that is not there, `image_malformed` for a texture that
 * cannot be decoded
 */
export const writeUsdz: Exporter = async (document, { options, stem, host }) => {
  const report = new Corrections();
  const animations = document.getRoot().listAnimations().length;
  const clip = animations > 0 || options.animation !== undefined ? selectClip(document, options.animation) : null;
  const time = clip && clip.nodes.length > 0 ? new StageTime(clip) : null;
  if (clip && animations > 1)
    report.add(
      'lost_animations',
      animations - 1,
      (n) => `Of ${plural(n + 1, 'animation')} only “${clip.name}” is written: a USDZ plays one.`,
    );
  reportLosses(document, clip, report);
  const images = await collectTextures(materialsOf(document), host, report);
  const { layer, shapes } = buildStage(document, stem, diagonalOf(document), images, time, report);
  const bytes = packageUsdz([
    { path: `${layer.root.name}.usdc`, bytes: writeCrate(layer) },
    ...shapes.map(({ path, layer: shape }) => ({ path, bytes: writeCrate(shape) })),
    ...images.files,
  ]);
  return { files: [{ path: `${stem}.usdz`, bytes }], warnings: report.list() };
};

function materialsOf(document: Document): Set<Material> {
  const materials = new Set<Material>();
  for (const node of walkScene(document).seen)
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
      const material = primitive.getMaterial();
      if (material) materials.add(material);
    }
  return materials;
}

/** Of the bounds in rest pose, in metres; 0 where nothing is drawn. */
function diagonalOf(document: Document): number {
  const scene = document.getRoot().getDefaultScene() ?? document.getRoot().listScenes()[0];
  const bounds = scene && measureBounds(scene);
  return bounds ? Math.hypot(...bounds.max.map((value, i) => value - bounds.min[i]!)) : 0;
}
