import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ValidationProfile } from '#contracts/rest/resources/validation-profile.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

const PATH = '/v1/validation-profiles';
const RULES = [{ of: 'triangles', max: 1, why: 'One is enough.' }];
const put = (name: string, json: object, key?: string) =>
  gateway.request(`${PATH}/${name}`, { method: 'PUT', json, ...(key === undefined ? {} : { key }) });

describe('validation profiles', () => {
  it('are made, replaced, listed after the built-in ones, and deleted', async () => {
    const made = await put('shop', { rules: RULES });
    expect(made.status).toBe(200);
    const profile = ValidationProfile.parse(made.json);
    expect(profile).toMatchObject({ name: 'shop', description: '', builtIn: false, rules: [{ severity: 'error' }] });
    expect((await gateway.request(`${PATH}/shop`)).json).toEqual(profile);
    const replaced = await put('shop', { name: 'shop', description: 'Ours', rules: RULES });
    expect(replaced.json).toMatchObject({ description: 'Ours' });
    const { json } = await gateway.request(PATH);
    expect(json.data.map(({ name, builtIn }: ValidationProfile) => [name, builtIn])).toEqual([
      ['web', true],
      ['mobile-ar', true],
      ['commerce', true],
      ['print', true],
      ['shop', false],
    ]);
    expect((await gateway.request(`${PATH}/shop`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await gateway.request(`${PATH}/shop`), 404, 'not_found');
    expectProblem(await gateway.request(`${PATH}/shop`, { method: 'DELETE' }), 404, 'not_found');
  });

  it('judge the models of their organisation', async () => {
    await put('one-triangle', { rules: RULES });
    const asset = await gateway.upload('chair.glb', 'glTF chair');
    await gateway.work('geometry.process');
    const { json } = await gateway.request(`/v1/assets/${asset.id}/report?profile=one-triangle`);
    expect(json.verdict).toMatchObject({ profile: 'one-triangle', passed: false });
    expect(json.verdict.rules[0]).toMatchObject({ of: 'triangles', outcome: 'failed', message: expect.any(String) });
    expectProblem(await gateway.request(`/v1/assets/${asset.id}/report?profile=unknown`), 404, 'not_found');
  });

  it('are nothing to another organisation', async () => {
    await put('ours', { rules: RULES });
    const { key } = await gateway.makeOrganization();
    expectProblem(await gateway.request(`${PATH}/ours`, { key }), 404, 'not_found');
    expectProblem(await gateway.request(`${PATH}/ours`, { method: 'DELETE', key }), 404, 'not_found');
    expect((await gateway.request(PATH, { key })).json.data).toHaveLength(4);
    // A profile of the same name is another one.
    const theirs = await put('ours', { description: 'Theirs', rules: RULES }, key);
    expect(theirs.json.description).toBe('Theirs');
    expect((await gateway.request(`${PATH}/ours`)).json.description).toBe('');
  });

  it('are refused under built-in names, with rules that say nothing, and where names differ', async () => {
    expectProblem(await put('web', { rules: RULES }), 409, 'conflict');
    expectProblem(await gateway.request(`${PATH}/web`, { method: 'DELETE' }), 409, 'conflict');
    expectProblem(await put('shop', { rules: [{ of: 'triangles' }] }), 400, 'invalid_request');
    expectProblem(await put('shop', { rules: [] }), 400, 'invalid_request');
    expectProblem(await put('shop', { rules: [{ of: 'charm', max: 1 }] }), 400, 'invalid_request');
    expectProblem(await put('shop', { name: 'store', rules: RULES }), 400, 'invalid_request');
    expectProblem(await put('Shop', { rules: RULES }), 400, 'invalid_request');
  });
});
