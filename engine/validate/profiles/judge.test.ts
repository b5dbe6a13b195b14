import { describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { builtInProfiles, PROFILE_DOCUMENTS, ProfileName } from '#contracts/profiles/built-in.ts';
import { Profile, RuleSubject } from '#contracts/profiles/profile.ts';
import { ProfileVerdict } from '#contracts/profiles/verdict.ts';
import { writeGlb } from '../../formats/gltf/write-glb.ts';
import { documentOf, plate, sphere } from '../../operations/testing/shapes.ts';
import { processModel } from '../../process/process-model.ts';
import { judge, subjectText } from './judge.ts';

async function reportOf(bytes: Uint8Array) {
  return (await processModel([{ name: 'model.glb', bytes }], ModelLimits.parse({}))).report;
}

const ball = await reportOf(await writeGlb(documentOf(sphere(0.05, 3))));
const sheet = await reportOf(await writeGlb(documentOf(plate(0.2, 4))));
const vase = await reportOf(await makeCeramicVase());

const profileOf = (...rules: unknown[]) => Profile.parse({ name: 'own', rules });
const broken = (verdict: ProfileVerdict) =>
  verdict.rules.filter(({ outcome }) => outcome === 'failed').map(({ of }) => of);

describe('limits', () => {
  it('pass at the limit and fail beyond it, on both sides', () => {
    const judgeTriangles = (limits: object) => judge(profileOf({ of: 'triangles', ...limits }), ball).passed;
    expect(ball.triangles).toBe(512);
    expect(judgeTriangles({ max: 512 })).toBe(true);
    expect(judgeTriangles({ max: 511 })).toBe(false);
    expect(judgeTriangles({ min: 512 })).toBe(true);
    expect(judgeTriangles({ min: 513 })).toBe(false);
    expect(judgeTriangles({ min: 500, max: 600 })).toBe(true);
  });

  it('of severity warning are told, and do not fail', () => {
    const verdict = judge(profileOf({ of: 'triangles', max: 10, severity: 'warning', why: 'Only ten.' }), ball);
    expect(verdict.passed).toBe(true);
    expect(verdict.rules[0]).toEqual({
      of: 'triangles',
      severity: 'warning',
      outcome: 'failed',
      value: 512,
      message: 'triangles: 512, at most 10',
      remedy: 'Only ten.',
    });
  });

  it('of checks and lists', () => {
    expect(judge(profileOf({ of: 'OPEN_BOUNDARIES', max: 0 }), sheet).rules[0]).toMatchObject({
      outcome: 'failed',
      value: 1,
      message: 'OPEN_BOUNDARIES: 1, none allowed',
    });
    const verdict = judge(profileOf({ of: 'textureFormats', only: ['image/ktx2'] }), vase);
    expect(vase.textures.length).toBeGreaterThan(0);
    expect(verdict).toMatchObject({ passed: false, rules: [{ value: [vase.textures[0]!.mimeType] }] });
    expect(judge(profileOf({ of: 'textureFormats', only: ['image/ktx2'] }), ball).rules[0]!.outcome).toBe(
      'not_applicable',
    );
  });

  it('on what an older report lacks fail with the reason', () => {
    const { checks: _, ...older } = ball;
    const [result] = judge(profileOf({ of: 'OPEN_BOUNDARIES', max: 0 }), older).rules;
    expect(result).toMatchObject({ outcome: 'failed', value: null });
    expect(result!.remedy).toContain('Upload the model again');
  });

  it.each([
    [{ of: 'triangles' }, 'Give `min`, `max` or both'],
    [{ of: 'triangles', min: 2, max: 1 }, 'above its `max`'],
    [{ of: 'triangles', only: ['a'] }, 'is a number'],
    [{ of: 'textureFormats', max: 1 }, 'is a list'],
    [{ of: 'beauty', max: 1 }, 'Invalid option'],
    [{ of: 'triangles', max: 1, limit: 2 }, 'Unrecognized key'],
  ])('that contradict themselves are refused: %j', (rule, reason) => {
    expect(Profile.safeParse({ name: 'own', rules: [rule] }).error?.message).toContain(reason);
  });

  it('can be about everything that has a name', () => {
    for (const of of RuleSubject.options) {
      expect(subjectText(of).text, of).not.toBe('');
      expect(subjectText(of).remedy, of).not.toBe('');
    }
  });
});

describe('the built-in profiles', () => {
  it('print: a closed ball passes, a sheet does not', () => {
    expect(broken(judge(builtInProfiles().print, ball))).toEqual([]);
    expect(broken(judge(builtInProfiles().print, sheet))).toEqual(['OPEN_BOUNDARIES', 'shortestSide']);
    expect(judge(builtInProfiles().print, sheet).passed).toBe(false);
  });

  it('the sample vase passes for display, but for a texture that is no power of two', () => {
    const sides = vase.textures.flatMap(({ width, height }) => [width, height]);
    expect(sides.filter((side) => !Number.isInteger(Math.log2(side)))).toEqual([384, 384]);
    for (const name of ['web', 'mobile-ar', 'commerce'] as const) {
      const verdict = judge(builtInProfiles()[name], vase);
      expect(ProfileVerdict.parse(verdict)).toEqual(verdict);
      const errors = verdict.rules.filter(({ outcome, severity }) => outcome === 'failed' && severity === 'error');
      expect(errors.map(({ of }) => of)).toEqual(name === 'commerce' ? ['texturesNotPowerOfTwo'] : []);
      expect(verdict.passed).toBe(name !== 'commerce');
    }
  });

  it('stand on the ground in augmented reality', () => {
    expect(broken(judge(builtInProfiles()['mobile-ar'], ball))).toEqual(['lowestPoint']);
  });

  it.each(ProfileName.options)('%s is a plain document under its own name', (name) => {
    const read: unknown = JSON.parse(JSON.stringify(PROFILE_DOCUMENTS[name]));
    expect(Profile.parse(read)).toEqual(builtInProfiles()[name]);
    expect(builtInProfiles()[name].name).toBe(name);
  });

  it('commerce names the section of the guidelines for every limit that comes from them', () => {
    const [, ...rules] = builtInProfiles().commerce.rules.filter(({ of }) => of !== 'validationErrors');
    for (const { of, source } of rules)
      expect(source, of).toMatch(/^Khronos Real-time Asset Creation Guidelines 1\.0, "/);
  });
});
