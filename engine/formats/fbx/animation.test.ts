import { describe, expect, it } from 'vitest';
import {
  CONSTANT,
  CONSTANT_NEXT,
  CUBIC,
  type Curve,
  emptyCurve,
  evaluateCurve,
  LINEAR,
  tidyCurve,
} from './animation-curve.ts';
import { autoSlope, CLAMP_PROGRESSIVE, edgeSlope, TIME_INDEPENDENT, tcbSlopes } from './auto-slope.ts';
import { DecodeBudget } from './decode-budget.ts';
import { collectKnots, evaluateNumber } from './evaluate-layers.ts';
import { parseTextFbx } from './parse-text.ts';
import type { AnimationLayer } from './read-animation.ts';
import { readCurve, readLegacyCurve } from './read-curve.ts';
import { type FbxMorphChannel, shapeWeights } from './read-morphs.ts';
import { sampleTrack, type TrackSource } from './sample-track.ts';

function curve(keys: [time: number, value: number, mode: number, slopeIn?: number, slopeOut?: number][]): Curve {
  const out = emptyCurve(keys.length);
  for (const [i, [time, value, mode, slopeIn = 0, slopeOut = slopeIn]] of keys.entries()) {
    out.times[i] = time;
    out.values[i] = value;
    out.modes[i] = mode;
    out.slopesIn[i] = slopeIn;
    out.slopesOut[i] = slopeOut;
  }
  return out;
}

const parse = (source: string) => parseTextFbx(new TextEncoder().encode(source), 'x', new DecodeBudget('x', 1e9)).nodes;
const SECOND = 46186158000;

describe('evaluateCurve', () => {
  it('goes straight, in steps, or through Bézier curves', () => {
    const c = curve([
      [0, 0, LINEAR],
      [1, 10, CONSTANT],
      [2, 20, CONSTANT_NEXT],
      [3, 30, CUBIC, 0, 3],
      [4, 31, LINEAR, 0, 0],
    ]);
    expect(evaluateCurve(c, 0.25)).toBeCloseTo(2.5);
    expect(evaluateCurve(c, 1.9)).toBe(10);
    expect(evaluateCurve(c, 2.1)).toBe(30);
    // Hermite: y0 h00 + m0 h10 + y1 h01 at 1/2 = 15 + 3/8 + 15.5
    expect(evaluateCurve(c, 3.5)).toBeCloseTo(30.875, 9);
    expect(evaluateCurve(c, -5)).toBe(0);
    expect(evaluateCurve(c, 9)).toBe(31);
  });

  it('stays on the curve with weighted tangents', () => {
    const c = curve([
      [0, 0, CUBIC],
      [1, 1, CUBIC],
    ]);
    c.weightsOut[0] = 0.9;
    c.weightsIn[1] = 0.9;
    let before = -1;
    for (let i = 0; i <= 100; i++) {
      const value = evaluateCurve(c, i / 100);
      expect(value).toBeGreaterThanOrEqual(before);
      before = value;
    }
    // Symmetric, and steeper in the middle than with thirds.
    expect(evaluateCurve(c, 0.5)).toBeCloseTo(0.5, 9);
    expect(evaluateCurve(c, 0.45)).toBeLessThan(0.4);
  });

  it.each([
    ['repeat', 1.25, 2.5],
    ['mirror', 1.25, 7.5],
    ['repeatRelative', 1.25, 12.5],
    ['slope', 1.25, 12.5],
    ['constant', 1.25, 10],
    ['repeat', -0.25, 7.5],
    ['mirror', -0.25, 2.5],
    ['repeatRelative', -0.25, -2.5],
  ] as const)('%s at %f gives %f', (mode, time, expected) => {
    const c = curve([
      [0, 0, LINEAR, 10],
      [1, 10, LINEAR, 10],
    ]);
    c.before = { mode, count: -1 };
    c.after = { mode, count: -1 };
    expect(evaluateCurve(c, time)).toBeCloseTo(expected, 9);
  });
});

