import type { Document, Node } from '@gltf-transform/core';
import type { ExportOptions } from '#contracts/model/export-format.ts';
import { type NodePath, selectClip, withValues } from '../../animation/clip.ts';

/**
 * Does `work` while the nodes of a document stand as an animation has them at a time; without one, as they are. They are
 * put back afterwards.
 *
 * @throws MaquetteError `invalid_request` for an animation that is not there
 */
export function inPose<T>(
  document: Document,
  { animation, time = 0 }: Pick<ExportOptions, 'animation' | 'time'>,
  work: () => T,
): T {
  if (animation === undefined) return work();
  const clip = selectClip(document, animation);
  const before = clip.nodes.map(({ node, path }) => pathValue(node, path));
  try {
    for (const { node, path, track } of clip.nodes) {
      const value = new Float64Array(track.size);
      track.sample(time, value, 0);
      setValue(node, path, [...value]);
    }
    const at = (track: (typeof clip.values)[number]['track']) => {
      const value = new Float64Array(track.size);
      track.sample(time, value, 0);
      return [...value];
    };
    return withValues(clip, at, work);
  } finally {
    // Backwards: where two tracks move one value, the first has seen the original.
    for (let i = clip.nodes.length - 1; i >= 0; i--) {
      const { node, path } = clip.nodes[i]!;
      setValue(node, path, before[i]!);
    }
  }
}

function pathValue(node: Node, path: NodePath): number[] {
  switch (path) {
    case 'translation':
      return node.getTranslation();
    case 'rotation':
      return node.getRotation();
    case 'scale':
      return node.getScale();
    case 'weights':
      return node.getWeights();
    default:
      return path satisfies never;
  }
}

function setValue(node: Node, path: NodePath, value: number[]): void {
  switch (path) {
    case 'translation':
      node.setTranslation(value as [number, number, number]);
      return;
    case 'rotation':
      node.setRotation(value as [number, number, number, number]);
      return;
    case 'scale':
      node.setScale(value as [number, number, number]);
      return;
    case 'weights':
      node.setWeights(value);
      return;
    default:
      path satisfies never;
  }
}
