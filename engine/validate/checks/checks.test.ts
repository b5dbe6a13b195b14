import { describe, expect, it } from 'vitest';
import { CheckCode } from '#contracts/model/check-codes.ts';
import { documentOf } from '../../operations/testing/shapes.ts';
import { Pointers } from './pointers.ts';
import { checkModel, checkSource } from './run-checks.ts';
import { CUBE, cube, FACES, outcome, valueIn } from './testing/models.ts';

describe('a sound model', () => {
  it('a cube gives no finding, and every check an outcome', () => {
    const document = documentOf(CUBE);
    const pointers = new Pointers(document);
    const outcomes = [...checkSource(document, pointers), ...checkModel(document, pointers).outcomes];
    expect(outcomes.map(({ code }) => code).toSorted()).toEqual(CheckCode.options.toSorted());
    expect(outcomes.filter(({ issue }) => issue !== null)).toEqual([]);
    expect(Object.fromEntries(outcomes.map(({ code, value }) => [code, value]))).toMatchObject({
      NON_MANIFOLD_EDGES: 0,
      OPEN_BOUNDARIES: 0,
      DISCONNECTED_PARTS: 1,
      EXTREME_SCALE: 1,
      FAR_FROM_ORIGIN: 0.5,
      UV_OVERLAP: null,
      MISSING_TANGENTS: null,
      ANIMATION_GAPS: null,
    });
  });
});

describe('the whole', () => {
  it('scale and place', () => {
    expect(outcome(documentOf(cube(FACES, 0, 20_000)), 'EXTREME_SCALE').issue).not.toBeNull();
    expect(outcome(documentOf(cube(FACES, 0, 0.0005)), 'EXTREME_SCALE').issue!.message).toContain('0.000500 m');
    const far = outcome(documentOf(cube(FACES, 1024)), 'FAR_FROM_ORIGIN');
    expect(far.value).toBeCloseTo(1024.5, 6);
    expect(far.issue!.pointer).toBe('/scenes/0');
  });

  it('gaps of animations', () => {
    const document = documentOf(CUBE);
    const node = document.getRoot().listNodes()[0]!;
    const animation = document.createAnimation('walk');
    const add = (path: 'translation' | 'scale', times: number[], value: (time: number) => number) => {
      const sampler = document
        .createAnimationSampler()
        .setInput(document.createAccessor().setType('SCALAR').setArray(new Float32Array(times)))
        .setOutput(
          document
            .createAccessor()
            .setType('VEC3')
            .setArray(new Float32Array(times.flatMap((time) => [value(time), 1, 1]))),
        );
      const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler);
      animation.addSampler(sampler).addChannel(channel);
    };
    const frames = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => (from + i) / 30);
    add('translation', frames(0, 60), (time) => time);
    add('scale', [0], () => 1);
    add('scale', [0, 1], () => 1);
    expect(valueIn(document, 'ANIMATION_GAPS')).toBe(0);
    add('scale', frames(0, 30), (time) => time);
    expect(valueIn(document, 'ANIMATION_GAPS')).toBe(1);
    add('translation', [...frames(0, 20), ...frames(40, 60)], (time) => time);
    const { value, issue } = outcome(document, 'ANIMATION_GAPS');
    expect(value).toBe(2);
    expect(issue!.pointer).toBe('/animations/0/channels/3');
    expect(issue!.message).toBe(
      '2 animation channels have gaps: animation "walk", channel 3 (ends at 1.00 s, its clip at 2.00 s); animation "walk", channel 4 (no keys between 0.67 s and 1.33 s).',
    );
  });
});
