import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProfileVerdict } from '#contracts/profiles/verdict.ts';
import { writeGlb } from '#engine/formats/gltf/write-glb.ts';
import { documentOf, plate, sphere } from '#engine/operations/testing/shapes.ts';
import { groupIssues } from './group-issues.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-validate-'));
  await writeFile(join(folder, 'ball.glb'), await writeGlb(documentOf(sphere(0.1, 2))));
  await writeFile(join(folder, 'sheet.glb'), await writeGlb(documentOf(plate(0.1, 2))));
  await writeFile(join(folder, 'own.json'), JSON.stringify({ name: 'own', rules: [{ of: 'triangles', max: 100 }] }));
  await writeFile(join(folder, 'wrong.json'), JSON.stringify({ name: 'own', rules: [{ of: 'triangles' }] }));
  await writeFile(join(folder, 'cut.glb'), (await writeGlb(documentOf(sphere(1, 1)))).subarray(0, 100));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function validate(...args: string[]) {
  const program = join(import.meta.dirname, 'maquette.js');
  const child = spawn(process.execPath, [program, 'validate', ...args], { cwd: folder });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { status, stdout, stderr };
}

it('lists findings of our own checks, which are no errors', async () => {
  const { status, stdout } = await validate('sheet.glb', '--json');
  expect(status).toBe(0);
  const { errors, issues, checks, verdict } = JSON.parse(stdout);
  expect(errors).toBe(0);
  expect(issues).toContainEqual(
    expect.objectContaining({ code: 'OPEN_BOUNDARIES', severity: 'info', pointer: '/meshes/0/primitives/0' }),
  );
  expect(checks).toContainEqual({ code: 'OPEN_BOUNDARIES', value: 1 });
  expect(verdict).toBeUndefined();
});

it('judges by a built-in profile, with the exit status', async () => {
  expect((await validate('ball.glb', '--profile', 'print')).status).toBe(0);
  const { status, stdout } = await validate('sheet.glb', '--profile', 'print', '--json');
  expect(status).toBe(1);
  expect(ProfileVerdict.parse(JSON.parse(stdout).verdict)).toMatchObject({ profile: 'print', passed: false });
  const told = await validate('sheet.glb', '--profile', 'print');
  expect(told.stdout).toContain('error    OPEN_BOUNDARIES: 1, none allowed\n         Close the holes');
  expect(told.stdout).toMatch(/profile print: failed\n$/);
});

it('judges by a profile of one’s own, and says what is wrong with it', async () => {
  expect((await validate('sheet.glb', '--profile', 'own.json')).status).toBe(0);
  expect((await validate('ball.glb', '--profile', 'own.json')).status).toBe(1);
  const wrong = await validate('ball.glb', '--profile', 'wrong.json');
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
  expect(wrong.stderr).toContain('Give `min`, `max` or both for `triangles`');
  const missing = await validate('ball.glb', '--profile', 'paper');
  expect(missing.status).toBe(2);
  expect(missing.stderr).toContain('one of web, mobile-ar, commerce, print');
});

it('a model that cannot be read has no verdict, and errors', async () => {
  const { status, stdout } = await validate('cut.glb', '--profile', 'web', '--json');
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: null, checks: [] });
  expect(JSON.parse(stdout).errors).toBeGreaterThan(0);
});

it('says once what it found in many places', () => {
  const issue = (code: string, pointer: string) => ({
    code,
    pointer,
    severity: 'info' as const,
    message: 'm',
    remedy: 'r',
  });
  const places = [1, 2, 3, 4, 5].map((index) => issue('UNUSED_OBJECT', `/accessors/${index}`));
  const groups = groupIssues([...places, issue('UV_OVERLAP', '/materials/0')]);
  expect(groups.map(({ code, pointers, count }) => [code, pointers.length, count])).toEqual([
    ['UNUSED_OBJECT', 3, 5],
    ['UV_OVERLAP', 1, 1],
  ]);
});
