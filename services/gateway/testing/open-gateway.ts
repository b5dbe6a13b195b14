import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEY_SCOPES, type KeyScope } from '#contracts/access/policy.ts';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { AnyEvent } from '#contracts/events/events.ts';
import { AuthService } from '#contracts/generated/auth_pb.js';
import { EventService, JobService, type LeasedJob, RenderRecordService } from '#contracts/generated/data_pb.js';
import { GeometryService } from '#contracts/generated/geometry_pb.js';
import { OrganizationService } from '#contracts/generated/organizations_pb.js';
import { PeopleService } from '#contracts/generated/people_pb.js';
import { RateService } from '#contracts/generated/rates_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import { TokenService } from '#contracts/generated/tokens_pb.js';
import { type AssetId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { completeImage } from '#contracts/render/image-rules.ts';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { createBus } from '#platform/bus/create-bus.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import { createRestClient } from '#platform/rest/rest-client.ts';
import type { RestTransport } from '#platform/rest/rest-transport.ts';
import { shareReads } from '#platform/rest/share-reads.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport } from '#platform/rpc/transports.ts';
import { fileInfected } from '#platform/scan/errors.ts';
import { createLinkSigner } from '#platform/secrets/link-signer.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import type { InternalRest } from '#platform/service/service.ts';
import { createLogger } from '#platform/telemetry/logger.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createAuthService } from '#services/auth/service.ts';
import type { AuthSchema } from '#services/auth/tables.ts';
import { createDataService } from '#services/data/service.ts';
import { WorkRate } from '#services/rendering/cost/work-rate.ts';
import { registerRpc as registerRendering } from '#services/rendering/rpc.ts';
import { readEnvironmentPicture } from '#services/rendering/sandbox/environment-task.ts';
import { migratedTemplate } from '#test/migrated-template.ts';
import type { GatewaySettings } from '../gateway.ts';
import { createGatewayService } from '../service.ts';
import { resultOf } from './job-results.ts';
import { mergeEvents } from './merge-events.ts';

/** A key of the first organisation with every scope. */
export const KEY = 'mq_live_GatewayTestKey0123456789';

/** What secrets in the database are sealed with. */
export const SEALING_KEY = 'a key of tests, 32 characters or more';

/** The owner of the first organisation. */
export const OWNER = { email: 'Owner@Example.org', password: 'the owner of the workshop' };

/** Complete, as the flow asks for it: only so a request by URL finds it. */
const PREVIEW = completeImage(ImageRequest.parse({ width: 512, height: 512, format: 'webp' }));

/** Signs the links of tests. */
export const LINK_KEY = 'a key of links that nobody can guess';

/** Tests send what they like, as fast as they can. */
const NO_LIMITS = { read: null, write: null, work: null, failures: null, address: null };

/** What a request of a test may say. */
export interface TestRequest {
  method?: string;
  /** The API key; `KEY` unless told, none when null. */
  key?: string | null;
  headers?: Record<string, string>;
  body?: NonNullable<RequestInit['body']> | null;
  json?: unknown;
}

/** An answer with its body read. */
export interface TestAnswer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  json: any;
}

/**
 * The gateway on a loopback port, over the real data and auth services on PGlite, a real bus and object store, and the
 * rendering service's own checks. What the workers do, tests do by hand.
 */
export type TestGateway = Awaited<ReturnType<typeof openGateway>>;

