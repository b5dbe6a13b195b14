import type { FastifyRequest } from 'fastify';
import type { UploadId } from '#contracts/ids/ids.ts';
import type { Upload } from '#contracts/rest/resources/upload.ts';
import { TUS_VERSION } from '#contracts/rest/tus-version.ts';
import { json } from '../answers.ts';
import {
  concatenationNotSpoken,
  formInvalid,
  moreThanAnnounced,
  tusVersionMissing,
  uploadTooLarge,
} from '../errors.ts';
import { type Gateway, tenant, withoutKey } from '../gateway.ts';
import { ActiveWrites } from '../tus/active-writes.ts';
import { readChecksum } from '../tus/checksum.ts';
import { readMetadata } from '../tus/metadata.ts';
import { receivePieces } from '../tus/receive-pieces.ts';
import { bodyStream } from '../upload/body-stream.ts';
import { discardRefused } from '../upload/discard-refused.ts';
import type { Routes } from './route.ts';

/** Resumable uploads (tus 1.0.0). What is known of an upload is the data service's: any gateway goes on with it. */
export function uploadRoutes(gateway: Gateway): Routes<'createUpload' | 'getUpload' | 'writeUpload' | 'deleteUpload'> {
  const { data, settings } = gateway;
  const active = new ActiveWrites();

  /**
   * Refuses whoever would end a request for an upload that is not theirs.
   * @throws MaquetteError `not_found`
   */
  async function requireOwnership(request: FastifyRequest, uploadId: UploadId): Promise<void> {
    if (active.has(uploadId)) await data.getUpload({ headers: tenant(request), params: { uploadId } });
  }

  /** Adds the bytes of a request from `offset` on. @returns the upload as it is then */
  async function write(
    request: FastifyRequest,
    id: UploadId,
    signal: AbortSignal,
    { offset, bytes, checksum }: { offset: number; bytes?: number | undefined; checksum: string | undefined },
  ): Promise<Upload> {
    const expected = readChecksum(checksum);
    const headers = withoutKey(tenant(request));
    const params = { uploadId: id };
    const { upload, writer } = await data.beginWrite({ headers, params, body: { offset, bytes } });
    let newest = upload;
    const limitBytes = (upload.bytes ?? settings.uploadLimitBytes) - offset;
    const tooMany = () =>
      upload.bytes === null ? uploadTooLarge('model', settings.uploadLimitBytes) : moreThanAnnounced(id, limitBytes);
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooMany();
    await discardRefused(gateway, request, (objects) =>
      receivePieces(bodyStream(request.raw), objects, { limitBytes, tooMany, expected, signal }, async (pieces) => {
        const body = { writer, offset: newest.received, pieces };
        newest = await data.appendPieces({ headers, params, body });
      }),
    );
    return newest;
  }

  return {
    async createUpload({ request, headers }) {
      demandVersion(headers);
      // Each part would become an asset of its own.
      if (request.headers['upload-concat'] !== undefined) throw concatenationNotSpoken();
      const bytes = headers['upload-length'] ?? null;
      if ((bytes === null) !== (headers['upload-defer-length'] !== undefined)) {
        throw formInvalid(
          '/headers/upload-length',
          'is needed, or `Upload-Defer-Length: 1`, and not both',
          'Send the bytes of the whole file in `Upload-Length`.',
        );
      }
      if (bytes !== null && bytes > settings.uploadLimitBytes) {
        throw uploadTooLarge('model', settings.uploadLimitBytes, bytes);
      }
      const metadata = headers['upload-metadata'] ?? '';
      const body = { ...readMetadata(metadata), bytes, metadata };
      let upload = await data.createUpload({ headers: tenant(request), body });
      if (hasBytes(request)) {
        // A repetition with the same key may find that bytes have come already: tus clients then ask where to go on.
        const { id } = upload;
        const start = { offset: 0, checksum: headers['upload-checksum'] };
        upload = await active.run(id, (signal) => write(request, id, signal, start));
      }
      const location = `/v1/uploads/${upload.id}`;
      return json(request, upload, { status: 201, headers: { location, ...position(upload) } });
    },
    async getUpload({ request, params, headers }) {
      // GET is not of the protocol, and whoever asks by hand need not know of it.
      if (headers['tus-resumable'] !== undefined) demandVersion(headers);
      if (request.method === 'HEAD') {
        await requireOwnership(request, params.uploadId);
        await active.release(params.uploadId);
      }
      const upload = await data.getUpload({ headers: tenant(request), params });
      return json(request, upload, {
        headers: {
          ...position(upload),
          ...(upload.bytes === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(upload.bytes) }),
          ...(upload.metadata !== '' && { 'upload-metadata': upload.metadata }),
          'cache-control': 'no-store',
        },
      });
    },
    async writeUpload({ request, params, headers }) {
      demandVersion(headers);
      const { uploadId: id } = params;
      const start = {
        offset: headers['upload-offset'],
        bytes: headers['upload-length'],
        checksum: headers['upload-checksum'],
      };
      await requireOwnership(request, id);
      const upload = await active.run(id, (signal) => write(request, id, signal, start));
      return { status: 204, headers: position(upload) };
    },
    async deleteUpload({ request, params, headers }) {
      demandVersion(headers);
      await data.deleteUpload({ headers: tenant(request), params });
      return { status: 204 };
    },
  };
}

/** @throws MaquetteError `precondition_failed` */
function demandVersion(headers: { 'tus-resumable'?: string | undefined }): void {
  if (headers['tus-resumable'] !== TUS_VERSION) throw tusVersionMissing(headers['tus-resumable']);
}

function hasBytes({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function position(upload: Upload): Record<string, string> {
  return {
    'upload-offset': String(upload.received),
    'upload-expires': new Date(upload.expiresAt).toUTCString(),
    ...(upload.assetId !== null && { 'upload-asset': upload.assetId }),
  };
}
