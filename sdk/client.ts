import type { Me } from '#contracts/rest/resources/api-key.ts';
import type { Usage } from '#contracts/rest/resources/usage.ts';
import { createApiKeys, createServiceAccounts } from './api-keys.ts';
import { createAssets } from './assets.ts';
import { createBatches } from './batches.ts';
import { createDirectUploads } from './direct-uploads.ts';
import { createEnvironments } from './environments.ts';
import { type EventOptions, listenToEvents } from './events.ts';
import { createJobs } from './jobs.ts';
import { createOrganization } from './organization.ts';
import { createProjects } from './projects.ts';
import { createRenders } from './renders.ts';
import { type Connection, createRequester } from './request.ts';
import { createShares } from './shares.ts';
import { createUploads } from './uploads.ts';
import { createValidationProfiles } from './validation-profiles.ts';
import { createWebhooks } from './webhooks.ts';

/**
 * A client of a Maquette server, for Node and browsers. Every call rejects with a `MaquetteError` that says what the
 * server said: code, whose fault it is, and what to do.
 *
 * @example
 * const maquette = createClient({ baseUrl: 'http://127.0.0.1:3000', key });
 * const { id } = await maquette.assets.upload(await openAsBlob('chair.glb'), { name: 'Chair' });
 * const asset = await maquette.assets.waitUntilReady(id);
 * const picture = await maquette.assets.picture(id, 'png', { width: 1200, height: 900 });
 */
export function createClient(connection: Connection) {
  const requester = createRequester(connection);
  const jobs = createJobs(requester);
  const directUploads = createDirectUploads(requester);
  const uploads = createUploads(requester, directUploads);
  return {
    projects: createProjects(requester),
    assets: createAssets(requester, jobs, uploads),
    renders: createRenders(requester, jobs),
    environments: createEnvironments(requester),
    validationProfiles: createValidationProfiles(requester),
    webhooks: createWebhooks(requester),
    shares: createShares(requester),
    jobs,
    uploads,
    directUploads,
    batches: createBatches(requester),
    organization: createOrganization(requester),
    apiKeys: createApiKeys(requester),
    serviceAccounts: createServiceAccounts(requester),
    /** Events as they happen, as an async iterator that reconnects by itself. */
    events: (options: EventOptions = {}) => listenToEvents(requester, options),
    /** What the organisation uses, and what it may. */
    usage: (days?: number) => requester.json<Usage>('GET', '/v1/usage', { query: { days } }),
    /** Who stands behind the key. */
    me: () => requester.json<Me>('GET', '/v1/me'),
  };
}

export type MaquetteClient = ReturnType<typeof createClient>;
