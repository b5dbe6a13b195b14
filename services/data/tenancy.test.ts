import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobId, newId } from '#contracts/ids/ids.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import type { DATA_API } from '#contracts/rest/data-api.ts';
import type { Derivative } from '#contracts/rest/resources/asset.ts';
import { testEngines } from '#test/databases.ts';
import { insertDirectUpload } from './store/direct-uploads.ts';
import { type Attempts, EMPTY, NOT_FOUND, type Owned } from './testing/attempts.ts';
import { DIRECT_UPLOAD_ATTEMPTS } from './testing/direct-upload-attempts.ts';
import { batchOn, JOB_ATTEMPTS } from './testing/job-attempts.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';
import { SHARE_ATTEMPTS } from './testing/share-attempts.ts';
import { UPLOAD, UPLOAD_ATTEMPTS } from './testing/upload-attempts.ts';

/** Every operation of the API: what a stranger gets. A new operation without an entry does not compile. */
const ATTEMPTS: Attempts<typeof DATA_API> = {
  ...UPLOAD_ATTEMPTS,
  ...DIRECT_UPLOAD_ATTEMPTS,
  ...JOB_ATTEMPTS,
  ...SHARE_ATTEMPTS,
  // Names the state of all, and says nothing of it.
  getGeneration: { expects: 'own', call: (data) => data.api.getGeneration({}) },
  createProject: {
    expects: 'own',
    call: (data, stranger) => data.api.createProject({ ...data.as(stranger), body: { name: 'Theirs' } }),
  },
  listProjects: { expects: EMPTY, call: (data, stranger) => data.api.listProjects({ ...data.as(stranger) }) },
  getProject: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.getProject({ ...data.as(stranger), params: { projectId: asset.projectId } }),
  },
  updateProject: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.updateProject({
        ...data.as(stranger),
        params: { projectId: asset.projectId },
        body: { name: 'Stolen' },
      }),
  },
  deleteProject: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.deleteProject({ ...data.as(stranger), params: { projectId: asset.projectId } }),
  },
  createAsset: {
    expects: NOT_FOUND,
    call: async (data, stranger, { asset }) =>
      data.api.createAsset({
        ...data.as(stranger),
        body: { projectId: asset.projectId, name: 'Intruder', files: [await data.file('x.glb', 'x')] },
      }),
  },
  createVersion: {
    expects: NOT_FOUND,
    call: async (data, stranger, { asset }) =>
      data.api.createVersion({
        ...data.as(stranger),
        params: { assetId: asset.id },
        body: { files: [await data.file('x.glb', 'x')] },
      }),
  },
  listAssets: { expects: EMPTY, call: (data, stranger) => data.api.listAssets({ ...data.as(stranger) }) },
  getAsset: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) => data.api.getAsset({ ...data.as(stranger), params: { assetId: asset.id } }),
  },
  updateAsset: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.updateAsset({ ...data.as(stranger), params: { assetId: asset.id }, body: { name: 'Stolen' } }),
  },
  deleteAsset: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) => data.api.deleteAsset({ ...data.as(stranger), params: { assetId: asset.id } }),
  },
  listVersions: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) => data.api.listVersions({ ...data.as(stranger), params: { assetId: asset.id } }),
  },
  listFiles: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) => data.api.listFiles({ ...data.as(stranger), params: { assetId: asset.id } }),
  },
  listDerivatives: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.listDerivatives({ ...data.as(stranger), params: { assetId: asset.id } }),
  },
  getDerivative: {
    expects: NOT_FOUND,
    call: (data, stranger, { derivative }) =>
      data.api.getDerivative({ ...data.as(stranger), params: { derivativeId: derivative.id } }),
  },
  runRecipe: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.runRecipe({
        ...data.as(stranger),
        params: { assetId: asset.id },
        body: Recipe.parse({ operations: [{ type: 'dedupe' }] }),
      }),
  },
  exportModel: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.exportModel({ ...data.as(stranger), params: { assetId: asset.id }, body: { format: 'gltf' } }),
  },
  getRecipeJob: {
    expects: NOT_FOUND,
    call: (data, stranger, { job }) => data.api.getRecipeJob({ ...data.as(stranger), params: { jobId: job.id } }),
  },
  listRenders: {
    expects: EMPTY,
    call: (data, stranger, { asset }) => data.api.listRenders({ ...data.as(stranger), query: { assetId: asset.id } }),
  },
  getRender: {
    expects: NOT_FOUND,
    call: (data, stranger, { render }) => data.api.getRender({ ...data.as(stranger), params: { renderId: render.id } }),
  },
  getRenderPicture: {
    expects: NOT_FOUND,
    call: (data, stranger, { render }) =>
      data.api.getRenderPicture({ ...data.as(stranger), params: { renderId: render.id } }),
  },
  createEnvironment: {
    expects: 'own',
    call: async (data, stranger) => {
      const { sha256, bytes } = await data.file('x.hdr', 'x');
      const facts = { format: 'hdr' as const, width: 32, height: 16 };
      return data.api.createEnvironment({
        ...data.as(stranger),
        body: { name: 'Theirs', blob: { sha256, bytes }, facts },
      });
    },
  },
  listEnvironments: { expects: EMPTY, call: (data, stranger) => data.api.listEnvironments({ ...data.as(stranger) }) },
  getEnvironment: {
    expects: NOT_FOUND,
    call: (data, stranger, { environment }) =>
      data.api.getEnvironment({ ...data.as(stranger), params: { environmentId: environment.id } }),
  },
  deleteEnvironment: {
    expects: NOT_FOUND,
    call: (data, stranger, { environment }) =>
      data.api.deleteEnvironment({ ...data.as(stranger), params: { environmentId: environment.id } }),
  },
  listValidationProfiles: {
    expects: 'own',
    async call(data, stranger) {
      const { data: profiles } = await data.api.listValidationProfiles({ ...data.as(stranger) });
      expect(profiles.filter(({ builtIn }) => !builtIn)).toEqual([]);
      return {};
    },
  },
  getValidationProfile: {
    expects: NOT_FOUND,
    call: (data, stranger) => data.api.getValidationProfile({ ...data.as(stranger), params: { name: 'owned' } }),
  },
  putValidationProfile: {
    expects: 'own',
    async call(data, stranger) {
      const params = { name: 'theirs' };
      const body = { rules: [{ of: 'triangles' as const, max: 1 }] };
      await data.api.putValidationProfile({ ...data.as(stranger), params, body });
      await data.api.deleteValidationProfile({ ...data.as(stranger), params });
      return {};
    },
  },
  deleteValidationProfile: {
    expects: NOT_FOUND,
    call: (data, stranger) => data.api.deleteValidationProfile({ ...data.as(stranger), params: { name: 'owned' } }),
  },
  listAuditLog: {
    expects: 'own',
    async call(data, stranger) {
      const { data: entries } = await data.api.listAuditLog({ ...data.as(stranger) });
      expect(entries).toEqual([]);
      return {};
    },
  },
  listJobs: {
    expects: EMPTY,
    call: (data, stranger, { asset }) => data.api.listJobs({ ...data.as(stranger), query: { assetId: asset.id } }),
  },
  getJob: {
    expects: NOT_FOUND,
    call: (data, stranger, { job }) => data.api.getJob({ ...data.as(stranger), params: { jobId: job.id } }),
  },
  cancelJob: {
    expects: NOT_FOUND,
    call: (data, stranger, { job }) => data.api.cancelJob({ ...data.as(stranger), params: { jobId: job.id } }),
  },
  createWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset: { projectId } }) =>
      data.api.createWebhook({ ...data.as(stranger), body: { url: 'https://stranger.example', projectId } }),
  },
  listWebhooks: { expects: EMPTY, call: (data, stranger) => data.api.listWebhooks({ ...data.as(stranger) }) },
  getWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.getWebhook({ ...data.as(stranger), params: { webhookId: webhook.id } }),
  },
  updateWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.updateWebhook({
        ...data.as(stranger),
        params: { webhookId: webhook.id },
        body: { url: 'https://stranger.example' },
      }),
  },
  deleteWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.deleteWebhook({ ...data.as(stranger), params: { webhookId: webhook.id } }),
  },
  rotateWebhookSecret: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.rotateWebhookSecret({ ...data.as(stranger), params: { webhookId: webhook.id }, body: {} }),
  },
  testWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.testWebhook({ ...data.as(stranger), params: { webhookId: webhook.id } }),
  },
  replayWebhook: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.replayWebhook({
        ...data.as(stranger),
        params: { webhookId: webhook.id },
        body: { since: '2026-01-01T00:00:00Z' },
      }),
  },
  listWebhookDeliveries: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook }) =>
      data.api.listWebhookDeliveries({ ...data.as(stranger), params: { webhookId: webhook.id } }),
  },
  getWebhookDelivery: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook, delivery }) =>
      data.api.getWebhookDelivery({
        ...data.as(stranger),
        params: { webhookId: webhook.id, deliveryId: delivery.id },
      }),
  },
  replayWebhookDelivery: {
    expects: NOT_FOUND,
    call: (data, stranger, { webhook, delivery }) =>
      data.api.replayWebhookDelivery({
        ...data.as(stranger),
        params: { webhookId: webhook.id, deliveryId: delivery.id },
      }),
  },
};

