import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import { testEngines } from '#test/databases.ts';
import { etaSeconds } from './store/jobs.ts';
import { DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('lists on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  /** Every id of a list, page by page, doing something between the pages. */
  async function walk(
    list: (query: { limit: number; cursor?: string }) => Promise<Page<{ id: string }>>,
    between: () => Promise<unknown> = async () => {},
  ): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: 3, ...(cursor && { cursor }) });
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await between();
    } while (cursor !== undefined);
    return seen;
  }

  it('are newest first, and pages neither repeat nor miss while others upload', async () => {
    const made: string[] = [];
    for (let index = 0; index < 7; index++) made.unshift((await data.upload(`page ${index}`)).id);
    const seen = await walk(
      (query) => data.api.listAssets({ ...data.as(), query }),
      () => data.upload('meanwhile'),
    );
    expect(seen).toEqual(made);
    const jobs = await walk((query) => data.api.listJobs({ ...data.as(), query }));
    expect(jobs).toEqual(jobs.toSorted().reverse());
    expect(jobs.length).toBe(new Set(jobs).size);
  });

  it('page through projects, versions, derivatives and renders too', async () => {
    const organization = newId('organization');
    const projects: string[] = [];
    for (let index = 0; index < 4; index++) {
      projects.unshift((await data.api.createProject({ ...data.as(organization), body: { name: `${index}` } })).id);
    }
    expect(await walk((query) => data.api.listProjects({ ...data.as(organization), query }))).toEqual(projects);

    const other = await openDataService(engine, { reactions: {} });
    try {
      const asset = await other.upload('many');
      const params = { assetId: asset.id };
      await other.succeed(await other.lease('geometry.process'));
      // No reaction, no preview: ready as soon as it is processed.
      expect((await other.api.getAsset({ ...other.as(), params })).state).toBe('ready');
      const renders: string[] = [];
      for (let width = 16; width < 21; width++) {
        renders.unshift((await other.requestRender(asset.id, { width })).id);
        await other.succeed(await other.lease('render.image'));
      }
      expect(await walk((query) => other.api.listRenders({ ...other.as(), query }))).toEqual(renders);
      const derivatives = await walk((query) => other.api.listDerivatives({ ...other.as(), params, query }));
      expect(new Set(derivatives).size).toBe(6);
      for (let version = 2; version < 6; version++) {
        const files = [await other.file('many.glb', `version ${version}`)];
        await other.api.createVersion({ ...other.as(), params, body: { files } });
      }
      const versions = await walk((query) => other.api.listVersions({ ...other.as(), params, query }));
      expect(versions).toHaveLength(5);
      expect(versions).toEqual(versions.toSorted().reverse());
    } finally {
      await other.close();
    }
  });

  it('filter assets by project, state and part of the name', async () => {
    const organization = newId('organization');
    const scope = data.as(organization);
    const plain = await data.upload('Chair 100%', 'a', organization);
    const project = await data.api.createProject({ ...scope, body: { name: 'Second' } });
    const moved = await data.upload('chair_arm', 'b', organization);
    await data.upload('Table', 'c', organization);
    await data.api.updateAsset({ ...scope, params: { assetId: moved.id }, body: { projectId: project.id } });
    const names = async (query: object) =>
      (await data.api.listAssets({ ...scope, query })).data.map(({ name }) => name).toSorted();
    expect(await names({ name: 'CHAIR' })).toEqual(['Chair 100%', 'chair_arm']);
    expect(await names({ name: '%' })).toEqual(['Chair 100%']);
    expect(await names({ name: '_' })).toEqual(['chair_arm']);
    expect(await names({ name: '\\' })).toEqual([]);
    expect(await names({ projectId: project.id })).toEqual(['chair_arm']);
    expect(await names({ projectId: plain.projectId })).toEqual(['Chair 100%', 'Table']);
    expect(await names({ projectId: plain.projectId, name: 'chair' })).toEqual(['Chair 100%']);
    expect(await names({ state: 'processing' })).toHaveLength(3);
    expect(await names({ state: 'ready' })).toEqual([]);
  });

  it('filter jobs and renders by asset and state', async () => {
    for (let empty = false; !empty; ) {
      // The uploads of the tests above still wait, and would be leased first.
      const request = { worker: 'test', kinds: ['geometry.process'], capacity: 100, leaseMs: 600_000, waitMs: 0 };
      empty = (await data.jobs.lease(request)).jobs.length === 0;
    }
    const organization = newId('organization');
    const scope = data.as(organization);
    const failed = await data.upload('one', '1', organization);
    await data.fail(await data.lease('geometry.process'), DAMAGED);
    const queued = await data.upload('two', '2', organization);
    const jobs = async (query: object) =>
      (await data.api.listJobs({ ...scope, query })).data.map(({ assetId }) => assetId);
    expect(await jobs({ state: 'failed' })).toEqual([failed.id]);
    expect(await jobs({ state: 'queued' })).toEqual([queued.id]);
    expect(await jobs({ assetId: failed.id })).toEqual([failed.id]);

    await data.succeed(await data.lease('geometry.process'));
    const states = async (state: 'queued' | 'running' | 'succeeded') =>
      (await data.api.listRenders({ ...scope, query: { state } })).data.map((render) => render.state);
    await expect.poll(() => states('queued')).toEqual(['queued']);
    const job = await data.lease('render.image');
    expect(await states('running')).toEqual(['running']);
    expect(await states('queued')).toEqual([]);
    await data.succeed(job);
    expect(await states('succeeded')).toEqual(['succeeded']);
  });

  it('refuse cursors and limits that are not theirs', async () => {
    for (const cursor of ['x', Buffer.from(newId('job')).toString('base64url')]) {
      await expect(data.api.listAssets({ ...data.as(), query: { cursor } })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    for (const limit of [0, 201, 1.5]) {
      await expect(data.api.listAssets({ ...data.as(), query: { limit } })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
  });

  it('make one first project when many first uploads come at once', async () => {
    const organization = newId('organization');
    const assets = await Promise.all(
      Array.from({ length: 10 }, (_, index) => data.upload(`first ${index}`, `${index}`, organization)),
    );
    expect(new Set(assets.map(({ projectId }) => projectId)).size).toBe(1);
    expect((await data.api.listProjects({ ...data.as(organization) })).data).toMatchObject([{ name: 'Default' }]);
  });

  it('never hold an asset in a project that is deleted at the same moment', async () => {
    for (let round = 0; round < 6; round++) {
      const { id: projectId } = await data.api.createProject({ ...data.as(), body: { name: 'Brief' } });
      const file = await data.file('x.glb', `brief ${round}`);
      const [created, deleted] = await Promise.allSettled([
        data.api.createAsset({ ...data.as(), body: { projectId, name: 'x', files: [file] } }),
        data.api.deleteProject({ ...data.as(), params: { projectId } }),
      ]);
      expect([created.status, deleted.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      if (created.status === 'rejected') expect(created.reason).toMatchObject({ code: 'not_found' });
      if (deleted.status === 'rejected') expect(deleted.reason).toMatchObject({ code: 'conflict' });
    }
  });
});

describe('the time that a job still needs', () => {
  const at = (seconds: number) => new Date(1_000_000 + seconds * 1000);
  const job = { state: 'running', progress: 0.25, attempt: 1, started_at: at(0), leased_at: at(0) } as const;
  it.each([
    ['a quarter in 10 s', { ...job, progressed_at: at(10) }, 10, 30],
    ['some time later', { ...job, progressed_at: at(10) }, 16, 24],
    ['silent for longer than foreseen', { ...job, progressed_at: at(10) }, 60, 50],
    ['almost done', { ...job, progress: 0.99, progressed_at: at(99) }, 99, 1],
    ['done, and not settled', { ...job, progress: 1, progressed_at: at(99) }, 120, 0],
    ['another attempt', { ...job, attempt: 2, leased_at: at(90), progressed_at: at(100) }, 100, 30],
    ['another attempt that is not as far as the first', { ...job, attempt: 2, progressed_at: null }, 100, null],
    ['just begun', { ...job, progress: 0.001, progressed_at: at(1) }, 10, null],
    ['waiting', { ...job, state: 'queued' as const, progressed_at: at(1) }, 10, null],
    ['ended', { ...job, state: 'succeeded' as const, progress: 1, progressed_at: at(1) }, 10, null],
    ['a clock that went back', { ...job, progressed_at: at(-10) }, -20, 0],
  ])('%s', (_what, told, now, expected) => {
    expect(etaSeconds(told, at(now).getTime())).toBe(expected);
  });
});
