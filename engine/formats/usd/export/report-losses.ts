import type { Document } from '@gltf-transform/core';
import type { Clip } from '../../../animation/clip.ts';
import { type Corrections, plural } from '../../corrections.ts';

/** Notes what of a document a USDZ has no place for, apart from what its writers meet on their way. */
export function reportLosses(document: Document, clip: Clip | null, report: Corrections): void {
  const root = document.getRoot();
  report.add(
    'lost_scenes',
    Math.max(0, root.listScenes().length - 1),
    (n) => `${plural(n, 'scene')} beside the default one ${n === 1 ? 'was' : 'were'} left out.`,
  );
  report.add(
    'lost_lights',
    root.listNodes().filter((node) => node.getExtension('KHR_lights_punctual')).length,
    (n) => `${plural(n, 'light')} ${n === 1 ? 'was' : 'were'} left out: viewers of USDZ light the model themselves.`,
  );
  const moved = clip?.values.length ?? 0;
  report.add(
    'lost_animated_values',
    moved,
    (n) => `${plural(n, 'animated value')} of materials, lights or cameras (KHR_animation_pointer) stay as they are.`,
  );
  report.add(
    'lost_variants',
    root.listExtensionsUsed().some(({ extensionName }) => extensionName === 'KHR_materials_variants') ? 1 : 0,
    () => 'The variants of materials were left out: the materials of the default one are written.',
  );
  const withExtras = [root, ...root.listScenes(), ...root.listNodes(), ...root.listMeshes(), ...root.listMaterials()];
  report.add(
    'lost_extras',
    withExtras.filter((property) => Object.keys(property.getExtras()).some((key) => key !== 'targetNames')).length,
    (n) => `Custom properties (extras) of ${plural(n, 'object')} were left out.`,
  );
}