describe.each(await testEngines({ oneConnection: false }))('another organisation on $name', (engine) => {
  let data: TestDataService;
  let owned: Owned;
  let before: unknown;

  /** Everything that A can read of its own. */
  const snapshot = async () => ({
    asset: await data.api.getAsset({ ...data.as(), params: { assetId: owned.asset.id } }),
    projects: await data.api.listProjects({ ...data.as() }),
    jobs: await data.api.listJobs({ ...data.as() }),
    renders: await data.api.listRenders({ ...data.as() }),
    profiles: await data.api.listValidationProfiles({ ...data.as() }),
    events: await data.recorded(),
  });

  beforeAll(async () => {
    data = await openDataService(engine);
    const asset = await data.uploadReady('owned');
    const render = await data.requestRender(asset.id, { width: 64 });
    const params = { assetId: asset.id };
    const { data: derivatives } = await data.api.listDerivatives({ ...data.as(), params });
    // A job that still waits: canceling it would show.
    const job = await data.api.getJob({ ...data.as(), params: { jobId: render.job as JobId } });
    const environment = await data.api.createEnvironment({
      ...data.as(),
      body: {
        name: 'Courtyard',
        blob: await data.file('courtyard.hdr', 'courtyard'),
        facts: { format: 'hdr', width: 32, height: 16 },
      },
    });
    await data.api.putValidationProfile({
      ...data.as(),
      params: { name: 'owned' },
      body: { rules: [{ of: 'triangles', max: 1 }] },
    });
    const webhook = await data.api.createWebhook({ ...data.as(), body: { url: 'https://ours.example' } });
    const delivery = await data.api.testWebhook({ ...data.as(), params: { webhookId: webhook.id } });
    const upload = await data.api.createUpload({ ...data.as(), body: UPLOAD });
    // As if the storage had begun it: that of this test takes nothing from clients.
    const directUploadId = newId('upload');
    const straight = { ...UPLOAD, hold: false, id: directUploadId, partBytes: 100, storageUpload: 'begun' };
    await data.deps.database.transaction((trx) => insertDirectUpload(trx, data.organization, straight));
    const batch = await data.api.createBatch({ ...data.as(), body: batchOn(asset.id) });
    const share = await data.api.createShare({ ...data.as(), params, body: { name: 'Ours' } });
    owned = {
      asset,
      share,
      environment,
      upload,
      directUploadId,
      render,
      job,
      webhook,
      delivery,
      batch,
      derivative: derivatives[0] as Derivative,
    };
    expect(job.state).toBe('queued');
    before = await snapshot();
  });
  afterAll(() => data?.close());

  it.each(Object.entries(ATTEMPTS))('%s: %o', async (_operation, { expects, call }) => {
    const stranger = newId('organization');
    const answer = call(data, stranger, owned);
    if (expects === NOT_FOUND) await expect(answer).rejects.toMatchObject({ code: 'not_found' });
    else if (expects === EMPTY) expect(await answer).toEqual({ data: [], nextCursor: null });
    else await answer;
    expect(await snapshot()).toEqual(before);
  });

  it('cannot have what is not its own rendered', async () => {
    const stranger = newId('organization');
    for (const purpose of ['url', 'request', 'preview'] as const) {
      const answer = data.requestRender(owned.asset.id, { width: 64 }, purpose, stranger);
      await expect(answer).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(await snapshot()).toEqual(before);
  });

  it('makes its own derivative of the same bytes', async () => {
    // The job that waited for the tests above comes first.
    await data.succeed(await data.lease('render.image'));
    const mine = await data.upload('mine', 'the same bytes');
    await data.succeed(await data.lease('geometry.process'), 'one GLB');
    await data.succeed(await data.lease('render.image'));
    const stranger = newId('organization');
    const theirs = await data.upload('theirs', 'the same bytes', stranger);
    await data.succeed(await data.lease('geometry.process'), 'one GLB');
    const job = await data.lease('render.image');
    expect(job.organizationId).toBe(stranger);
    await data.succeed(job);
    const shown = await data.api.getAsset({ ...data.as(stranger), params: { assetId: theirs.id } });
    expect(shown.state).toBe('ready');
    const ours = await data.api.getAsset({ ...data.as(), params: { assetId: mine.id } });
    expect(ours.preview?.url).toMatch(/^\/v1\/derivatives\//);
    expect(shown.preview?.url).not.toBe(ours.preview?.url);
    await data.api.deleteAsset({ ...data.as(), params: { assetId: mine.id } });
  });

  it('hears nothing of it', async () => {
    const stranger = newId('organization');
    const heard: string[] = [];
    const controller = new AbortController();
    const listening = (async () => {
      const stream = data.events.subscribe({ after: 0n, organizationId: stranger }, { signal: controller.signal });
      for await (const { eventJson } of stream) if (eventJson !== '') heard.push(eventJson);
    })().catch(() => {});
    await data.upload('loud');
    const own = await data.upload('quiet', 'quiet', stranger);
    await expect.poll(() => heard.length).toBe(1);
    expect(JSON.parse(heard[0] as string)).toMatchObject({ type: 'model_uploaded', data: { assetId: own.id } });
    controller.abort();
    await listening;
  });
});
