import { flatten as flattenDocument } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';

/** Moves nodes up to the scene, as far as joints and animations let them. Empty nodes stay for `prune` to judge. */
export const flatten: OperationFunction<'flatten'> = async (document, _parameters, { note }) => {
  const root = document.getRoot();
  const nested = () => root.listNodes().filter((node) => node.getParentNode() !== null).length;
  const before = nested();
  await document.transform(flattenDocument({ cleanup: false }));
  const after = nested();
  if (after < before) note(`Moved ${plural(before - after, 'node')} up to the scene.`);
  if (after > 0) note(`${plural(after, 'node')} stayed below joints or animated nodes.`);
};
