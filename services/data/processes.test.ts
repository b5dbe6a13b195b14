import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBus } from '#platform/bus/create-bus.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import { createLogger } from '#platform/telemetry/logger.ts';
import { testEngines } from '#test/databases.ts';
import { createDataService } from './service.ts';
import { openDataService, REACTIONS, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('two data processes on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  it('carry out each reaction once, and wake each other', async ({ skip }) => {
    if (!data.opened.openAnother) return skip('the engine serves one process only');
    const database = await data.opened.openAnother();
    const bus = await createBus(database.as<BusTables>());
    const { objects } = data;
    const { sealer } = data.deps;
    const logger = createLogger({ level: 'silent' });
    const second = await createDataService({ database, bus, objects, sealer, logger, reactions: REACTIONS });
    await second.start();
    try {
      expect(await second.ready()).toEqual({ ready: true });
      const uploads = 15;
      const assets = await Promise.all(Array.from({ length: uploads }, (_, index) => data.upload(`model ${index}`)));
      for (let index = 0; index < uploads; index++) await data.succeed(await data.lease('geometry.process'));
      for (let index = 0; index < uploads; index++) await data.succeed(await data.lease('render.image'));
      for (const { id } of assets) {
        expect((await data.api.getAsset({ ...data.as(), params: { assetId: id } })).state).toBe('ready');
      }
      const types = (await data.recorded()).map(({ type }) => type);
      for (const type of ['model_uploaded', 'model_processed', 'render_requested', 'render_complete']) {
        expect(types.filter((one) => one === type)).toHaveLength(uploads);
      }
      const idle = { worker: 'test', kinds: ['render.image'], capacity: 1, leaseMs: 1000, waitMs: 200 };
      expect((await data.jobs.lease(idle)).jobs).toEqual([]);
    } finally {
      await second.stop();
      await bus.close();
    }
  });
});