describe('automatic slopes', () => {
  it('do not overshoot when clamped', () => {
    expect(autoSlope([0, 1, 2, 0, 10, 10], 1 / 3, 1 / 3, 0, TIME_INDEPENDENT | CLAMP_PROGRESSIVE)).toBe(0);
    expect(autoSlope([0, 1, 2, 0, 5, 10], 1 / 3, 1 / 3, 0, TIME_INDEPENDENT)).toBe(5);
    expect(autoSlope([0, 1, 3, 0, 6, 9], 1 / 3, 1 / 3, 0, TIME_INDEPENDENT)).toBe(3);
    expect(edgeSlope(0, 2, 0, 6, 0, TIME_INDEPENDENT)).toBe(3);
    expect(edgeSlope(0, 2, 0, 6, 0, CLAMP_PROGRESSIVE)).toBe(0);
  });

  it('of Kochanek and Bartels are the mean without parameters', () => {
    expect(tcbSlopes([0, 0, 0], 2, 4)).toEqual([3, 3]);
    expect(tcbSlopes([1, 0, 0], 2, 4)).toEqual([0, 0]);
  });
});

describe('reading curves', () => {
  it('spreads attributes over the runs of keys they belong to', () => {
    const [node] = parse(`C: {
KeyTime: *4 {
a: 0,${SECOND},${2 * SECOND},${3 * SECOND}
}
KeyValueFloat: *4 {
a: 0,1,2,3
}
KeyAttrFlags: *2 {
a: 2,1032
}
KeyAttrDataFloat: *8 {
a: 0,0,0,0,7,8,0,0
}
KeyAttrRefCount: *2 {
a: 2,2
}
}`);
    const c = readCurve(node!)!;
    expect([...c.modes]).toEqual([CONSTANT, CONSTANT, CUBIC, CUBIC]);
    expect([...c.slopesOut]).toEqual([0, 0, 7, 7]);
    expect([...c.slopesIn]).toEqual([0, 0, 0, 8]);
    expect([...c.times]).toEqual([0, 1, 2, 3]);
  });

  it('reads the key lists of old files', () => {
    const [node] = parse(
      `Channel: "X" {\nDefault: 0\nKeyVer: 4005\nKeyCount: 4\nKey: 0,1,U,s,2,3,n,${SECOND},4,L,${2 * SECOND},5,C,n,${3 * SECOND},6,U,a,n\n}`,
    );
    const c = readLegacyCurve(node!, 6100)!;
    expect([...c.times]).toEqual([0, 1, 2, 3]);
    expect([...c.values]).toEqual([1, 4, 5, 6]);
    expect([...c.modes]).toEqual([CUBIC, LINEAR, CONSTANT_NEXT, CUBIC]);
    expect(c.slopesOut[0]).toBe(2);
    expect(c.slopesIn[1]).toBe(3);
  });

  it('puts keys in order and leaves out what is no number', () => {
    const c = tidyCurve(
      curve([
        [2, 20, LINEAR],
        [1, 10, LINEAR],
        [Number.NaN, 5, LINEAR],
        [3, Number.NaN, LINEAR],
      ]),
    )!;
    expect([...c.times]).toEqual([1, 2]);
    expect([...c.values]).toEqual([10, 20]);
    expect(tidyCurve(curve([[Number.NaN, 0, LINEAR]]))).toBeNull();
  });
});

describe('layers', () => {
  const layer = (blend: AnimationLayer['blend'], weight: number): AnimationLayer => ({
    blend,
    weight,
    weightCurve: null,
    composeRotation: false,
    composeScale: false,
    channels: new Map(),
  });
  const channel = (value: number) => ({
    curves: [curve([[0, value, LINEAR]]), null, null],
    defaults: [null, null, null],
  });

  it('add, mix and override', () => {
    const base = { layer: layer('override', 1), base: true, channel: channel(10) };
    const on = (blend: AnimationLayer['blend'], weight: number): number =>
      evaluateNumber([base, { layer: layer(blend, weight), base: false, channel: channel(4) }], 0, 0);
    expect(on('add', 0.5)).toBe(12);
    expect(on('mix', 0.5)).toBe(7);
    expect(on('override', 0.5)).toBe(4);
  });
});

