import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AssetId, ProjectId, UploadId } from '#contracts/ids/ids.ts';
import type { DirectUpload, PartRequests } from '#contracts/rest/resources/direct-upload.ts';
import { errorIfRefused, unreachable } from './errors.ts';
import { pause } from './pause.ts';
import type { Requester } from './request.ts';

/** Parts that are on their way at once. */
const AT_ONCE = 4;
/** Parts whose URLs one request asks for. */
const SIGNED_AT_ONCE = 50;
/** Further tries of a part, and the pause before the first of them; it doubles. */
const TRIES = 6;
const FIRST_PAUSE_MS = 300;
/** A part is read whole to be hashed; larger ones go as they are, so that memory stays bounded. */
const HASHED_BYTES = 64 * 1024 * 1024;
/** Where nothing has arrived yet, so many tries tell that the storage cannot be reached from here. */
const TRIES_OF_FIRST = 2;

type PartRequest = PartRequests['parts'][number];

/** Uploads that go straight to the storage of a server, past the server itself. */
export function createDirectUploads(requester: Requester) {
  const pathOf = (id: UploadId) => `/v1/direct-uploads/${id}`;

  return {
    /** @throws MaquetteError `not_offered` where the storage takes nothing from clients */
    begin: (
      fileName: string,
      bytes: number,
      { projectId, assetId }: { projectId?: ProjectId | undefined; assetId?: AssetId | undefined },
      signal?: AbortSignal,
    ) =>
      requester.json<DirectUpload>('POST', '/v1/direct-uploads', {
        json: { fileName, bytes, projectId, assetId, hold: true },
        signal,
      }),
    get: (id: UploadId) => requester.json<DirectUpload>('GET', pathOf(id)),
    /** Gives an upload up; what came of it is deleted. */
    async delete(id: UploadId): Promise<void> {
      await requester.send('DELETE', pathOf(id));
    },

    /**
     * Sends the parts that are not there, several at once, and completes the upload. Where the platform can hash (WebCrypto,
     * in browsers on secure pages alone), the storage takes no other bytes than those that were read here.
     *
     * @param progress told how many bytes are there, after each part
     * @returns false when the storage cannot be reached from here: nothing has arrived, and another way is needed
     */
    async send(
      upload: DirectUpload,
      data: Blob,
      progress: (sent: number) => void,
      signal?: AbortSignal,
    ): Promise<boolean> {
      if (upload.state === 'complete') {
        progress(upload.bytes);
        return true;
      }
      const there = new Set(upload.received.map(({ number }) => number));
      const missing = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((part) => !there.has(part));
      const requests = signedRequests(upload.id, missing, signal);
      let sent = upload.received.reduce((sum, { bytes }) => sum + bytes, 0);
      let barred = false;
      progress(sent);

      async function sendPart(number: number): Promise<void> {
        const start = (number - 1) * upload.partBytes;
        const { body, sha256 } = await hashed(data.slice(start, start + upload.partBytes));
        for (let failed = 0; ; failed++) {
          if (barred) return;
          const { url, headers, bytes } = await requests.of(number, sha256);
          try {
            const answer = await requester.bare(url, { method: 'PUT', headers, body, ...(signal && { signal }) });
            await errorIfRefused(withoutQuery(url), answer);
            sent += bytes;
            progress(sent);
            return;
          } catch (thrown) {
            if (signal?.aborted) throw signal.reason;
            if (sent === 0 && failed + 1 >= TRIES_OF_FIRST) {
              barred = true;
              return;
            }
            if (failed === TRIES)
              throw thrown instanceof MaquetteError ? thrown : unreachable(withoutQuery(url), thrown);
            // It may have expired.
            requests.forget(number);
            await pause(FIRST_PAUSE_MS * 2 ** failed, signal);
          }
        }
      }
      const queue = missing.values();
      const failures: unknown[] = [];
      const sendNext = async () => {
        for (const number of queue) {
          if (failures.length > 0) return;
          await sendPart(number).catch((thrown) => failures.push(thrown));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sendNext));
      if (failures.length > 0) throw failures[0];
      if (barred) return false;
      await requester.json<DirectUpload>('POST', `${pathOf(upload.id)}/complete`, { json: {}, signal });
      return true;
    },
  };

  /**
   * The requests of parts, asked for many at once, or one that takes exactly what hashes so; and anew for those that are
   * forgotten.
   */
  function signedRequests(id: UploadId, numbers: readonly number[], signal: AbortSignal | undefined) {
    const known = new Map<number, Promise<PartRequest>>();
    return {
      async of(number: number, sha256: string | undefined): Promise<PartRequest> {
        const found = known.get(number);
        if (found) return found;
        const at = numbers.indexOf(number);
        // Of the others the hashes are not known yet.
        const atOnce = sha256 === undefined ? SIGNED_AT_ONCE : 1;
        const wanted = numbers.slice(at, at + atOnce).filter((one) => !known.has(one));
        const json = { parts: wanted.map((one) => ({ number: one, sha256 })) };
        const answer = requester.json<PartRequests>('POST', `${pathOf(id)}/parts`, { json, signal });
        for (const [index, one] of wanted.entries()) {
          const request = answer.then(({ parts }) => parts[index] as PartRequest);
          // Whoever waits for it learns of a failure; nobody may wait for this one.
          request.catch(() => known.delete(one));
          known.set(one, request);
        }
        return known.get(number) as Promise<PartRequest>;
      },
      forget(number: number): void {
        known.delete(number);
      },
    };
  }
}

/** A part as it is sent: with its SHA-256 in hexadecimal where the platform can tell it. */
async function hashed(part: Blob): Promise<{ body: Blob | ArrayBuffer; sha256: string | undefined }> {
  const { subtle = undefined } = globalThis.crypto ?? {};
  if (subtle === undefined || part.size > HASHED_BYTES) return { body: part, sha256: undefined };
  const body = await part.arrayBuffer();
  const digest = new Uint8Array(await subtle.digest('SHA-256', body));
  return { body, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

/** A signed URL as it may be told: who has all of it can write. */
function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}

export type DirectUploads = ReturnType<typeof createDirectUploads>;
