import type { Animation, Document, Node } from '@gltf-transform/core';
import type { BlendWeights } from './stage-composer.ts';

/**
 * Gives meshes with blend shapes the weights that animations set for them: as they are where these do not change, or
 * as a channel of the clip of the stage.
 *
 * @param start seconds at which the clip begins
 * @param shapes the names of the morph targets of each node
 */
export function addBlendWeights(
  document: Document,
  animation: Animation,
  start: number,
  shapes: ReadonlyMap<Node, string[]>,
  weights: readonly BlendWeights[],
): void {
  for (const source of weights) {
    for (const [node, names] of shapes) {
      const places = names.map((name) => source.shapes.indexOf(name));
      const mesh = node.getMesh();
      if (!mesh || places.every((place) => place < 0)) continue;
      const still = source.still.length > 0 ? source.still : (source.values[0] ?? []);
      mesh.setWeights(places.map((place) => still[place] ?? 0));
      if (source.times.length > 1) addChannel(document, animation, start, source, node, places);
    }
  }
}

function addChannel(
  document: Document,
  animation: Animation,
  start: number,
  source: BlendWeights,
  node: Node,
  places: readonly number[],
): void {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const sampler = document
    .createAnimationSampler()
    .setInterpolation('LINEAR')
    .setInput(
      document
        .createAccessor()
        .setType('SCALAR')
        .setBuffer(buffer)
        .setArray(Float32Array.from(source.times, (time) => time - start)),
    )
    .setOutput(
      document
        .createAccessor()
        .setType('SCALAR')
        .setBuffer(buffer)
        .setArray(
          Float32Array.from(source.times.flatMap((_, i) => places.map((place) => source.values[i]?.[place] ?? 0))),
        ),
    );
  const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath('weights').setSampler(sampler);
  animation.addSampler(sampler).addChannel(channel);
}
