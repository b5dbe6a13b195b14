import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AssetId, ProjectId, UploadId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { DirectUpload } from '#contracts/rest/resources/direct-upload.ts';
import type { Upload } from '#contracts/rest/resources/upload.ts';
import { TUS_BODY_TYPE, TUS_VERSION } from '#contracts/rest/tus-version.ts';
import type { DirectUploads } from './direct-uploads.ts';
import { pause } from './pause.ts';
import type { Requester } from './request.ts';

/** One file of a model. */
export interface UploadFile {
  /** With its relative folder when the model refers to it so: `textures/wood.png`. */
  name: string;
  data: Blob;
}

/** How far an upload is: bytes of all its files. */
export interface UploadProgress {
  sent: number;
  total: number;
}

/** What a resumable upload may be told. */
export interface ResumableOptions {
  /** Name of the asset; that of the first file unless given. */
  name?: string;
  projectId?: ProjectId;
  /** Of its jobs among those of the organisation: -10 to 10. Above 0 needs the role admin. */
  priority?: number;
  /** Whose further version it becomes. */
  assetId?: AssetId;
  /** Called after each part that is stored. */
  onProgress?: (progress: UploadProgress) => void;
  /**
   * Uploads that an earlier call has begun, by the name of the file: they go on where they stopped. One that is not known
   * any more, or is of another size, is begun anew.
   */
  resume?: ReadonlyMap<string, UploadId>;
  /** Called with each upload that is begun: keep its id to go on with it after a crash. */
  onBegun?: (fileName: string, id: UploadId) => void;
  /**
   * Whether the bytes go straight to the storage of the server, past the server itself. Unless given, large models do
   * where the server offers it and the storage can be reached from here.
   */
  direct?: boolean;
  /** Bytes of one request: so many are sent again at the most when a connection breaks. 8 MiB unless given. */
  partBytes?: number;
  signal?: AbortSignal;
}

const PART_BYTES = 8 * 1024 * 1024;
/** Models of so many bytes go straight to the storage where that is offered. */
const DIRECT_BYTES = 64 * 1024 * 1024;
/** Further tries without a byte of progress, and the pause before the first of them; it doubles. */
const TRIES = 8;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const TUS = { 'tus-resumable': TUS_VERSION };

/** An upload that is under way, by the way that its bytes take. */
type Begun = { way: 'tus'; upload: Upload } | { way: 'direct'; upload: DirectUpload };

/**
 * Resumable uploads: files in parts, which a broken connection does not begin anew. Through the server by tus 1.0.0, or
 * straight to its storage.
 */
