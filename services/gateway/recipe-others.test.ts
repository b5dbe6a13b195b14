import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { type Browser, join, openBrowser } from './testing/browser.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
let owner: Browser;
/** Somebody who is an editor of one project, and nothing else. */
let lin: Browser;
let theirs: string;
let plate: string;
/** In the same project, and in another. */
let cutter: string;
let hidden: string;

beforeAll(async () => {
  gateway = await openGateway();
  owner = await openBrowser(gateway);
  const project = async (name: string) =>
    (await owner.request('/v1/projects', { method: 'POST', json: { name } })).json.id as string;
  const other = await project('Hidden');
  theirs = await project('Shown');
  [plate, cutter, hidden] = [await assetIn(theirs), await assetIn(theirs), await assetIn(other)];
  lin = await join(gateway, owner, 'editor', 'lin', theirs);
});
afterAll(() => gateway?.close());

async function assetIn(projectId: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream' };
  const path = `/v1/assets?name=part.glb&projectId=${projectId}`;
  const { id } = (await owner.request(path, { method: 'POST', headers, body: `glTF ${newId('asset')}` })).json;
  await gateway.work('geometry.process', { asset: id, content: `glTF of ${id}` });
  await gateway.work('render.image', { asset: id });
  return id;
}

const cut = (model: string) => ({ operations: [{ type: 'boolean', operation: 'difference', with: { model } }] });
const ask = (who: Pick<Browser, 'request'>, model: string, id = plate) =>
  who.request(`/v1/assets/${id}/operations`, { method: 'POST', json: cut(model) });

describe('a recipe that takes another asset', () => {
  it('names it by its id, and its derivative lists both', async () => {
    const asked = await ask(owner, cutter);
    expect(asked.status, asked.text).toBe(202);
    await gateway.work('geometry.recipe', { content: 'glTF cut' });
    const done = await ask(owner, cutter);
    expect([done.status, done.json.id]).toEqual([200, asked.json.id]);
    const { derivative } = done.json;
    expect(derivative.sources.map(({ assetId }: { assetId: string }) => assetId)).toEqual([plate, cutter]);
    expect(derivative.parameters.operations).toMatchObject([{ with: { model: cutter, scale: 1 } }]);
    const { json } = await owner.request(`/v1/derivatives/${derivative.id}`);
    expect(json.sources).toEqual(derivative.sources);
  });

  it('is 404 for one that is not there or belongs to another organisation, whoever asks', async () => {
    const { key } = await gateway.makeOrganization();
    const foreign = await gateway.upload('part.glb', undefined, key);
    expectProblem(await ask(owner, foreign.id), 404, 'not_found');
    const missing = await ask(owner, newId('asset'));
    expectProblem(missing, 404, 'not_found');
    expect(missing.json.errors).toMatchObject([{ pointer: '/body/operations/0/with' }]);
    // The other way round: nothing of this organisation is there for them.
    await gateway.work('geometry.process', { asset: foreign.id });
    await gateway.work('render.image', { asset: foreign.id });
    const path = `/v1/assets/${foreign.id}/operations`;
    expectProblem(await gateway.request(path, { method: 'POST', json: cut(cutter), key }), 404, 'not_found');
    expectProblem(await ask(owner, 'cutter.stl'), 400, 'invalid_request');
  });

  it('needs the right to read it: in its project for a guest, and of a key', async () => {
    expectProblem(await ask(lin, hidden), 404, 'not_found');
    expect((await ask(lin, cutter)).status).toBe(200);
    expect((await ask(owner, hidden)).status).toBe(202);
    await gateway.work('geometry.recipe', { content: 'glTF cut with what is hidden' });
    // Made or not, it is not theirs to ask for.
    expectProblem(await ask(lin, hidden), 404, 'not_found');
    const key = await gateway.makeKey(['assets:write']);
    const json = cut(cutter);
    const path = `/v1/assets/${plate}/operations`;
    expectProblem(await gateway.request(path, { method: 'POST', json, key }), 403, 'forbidden');
  });

  it('is refused in a batch by itself, with the same words', async () => {
    const recipe = (model: string) => ({ assetId: plate, recipe: cut(model) });
    const body = { projectId: theirs, items: [recipe(hidden), recipe(newId('asset')), recipe(cutter)] };
    const { json, text } = await lin.request('/v1/batches', { method: 'POST', json: body });
    expect(
      json.items.map(({ state, error }: { state: string; error: { code: string } | null }) => [state, error?.code]),
      text,
    ).toEqual([
      ['refused', 'not_found'],
      ['refused', 'not_found'],
      ['succeeded', undefined],
    ]);
  });
});
