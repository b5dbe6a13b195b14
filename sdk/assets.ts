import type { z } from 'zod';
import type { AssetId, DerivativeId, ProjectId } from '#contracts/ids/ids.ts';
import type { ExportOptions } from '#contracts/model/export-format.ts';
import type { RecipeInput } from '#contracts/operations/recipe-input.ts';
import type { ImageFormat, ImageRequest, View } from '#contracts/render/image-request.ts';
import type { Asset, AssetFile, AssetState, AssetVersion, Derivative } from '#contracts/rest/resources/asset.ts';
import type { AssetReport } from '#contracts/rest/resources/asset-report.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { type Jobs, WAIT_SECONDS, type WaitOptions } from './jobs.ts';
import { allOf, itemsOf, type ListOptions } from './pages.ts';
import { pause } from './pause.ts';
import type { Requester, RequestOptions } from './request.ts';
import type { ResumableOptions, UploadFile, Uploads } from './uploads.ts';

/** A model to be uploaded. */
export type ModelSource =
  | Blob
  | UploadFile[]
  /** Read while it is sent, of any size. Browsers do this over HTTP/2 only. */
  | ReadableStream<Uint8Array>;

/** What an upload may be told. With `onProgress`, `resume`, `onBegun` or `direct`, and from 64 MiB on, it is sent in parts. */
export type UploadOptions = Omit<ResumableOptions, 'assetId'>;

/** The parameters of a picture by URL; what is left out has defaults. */
export type PictureParameters = Partial<Omit<ImageRequest, 'view' | 'format'>> & {
  /** A named view, or azimuth and elevation in degrees, as an object or as `45,20`. */
  view?: View | `${number},${number}`;
};

/** A recipe, or a preset with limits of its own; what is left out has defaults. */
export type RecipeWish = z.input<typeof RecipeInput>;

/** Which model is wanted; without `format` the normalised GLB. */
export type ModelWish = Partial<ExportOptions> & { version?: number; signal?: AbortSignal };

/** Models of so many bytes are sent in parts: a broken connection does not begin them anew. */
const RESUMABLE_BYTES = 64 * 1024 * 1024;

/** How often an asset whose job has ended is looked at until its preview is there. */
const POLL_MS = 200;

