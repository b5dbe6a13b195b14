import { child, childrenOf, type XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';

/** Key frames for numbers of one step of the transform of a node. */
export interface DaeChannel {
  /** Id of the node, sid of its step. */
  node: string;
  sid: string;
  /** First of the numbers of the step, and how many. */
  member: number;
  width: number;
  times: Float32Array;
  values: Float32Array;
  isStepped: boolean;
  /** The `<animation>` elements that it lies in, for clips. */
  owners: XmlElement[];
}

const MEMBERS: Record<string, number> = { X: 0, Y: 1, Z: 2, W: 3, ANGLE: 3, R: 0, G: 1, B: 2, A: 3 };

/** More values than this in one step there are not. */
const MAX_WIDTH = 16;

/** Reads all channels. Bezier and Hermite keys are sampled where they are, as lines between. */
export function readChannels(file: DaeFile, library: XmlElement | null): DaeChannel[] {
  const channels: DaeChannel[] = [];
  const visit = (animation: XmlElement, owners: XmlElement[]): void => {
    const path = [...owners, animation];
    for (const inner of childrenOf(animation, 'animation')) visit(inner, path);
    for (const channel of childrenOf(animation, 'channel')) {
      const read = readChannel(file, channel, path);
      if (read) channels.push(read);
    }
  };
  for (const animation of childrenOf(library, 'animation')) visit(animation, []);
  return channels;
}

function readChannel(file: DaeFile, channel: XmlElement, owners: XmlElement[]): DaeChannel | null {
  const target = /^([^/]+)\/([^.(]+)(?:\.(\w+)|\((\d+)\)(?:\((\d+)\))?)?$/.exec(channel.attributes.get('target') ?? '');
  const sampler = file.follow(channel.attributes.get('source'));
  // Weights of morph targets have no step: `weights(2)` or `controller/weights(2)`.
  const weight = /^([^/(]+)(?:\/[^/(]+)?\((\d+)\)$/.exec(channel.attributes.get('target') ?? '');
  if ((!target && !weight) || !sampler) return null;
  const input = (semantic: string): XmlElement | null =>
    file.follow(
      childrenOf(sampler, 'input')
        .find((candidate) => candidate.attributes.get('semantic') === semantic)
        ?.attributes.get('source'),
    );
  const inputs = input('INPUT');
  const outputs = input('OUTPUT');
  if (!inputs || !outputs) return null;
  const times = file.source(inputs).values;
  const { values, stride } = file.source(outputs);
  const keys = Math.min(times.length, Math.floor(values.length / stride));
  if (keys === 0 || stride > MAX_WIDTH) return null;
  for (let i = 1; i < keys; i++) {
    if (!(times[i]! >= times[i - 1]!))
      file.fail(channel, `The times of its keys fall from ${times[i - 1]} to ${times[i]}.`);
  }
  const [, node, sid, member, first, second] = target ?? [null, weight![1], '', undefined, weight![2], undefined];
  // `transform(column)(row)` is one number of a matrix, which is written in rows.
  const single =
    first === undefined ? undefined : second === undefined ? Number(first) : Number(second) * 4 + Number(first);
  const interpolation = child(input('INTERPOLATION'), 'Name_array');
  return {
    node: node!,
    sid: sid!,
    member: member === undefined ? (single ?? 0) : (MEMBERS[member.toUpperCase()] ?? 0),
    width: stride,
    times: times.slice(0, keys),
    values: values.slice(0, keys * stride),
    isStepped: interpolation !== null && file.words(interpolation).every((word) => word === 'STEP'),
    owners,
  };
}

/** Writes the value of a channel at a time into `out`, the numbers of its step. */
export function sampleChannel(channel: DaeChannel, time: number, out: Float32Array): void {
  const { times, values, width, member } = channel;
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, times.length - 1);
  const span = times[next]! - times[low]!;
  const share = channel.isStepped || !(span > 0) ? 0 : Math.min(1, Math.max(0, (time - times[low]!) / span));
  for (let k = 0; k < width && member + k < out.length; k++) {
    const a = values[low * width + k]!;
    out[member + k] = a + (values[next * width + k]! - a) * share;
  }
}