describe('sampleTrack', () => {
  const number = (evaluate: (time: number) => number, knots: number[], tolerance = 0.01): TrackSource => ({
    knots: Float64Array.from(knots),
    width: 1,
    isRotation: false,
    tolerance,
    evaluate: (time, out) => {
      out[0] = evaluate(time);
    },
  });
  const interpolate = (times: Float32Array, values: Float32Array, time: number): number => {
    let i = 0;
    while (i + 2 < times.length && times[i + 1]! < time) i++;
    const share = (time - times[i]!) / (times[i + 1]! - times[i]!);
    return values[i]! + (values[i + 1]! - values[i]!) * share;
  };

  it('needs no keys between those of a straight motion', () => {
    const track = sampleTrack(number((time) => 3 * time, [1, 2, 5]));
    expect([...track.times]).toEqual([0, 1, 4]);
    expect([...track.values]).toEqual([3, 6, 15]);
  });

  it('stays within the tolerance of a bent one', () => {
    const track = sampleTrack(number((time) => Math.sin(time * 3), [0, 4], 0.01));
    for (let time = 0; time < 4; time += 0.013) {
      expect(Math.abs(interpolate(track.times, track.values, time) - Math.sin(time * 3))).toBeLessThan(0.015);
    }
    expect(track.times.length).toBeLessThan(130);
  });

  it('makes steps of what only jumps, and pairs of keys where it jumps among other motion', () => {
    const steps = sampleTrack(number((time) => Math.floor(time), [0, 1, 2, 3]));
    expect(steps.interpolation).toBe('STEP');
    expect([...steps.values]).toEqual([0, 1, 2, 3]);
    const mixed = sampleTrack(number((time) => (time < 1 ? 0 : time), [0, 1, 2]));
    expect(mixed.interpolation).toBe('LINEAR');
    expect(interpolate(mixed.times, mixed.values, 0.99)).toBe(0);
    expect(interpolate(mixed.times, mixed.values, 1.5)).toBeCloseTo(1.5);
  });

  it('follows whole turns', () => {
    const track = sampleTrack({
      knots: Float64Array.of(0, 1),
      width: 4,
      isRotation: true,
      tolerance: 0.001,
      evaluate: (time, out) => out.set([0, 0, Math.sin(time * 4 * Math.PI), Math.cos(time * 4 * Math.PI)]),
      mustSplit: (from, to) => (to - from) * 1440 > 90,
    });
    expect(track.times.length).toBeGreaterThanOrEqual(17);
    for (let i = 4; i < track.values.length; i += 4) {
      const dot = [0, 1, 2, 3].reduce((sum, k) => sum + track.values[i + k]! * track.values[i + k - 4]!, 0);
      expect(dot).toBeGreaterThan(0.7);
    }
  });

  it('bounds its keys by the file, not by a frame rate', () => {
    const endless = curve([
      [0, 0, LINEAR],
      [1, 1, LINEAR],
    ]);
    endless.after = { mode: 'repeat', count: -1 };
    const base = {
      blend: 'override',
      weight: 1,
      weightCurve: null,
      composeRotation: false,
      composeScale: false,
    } as const;
    const knots = collectKnots(
      [{ layer: { ...base, channels: new Map() }, base: true, channel: { curves: [endless], defaults: [null] } }],
      0,
      80_000,
    );
    expect(knots.length).toBeLessThan(25_000);
  });
});

describe('shapeWeights', () => {
  const channel: FbxMorphChannel = {
    name: 'smile',
    percent: 0,
    keys: [],
    shapes: [30, 100].map((full) => ({
      name: '',
      full,
      shape: { indices: new Int32Array(0), offsets: new Float64Array(0), normals: null },
    })),
  };
  it.each([
    [0, [0, 0]],
    [15, [0.5, 0]],
    [30, [1, 0]],
    [65, [0.5, 0.5]],
    [100, [0, 1]],
  ])('at %d per cent of a channel with a shape in between: %j', (percent, expected) => {
    const out = new Float64Array(2);
    shapeWeights(channel, percent, out, 0);
    for (const [i, value] of expected.entries()) expect(out[i]).toBeCloseTo(value, 9);
  });
});