/** Assets: models and what is known of them. */
export function createAssets(requester: Requester, jobs: Jobs, uploads: Uploads) {
  const pathOf = (id: AssetId) => `/v1/assets/${id}`;
  const assets = {
    /** Uploads a model. Resolves when its bytes are stored; `waitUntilReady` waits for the rest. */
    upload: (source: ModelSource, options: UploadOptions = {}) =>
      inParts(source, options)
        ? uploads.send(filesOf(source, options.name), options)
        : requester.json<Asset>('POST', '/v1/assets', uploadRequest(source, options)),
    /** Uploads a further version of an asset. */
    uploadVersion: (id: AssetId, source: ModelSource, options: Omit<UploadOptions, 'projectId'> = {}) =>
      inParts(source, options)
        ? uploads.send(filesOf(source, options.name), { ...options, assetId: id })
        : requester.json<Asset>('POST', `${pathOf(id)}/versions`, uploadRequest(source, options, true)),
    /** Has the server fetch a model by URL. Resolves at once: the asset is `uploading`, and its job fetches. */
    fetchFrom: (
      url: string,
      { name, projectId, priority, signal }: Pick<UploadOptions, 'name' | 'projectId' | 'priority' | 'signal'> = {},
    ) => requester.json<Asset>('POST', '/v1/assets', { json: { url, name, projectId }, query: { priority }, signal }),
    /** Has the server fetch a further version of an asset. */
    fetchVersionFrom: (
      id: AssetId,
      url: string,
      { name, priority, signal }: Pick<UploadOptions, 'name' | 'priority' | 'signal'> = {},
    ) => requester.json<Asset>('POST', `${pathOf(id)}/versions`, { json: { url, name }, query: { priority }, signal }),
    get: (id: AssetId) => requester.json<Asset>('GET', pathOf(id)),
    /** Newest first. */
    list: ({
      projectId,
      state,
      name,
      ...options
    }: ListOptions & { projectId?: ProjectId; state?: AssetState; name?: string } = {}) =>
      itemsOf<Asset>(requester, '/v1/assets', { projectId, state, name }, options),
    update: (id: AssetId, change: { name?: string; projectId?: ProjectId }) =>
      requester.json<Asset>('PATCH', pathOf(id), { json: change }),
    async delete(id: AssetId): Promise<void> {
      await requester.send('DELETE', pathOf(id));
    },
    /** Validation and measurements; with a profile, the `verdict` whether the model keeps to its limits. */
    report: (id: AssetId, { profile }: { profile?: string } = {}) =>
      requester.json<AssetReport>('GET', `${pathOf(id)}/report`, { query: { profile } }),
    versions: (id: AssetId, options: ListOptions = {}) =>
      itemsOf<AssetVersion>(requester, `${pathOf(id)}/versions`, {}, options),
    derivatives: (id: AssetId, options: ListOptions = {}) =>
      itemsOf<Derivative>(requester, `${pathOf(id)}/derivatives`, {}, options),
    /** What was made from an asset: a render, a converted or optimised model. */
    derivative: (id: DerivativeId) => requester.json<Derivative>('GET', `/v1/derivatives/${id}`),
    /**
     * Has a recipe carried out on the newest version. Resolves at once; `jobs.wait` waits, and the same call then
     * answers with the `derivative`, whose `url` is the model and whose `report` says what was lost.
     */
    optimize: (id: AssetId, recipe: RecipeWish) =>
      requester.json<RecipeJob>('POST', `${pathOf(id)}/operations`, { json: recipe }),
    files: (id: AssetId, version?: number) => allOf<AssetFile>(requester, `${pathOf(id)}/files`, { version }),
    /** Resolves when the asset is `ready` (its preview made) or `failed` (see its `error`). */
    async waitUntilReady(id: AssetId, options: WaitOptions = {}): Promise<Asset> {
      const { signal } = options;
      while (true) {
        const asset = await requester.json<Asset>('GET', pathOf(id), { signal });
        if (asset.state === 'ready' || asset.state === 'failed') return asset;
        await jobs.wait(asset.job, options);
        await pause(POLL_MS, signal);
      }
    },
    /** A picture of the asset: made when it is asked for the first time, found afterwards. */
    async picture(
      id: AssetId,
      format: ImageFormat,
      parameters: PictureParameters = {},
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<Blob> {
      const path = `${pathOf(id)}/render.${format}`;
      const answer = await requester.send('GET', path, { query: { ...parameters }, signal });
      return answer.blob();
    },
    /**
     * The model as GLB, or in another format: written when it is asked for the first time, found afterwards. A format of
     * several files comes as a zip.
     */
    async model(id: AssetId, { format = 'glb', version, signal, ...choices }: ModelWish = {}): Promise<Blob> {
      const path = `${pathOf(id)}/model.${format}`;
      const headers = { prefer: `wait=${WAIT_SECONDS}` };
      while (true) {
        const answer = await requester.send('GET', path, { query: { version, ...choices }, headers, signal });
        if (answer.status !== 202) return answer.blob();
        await answer.body?.cancel();
      }
    },
    /** What is behind the `url` of a file, derivative or preview, as a stream in the body of the answer. */
    download: (resource: { url: string }, { signal }: { signal?: AbortSignal } = {}) =>
      requester.send('GET', resource.url, { signal }),
  };
  return assets;
}

function inParts(source: ModelSource, options: UploadOptions): source is Blob | UploadFile[] {
  if (source instanceof ReadableStream) return false;
  if (options.onProgress ?? options.resume ?? options.onBegun ?? options.direct) return true;
  return filesOf(source, undefined).reduce((sum, { data }) => sum + data.size, 0) >= RESUMABLE_BYTES;
}

function uploadRequest(source: ModelSource, options: UploadOptions, version = false): RequestOptions {
  const { name, projectId, priority, signal } = options;
  if (source instanceof ReadableStream) {
    const headers = { 'content-type': 'application/octet-stream' };
    return { body: source, query: { name, projectId, priority }, headers, signal };
  }
  const form = new FormData();
  if (name !== undefined && !version) form.append('name', name);
  if (projectId !== undefined) form.append('projectId', projectId);
  for (const file of filesOf(source, name)) form.append('file', file.data, file.name);
  return { body: form, query: { priority }, signal };
}

function filesOf(source: Blob | UploadFile[], name: string | undefined): UploadFile[] {
  if (Array.isArray(source)) return source;
  return [{ name: source instanceof File ? source.name : (name ?? 'model'), data: source }];
}
