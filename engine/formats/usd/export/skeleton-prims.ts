import type { Node } from '@gltf-transform/core';
import type { Track } from '../../../animation/track.ts';
import { fromTrs, identity, type Mat4 } from '../../fbx/affine.ts';
import type { UsdPrim } from '../usd-layer.ts';
import type { SkeletonPlan } from './skeleton-plan.ts';
import type { StageTime } from './stage-time.ts';

/** A `SkelRoot` with its `Skeleton` and what moves it. */
export interface SkeletonPrims {
  root: UsdPrim;
  skeleton: UsdPrim;
  animation: SkeletonAnimation;
}

/**
 * Writes a skeleton (UsdSkel): joints by path, bind and rest transforms.
 *
 * @param names the name of each joint
 */
export function writeSkeleton(
  root: UsdPrim,
  { anchor, joints, numbers, binds }: SkeletonPlan,
  names: readonly string[],
  parents: ReadonlyMap<Node, Node | undefined>,
  time: StageTime | null,
): SkeletonPrims {
  const paths: string[] = [];
  for (const [i, joint] of joints.entries()) {
    const parent = parents.get(joint);
    const above = parent && parent !== anchor ? numbers.get(parent) : undefined;
    paths.push(above === undefined ? names[i]! : `${paths[above]}/${names[i]}`);
  }
  const rest = joints.map((joint) =>
    fromTrs({ translation: joint.getTranslation(), rotation: joint.getRotation(), scale: joint.getScale() }),
  );
  return define(root, paths, binds, rest, new SkeletonAnimation(paths, joints, time));
}

/** Writes a skeleton with one joint that stays: what meshes with blend shapes need to be bound to. */
export function writeStillSkeleton(root: UsdPrim, time: StageTime | null): SkeletonPrims {
  return define(root, ['root'], [identity()], [identity()], new SkeletonAnimation(['root'], [], time));
}

function define(
  root: UsdPrim,
  paths: string[],
  binds: readonly Mat4[],
  rest: readonly Mat4[],
  animation: SkeletonAnimation,
): SkeletonPrims {
  const skeleton = root.define('Skeleton', 'Skeleton');
  skeleton.apiSchemas = ['SkelBindingAPI'];
  skeleton
    .attribute('joints', 'token[]', paths, { uniform: true })
    .attribute('bindTransforms', 'matrix4d[]', concatenate(binds), { uniform: true })
    .attribute('restTransforms', 'matrix4d[]', concatenate(rest), { uniform: true });
  return { root, skeleton, animation };
}

/** What moves a skeleton: joints, and weights of the blend shapes of the meshes that are bound to it. */
export class SkeletonAnimation {
  readonly #paths: readonly string[];
  readonly #joints: readonly Node[];
  readonly #time: StageTime | null;
  readonly #shapes: string[] = [];
  readonly #weights: number[] = [];
  readonly #weightTracks: { track: Track; offset: number }[] = [];

  constructor(paths: readonly string[], joints: readonly Node[], time: StageTime | null) {
    this.#paths = paths;
    this.#joints = joints;
    this.#time = time;
  }

  /**
   * @param shapes names of blend shapes that no other has
   * @param weights of each, where `track` does not move them
   */
  addWeights(shapes: readonly string[], weights: readonly number[], track: Track | undefined): void {
    if (track) this.#weightTracks.push({ track, offset: this.#weights.length });
    this.#shapes.push(...shapes);
    this.#weights.push(...weights);
  }

  /** Writes a `SkelAnimation` beside the skeleton, where there is something to say beyond the rest pose. */
  write({ root, skeleton }: SkeletonPrims): void {
    const moves = this.#joints.some((joint) =>
      (['translation', 'rotation', 'scale'] as const).some((path) => this.#time?.track(joint, path)),
    );
    if (!moves && this.#weights.length === 0) return;
    const prim = root.define('Animation', 'SkelAnimation');
    skeleton.relationship('skel:animationSource', prim.path);
    if (moves) {
      prim.attribute('joints', 'token[]', this.#paths, { uniform: true });
      this.#writePart(prim, 'translations', 'float3[]', 'translation', 3, (joint) => joint.getTranslation());
      this.#writePart(prim, 'rotations', 'quatf[]', 'rotation', 4, (joint) => joint.getRotation());
      this.#writePart(prim, 'scales', 'half3[]', 'scale', 3, (joint) => joint.getScale());
    }
    if (this.#weights.length > 0) this.#writeWeights(prim);
  }

  #writePart(
    prim: UsdPrim,
    name: string,
    type: 'float3[]' | 'quatf[]' | 'half3[]',
    path: 'translation' | 'rotation' | 'scale',
    width: number,
    restOf: (joint: Node) => readonly number[],
  ): void {
    const rest = this.#joints.flatMap(restOf);
    const tracks = this.#joints.flatMap((joint, i) => {
      const track = this.#time?.track(joint, path);
      return track ? [{ track, offset: i * width }] : [];
    });
    const samples = tracks.length > 0 ? { samples: this.#time!.sample(tracks, rest) } : {};
    prim.attribute(name, type, rest, samples);
  }

  #writeWeights(prim: UsdPrim): void {
    prim.attribute('blendShapes', 'token[]', this.#shapes, { uniform: true });
    const tracks = this.#weightTracks;
    const samples = tracks.length > 0 ? { samples: this.#time!.sample(tracks, this.#weights) } : {};
    prim.attribute('blendShapeWeights', 'float[]', this.#weights, samples);
  }
}

function concatenate(matrices: readonly Mat4[]): Float64Array {
  const out = new Float64Array(matrices.length * 16);
  for (const [i, matrix] of matrices.entries()) out.set(matrix, i * 16);
  return out;
}