export function createUploads(requester: Requester, direct: DirectUploads) {
  /** Not where the server has said that its storage takes nothing from clients, or it could not be reached. */
  let directOpen = true;
  const pathOf = (id: UploadId) => `/v1/uploads/${id}`;
  const uploads = {
    /**
     * Uploads a model in parts. Resolves when all bytes are stored; the asset is `uploading` then, and `waitUntilReady`
     * waits for the rest.
     */
    async send(files: readonly UploadFile[], options: ResumableOptions = {}): Promise<Asset> {
      const { name, projectId, assetId, priority, signal } = options;
      const query = { priority };
      const total = files.reduce((sum, { data }) => sum + data.size, 0);
      const ids: UploadId[] = [];
      let before = 0;
      for (const file of files) {
        const progress = (sent: number) => options.onProgress?.({ sent: before + sent, total });
        ids.push(await sendFile(file, options.direct ?? total >= DIRECT_BYTES, progress, options));
        before += file.data.size;
      }
      if (assetId !== undefined) {
        return requester.json<Asset>('POST', `/v1/assets/${assetId}/versions`, {
          json: { uploads: ids },
          query,
          signal,
        });
      }
      return requester.json<Asset>('POST', '/v1/assets', { json: { uploads: ids, name, projectId }, query, signal });
    },
    get: (id: UploadId) => requester.json<Upload>('GET', pathOf(id)),
    /** Gives an upload up; what came of it is deleted. */
    async delete(id: UploadId): Promise<void> {
      await requester.send('DELETE', pathOf(id), { headers: TUS });
    },
  };

  /** Sends one file, by another way when the storage turns out to be out of reach. @returns its upload */
  async function sendFile(
    file: UploadFile,
    wantsDirect: boolean,
    progress: (sent: number) => void,
    options: ResumableOptions,
  ): Promise<UploadId> {
    const { way, upload } = await begin(file, wantsDirect, options);
    if (way === 'tus') {
      await sendParts(upload, file.data, progress, options);
      return upload.id;
    }
    if (await direct.send(upload, file.data, progress, options.signal)) return upload.id;
    directOpen = false;
    await direct.delete(upload.id).catch(() => {});
    return sendFile(file, false, progress, { ...options, resume: new Map() });
  }

  /** The upload of a file that was begun before, or a new one; held, so that all files become one model. */
  async function begin(file: UploadFile, wantsDirect: boolean, options: ResumableOptions): Promise<Begun> {
    const { name, data } = file;
    const { resume, onBegun, projectId, assetId, signal } = options;
    const known = resume?.get(name);
    const found = known && (await find(known));
    if (found && found.upload.bytes === data.size && found.upload.assetId === null) return found;
    // An empty file has no parts, and goes with the first request that tus makes.
    if (wantsDirect && directOpen && data.size > 0) {
      const upload = await direct.begin(name, data.size, options, signal).catch(unlessNotOffered);
      directOpen = upload !== undefined;
      if (upload) {
        onBegun?.(name, upload.id);
        return { way: 'direct', upload };
      }
    }
    const headers = {
      ...TUS,
      'upload-length': String(data.size),
      'upload-metadata': metadataOf({ filename: name, hold: 'true', projectId, assetId }),
    };
    const upload = await requester.json<Upload>('POST', '/v1/uploads', { headers, signal });
    onBegun?.(name, upload.id);
    return { way: 'tus', upload };
  }

  /** An upload that was begun before, whichever way it goes. */
  async function find(id: UploadId): Promise<Begun | undefined> {
    const upload = await uploads.get(id).catch(unlessGone);
    if (upload) return { way: 'tus', upload };
    const straight = await direct.get(id).catch(unlessGone);
    return straight && { way: 'direct', upload: straight };
  }

  async function sendParts(
    { id, received }: Upload,
    data: Blob,
    progress: (sent: number) => void,
    { partBytes = PART_BYTES, signal }: ResumableOptions,
  ): Promise<void> {
    let offset = received;
    let failed = 0;
    progress(offset);
    while (offset < data.size) {
      try {
        const headers = { ...TUS, 'content-type': TUS_BODY_TYPE, 'upload-offset': String(offset) };
        const body = data.slice(offset, offset + partBytes);
        const answer = await requester.send('PATCH', pathOf(id), { headers, body, signal });
        offset = Number(answer.headers.get('upload-offset'));
      } catch (thrown) {
        if (signal?.aborted || !worthAnotherTry(thrown) || failed === TRIES) throw thrown;
        await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failed), signal);
        failed += 1;
        const stored = await offsetOf(id, signal);
        if (stored === undefined) continue;
        if (stored > offset) failed = 0;
        offset = stored;
      }
      progress(offset);
    }
  }

  /** Where an upload goes on; undefined when nobody answers at the moment. */
  async function offsetOf(id: UploadId, signal: AbortSignal | undefined): Promise<number | undefined> {
    try {
      const answer = await requester.send('HEAD', pathOf(id), { headers: TUS, signal });
      return Number(answer.headers.get('upload-offset'));
    } catch (thrown) {
      if (signal?.aborted || !worthAnotherTry(thrown)) throw thrown;
      return undefined;
    }
  }

  return uploads;
}

/** Whether an error may be over next time: the server's own, too many requests, or bytes that belong elsewhere by now. */
function worthAnotherTry(thrown: unknown): boolean {
  if (!(thrown instanceof MaquetteError)) return false;
  return thrown.fault === 'system' || thrown.code === 'conflict' || thrown.code === 'rate_limited';
}

function unlessGone(thrown: unknown): undefined {
  if (thrown instanceof MaquetteError && thrown.code === 'not_found') return undefined;
  throw thrown;
}

function unlessNotOffered(thrown: unknown): undefined {
  if (thrown instanceof MaquetteError && thrown.code === 'not_offered') return undefined;
  throw thrown;
}

/** Pairs of a key and a value in base64, as tus has them; what is undefined is left out. */
function metadataOf(values: Record<string, string | undefined>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key} ${base64(value)}`))
    .join(',');
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export type Uploads = ReturnType<typeof createUploads>;
