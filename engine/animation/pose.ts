import type { Node } from '@gltf-transform/core';
import { type Affine, composeInto, multiplyInto } from '../render/matrix.ts';
import type { Clip, NodePath } from './clip.ts';

/** Nodes of a scene with where they are, and what they hang from. */
export interface PosedNodes {
  /** Node to world, parents before their children. A pose writes into these. */
  world: Map<Node, Affine>;
  parents: Map<Node, Node | undefined>;
}

/** Where a node's translation, rotation and scale begin among its ten numbers. */
const OFFSET: Record<Exclude<NodePath, 'weights'>, number> = { translation: 0, rotation: 3, scale: 7 };
const NUMBERS = 10;

/** The nodes of a scene as a clip moves them. */
export class Pose {
  readonly #clip: Clip;
  /** Nodes that a clip moves itself or through what they hang from, in order. */
  readonly #steps: { numbers: number; world: Affine; parent: Affine | undefined }[] = [];
  readonly #numbers: Float64Array;
  readonly #tracks: { track: Clip['nodes'][number]['track']; offset: number }[] = [];
  readonly #local: Affine = new Float64Array(12);
  /** Nodes whose place changes with time. */
  readonly moving = new Set<Node>();
  /** Current weights of the morph targets of nodes. */
  readonly weights = new Map<Node, Float64Array>();

  constructor({ world, parents }: PosedNodes, clip: Clip) {
    this.#clip = clip;
    const changing = new Set<Node>();
    const tracked = new Set<Node>();
    for (const { node, path, track } of clip.nodes) {
      if (path === 'weights') this.weights.set(node, new Float64Array(track.size));
      else {
        tracked.add(node);
        if (!track.constant) changing.add(node);
      }
    }
    const affected = new Map<Node, number>();
    for (const node of world.keys()) {
      const parent = parents.get(node);
      if (changing.has(node) || (parent && this.moving.has(parent))) this.moving.add(node);
      if (tracked.has(node) || (parent && affected.has(parent))) affected.set(node, affected.size * NUMBERS);
    }
    this.#numbers = new Float64Array(affected.size * NUMBERS);
    for (const [node, numbers] of affected) {
      this.#numbers.set(node.getTranslation(), numbers);
      this.#numbers.set(node.getRotation(), numbers + OFFSET.rotation);
      this.#numbers.set(node.getScale(), numbers + OFFSET.scale);
      const parent = parents.get(node);
      this.#steps.push({ numbers, world: world.get(node)!, parent: parent && world.get(parent) });
    }
    for (const { node, path, track } of clip.nodes) {
      const numbers = affected.get(node);
      if (path !== 'weights' && numbers !== undefined) this.#tracks.push({ track, offset: numbers + OFFSET[path] });
    }
  }

  /** Puts the nodes where they are at `time` seconds, in place. */
  evaluate(time: number): void {
    const numbers = this.#numbers;
    for (const { track, offset } of this.#tracks) track.sample(time, numbers, offset);
    const local = this.#local;
    for (const step of this.#steps) {
      if (step.parent) {
        composeInto(local, numbers, step.numbers);
        multiplyInto(step.world, step.parent, local);
      } else composeInto(step.world, numbers, step.numbers);
    }
    for (const { node, path, track } of this.#clip.nodes) {
      if (path === 'weights') track.sample(time, this.weights.get(node)!, 0);
    }
  }
}