export async function openGateway(options: Partial<GatewaySettings> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-gateway-'));
  const templateDirectory = await migratedTemplate();
  const database = await openPglite({ directory: join(folder, 'database'), durable: false, templateDirectory });
  const objects: ObjectStore = await openFolderStore({ directory: join(folder, 'objects') });
  const bus = await createBus(database.as<BusTables>(), {});
  const logger = createLogger({ level: 'error', service: 'test' });
  const sealer = createSealer(SEALING_KEY);
  const auth = await createAuthService({
    database,
    logger,
    sealer,
    settings: { owner: OWNER, identity: { joinDomains: ['joins.example'], joinRole: 'viewer' } },
  });
  const data = await createDataService({
    database,
    bus,
    objects,
    sealer,
    logger,
    reactions: { model_processed: { render: PREVIEW, purpose: 'preview' } },
  });
  const authTransport = createMemoryTransport((router) => auth.rpc?.(router));
  const dataTransport = createMemoryTransport((router) => data.rpc?.(router));
  const authClient = createRpcClient(AuthService, authTransport);
  const dataClient = createRestClient(DATA_API, shareReads(frozenAnswers(data.internal as InternalRest)));
  const jobs = createRpcClient(JobService, dataTransport);
  const renders = createRpcClient(RenderRecordService, dataTransport);
  const renderingTransport = createMemoryTransport((router) =>
    registerRendering(router, {
      renders,
      worker: { memoryBytes: 2 ** 31, threads: 2 },
      rate: new WorkRate(),
      seconds: 300,
      checkEnvironment: async ({ sha256 }) => {
        const parts: Uint8Array[] = [];
        for await (const chunk of await objects.read(sha256)) parts.push(chunk);
        return readEnvironmentPicture(Buffer.concat(parts));
      },
    }),
  );
  const people = createRpcClient(PeopleService, authTransport);
  const organizations = createRpcClient(OrganizationService, authTransport);
  const serviceAccounts = createRpcClient(ServiceAccountService, authTransport);
  const tokens = createRpcClient(TokenService, authTransport);
  const rates = createRpcClient(RateService, authTransport);
  const metrics = createMetrics();
  const plainEvents = createRpcClient(EventService, dataTransport);
  let breaker = new AbortController();
  const injected = new EventEmitter<{ event: [string] }>();
  /** The client of the stream of events; a test can break the live stream off, and slip transient events into it. */
  const events: typeof plainEvents = {
    subscribe(input, call) {
      if (input.once) return plainEvents.subscribe(input, call);
      const signal = AbortSignal.any([breaker.signal, ...(call?.signal ? [call.signal] : [])]);
      return mergeEvents(plainEvents.subscribe(input, { signal }), injected);
    },
  };
  const state = { ready: true, reasons: {} as Record<string, string> };
  const gateway = createGatewayService({
    data: dataClient,
    auth: authClient,
    people,
    organizations,
    serviceAccounts,
    tokens,
    rates,
    events,
    rendering: createRpcClient(RenderingService, renderingTransport),
    geometry: createRpcClient(GeometryService, renderingTransport),
    jobs,
    objects,
    // The endpoints of tests are on this machine.
    outbound: createOutbound({ allow: ['127.0.0.1'], ports: null }),
    links: createLinkSigner([LINK_KEY]),
    scan: async (files) => {
      for (const { name } of files) if (name === 'infected.glb') throw fileInfected(name, 'Eicar-Test');
    },
    settings: {
      uploadLimitBytes: 8 * 1024 * 1024,
      rates: NO_LIMITS,
      outbound: { allow: [], ports: [80, 443] },
      ...options,
    },
    logger,
    metrics,
    readiness: async () => state,
  });
  const http = gateway.http as NonNullable<typeof gateway.http>;
  const { organizationId } = await authClient.bootstrap({ organizationName: 'Workshop', apiKey: KEY });
  await data.start();
  await gateway.start();
  await http.listen({ host: '127.0.0.1', port: 0 });
  const { port } = http.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  async function request(path: string, init: TestRequest = {}): Promise<TestAnswer> {
    const { key = KEY, json } = init;
    const answer = await fetch(`${url}${path}`, {
      method: init.method ?? 'GET',
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...init.headers,
      },
      body: json === undefined ? (init.body ?? null) : JSON.stringify(json),
      redirect: 'manual',
      ...(init.body instanceof ReadableStream && { duplex: 'half' }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const text = bytes.toString();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return { status: answer.status, headers: answer.headers, bytes, text, json: isJson ? JSON.parse(text) : undefined };
  }

  /** Uploads a model of one file, by default one that no other upload has. */
  async function upload(name = 'chair.glb', content = `glTF ${newId('asset')}`, key = KEY): Promise<Asset> {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    const answer = await request('/v1/assets', { method: 'POST', body: form, key });
    if (answer.status !== 201) throw new Error(`the upload was refused: ${answer.text}`);
    return answer.json;
  }

  async function lease(kind: JobKind): Promise<LeasedJob> {
    const wish = { worker: 'test', kinds: [kind], capacity: 1, leaseMs: 30_000, waitMs: 10_000 };
    // A machine that is busy with other things may take long to carry out the flow.
    for (let turn = 0; turn < 4; turn++) {
      const [job] = (await jobs.lease(wish)).jobs;
      if (job) return job;
    }
    throw new Error(`no ${kind} came`);
  }

  /** Fails a waiting job of an asset as a worker would. */
  async function fail(kind: JobKind, asset: string, error: ErrorValue): Promise<void> {
    while (true) {
      const job = await lease(kind);
      const value = { errorJson: JSON.stringify(error), retryable: false };
      await jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'failure', value } });
      if (JSON.parse(job.payloadJson).assetId === asset) return;
    }
  }

  async function store(content: string) {
    return objects.put(
      (async function* () {
        yield Buffer.from(content);
      })(),
    );
  }

  /**
   * Does waiting jobs as a worker would, until one of the asset (or any) is done: the blob that it makes holds
   * `content`, else each makes one of its own. Were it the same, pictures of one model would be found for the others,
   * and whether these still get jobs would be a matter of time.
   */
  async function work(kind: JobKind, options: { asset?: string; content?: string } = {}): Promise<LeasedJob> {
    const { asset, content } = options;
    while (true) {
      const job = await lease(kind);
      await finish(job, content ?? `${kind} ${newId('job')}`);
      if (asset === undefined || JSON.parse(job.payloadJson).assetId === asset) return job;
    }
  }

  async function finish(job: LeasedJob, content: string): Promise<void> {
    const blob = await store(content);
    const result = resultOf(job, blob);
    await jobs.settle({
      jobId: job.jobId,
      token: job.token,
      outcome: { case: 'resultJson', value: JSON.stringify(result) },
    });
  }

  /** Uploads a model and does its jobs, preview included. */
  async function uploadReady(name?: string, content?: string): Promise<Asset> {
    const asset = await upload(name, content);
    await work('geometry.process', { asset: asset.id });
    await work('render.image', { asset: asset.id });
    return (await request(`/v1/assets/${asset.id}`)).json;
  }

  /** Makes another key, by default in the first organisation. */
  async function makeKey(scopes: readonly KeyScope[], organization: string = organizationId): Promise<string> {
    const { key } = await authClient.createApiKey({
      organizationId: organization,
      name: 'test',
      scopes: [...scopes],
      expiresAt: '',
    });
    return key;
  }

  /** Makes another organisation and a key of it with every scope. */
  async function makeOrganization(): Promise<{ id: OrganizationId; key: string }> {
    const id = newId('organization');
    await database.as<AuthSchema>().kysely.insertInto('organizations').values({ id, name: 'Others' }).execute();
    return { id, key: await makeKey(KEY_SCOPES, id) };
  }

  /** Records events of an organisation, each in a transaction of its own: `asset_deleted` of made-up assets. */
  async function publish(count: number, organization = organizationId as OrganizationId): Promise<AssetId[]> {
    const ids: AssetId[] = [];
    for (let index = 0; index < count; index += 1) {
      const assetId = newId('asset');
      await database.as<BusTables>().transaction((trx) =>
        bus.publish(trx, {
          type: 'asset_deleted',
          organizationId: organization,
          projectId: null,
          subject: { type: 'asset', id: assetId },
          data: { assetId },
        }),
      );
      ids.push(assetId);
    }
    return ids;
  }

  /** A request whose body the test writes by hand, piece by piece. */
  function open(
    method: string,
    path: string,
    headers: Record<string, string>,
  ): { call: ReturnType<typeof httpRequest>; answer: Promise<IncomingMessage> } {
    const call = httpRequest(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...headers },
    });
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      call.once('response', resolve);
      call.once('error', reject);
    });
    answer.catch(() => {});
    return { call, answer };
  }

  return {
    url,
    organizationId: organizationId as OrganizationId,
    http,
    objects,
    objectsFolder: join(folder, 'objects'),
    bus,
    jobs,
    metrics,
    state,
    data: dataClient,
    auth: authClient,
    people,
    organizations,
    tokens,
    rates,
    /** The auth service's own view of the database. */
    authDatabase: database.as<AuthSchema>(),
    request,
    upload,
    uploadReady,
    lease,
    store,
    finish,
    work,
    fail,
    makeKey,
    makeOrganization,
    open,
    publish,
    /** Slips a transient event into the gateway's stream, past the database. */
    inject: (event: AnyEvent) => injected.emit('event', JSON.stringify(event)),
    breakEvents() {
      breaker.abort();
      breaker = new AbortController();
    },
    stopGateway: () => gateway.stop(),
    async close() {
      await gateway.stop();
      await data.stop();
      await auth.stop();
      await bus.close();
      await objects.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The data service, whose answers cannot be changed: several requests may share one. */
function frozenAnswers({ transport }: InternalRest): RestTransport {
  const freeze = <T>(value: T): T => {
    if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
    for (const part of Object.values(value)) freeze(part);
    return Object.freeze(value);
  };
  return async (call) => freeze(await transport(call));
}
