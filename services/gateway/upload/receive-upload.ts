import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';
import { UploadFields } from '#contracts/rest/upload.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { endingOf } from '../download/content-types.ts';
import { formInvalid, uploadCutOff, uploadTooLarge } from '../errors.ts';
import { bodyStream } from './body-stream.ts';
import { uploadedFileName } from './file-name.ts';
import { FORM_OVERHEAD_BYTES, receiveForm } from './receive-form.ts';
import { UPLOADS } from './subjects.ts';

/** An upload whose bytes are stored, and what its fields say. */
export interface Upload extends z.output<typeof UploadFields> {
  files: SourceFile[];
}

/**
 * Takes the body of an upload, form or raw, into the object store.
 *
 * @param subject what is uploaded
 * @param query what accompanies it in the URL; fields of a form win.
 * @throws MaquetteError `invalid_request`, `payload_too_large`
 */
export async function receiveUpload(
  subject: UploadSubject,
  request: FastifyRequest,
  query: { name?: string | undefined; projectId?: string | undefined },
  objects: ObjectStore,
  limitBytes: number,
): Promise<Upload> {
  try {
    const upload = isForm(request)
      ? await receiveFields(subject, request, query, objects, limitBytes)
      : await receiveRaw(subject, request, query, objects, limitBytes);
    if (upload.files.length === 0) {
      throw formInvalid(
        '/file',
        'is missing',
        `Send the ${subject} as a part called \`file\`: curl -F file=@${UPLOADS[subject].example} …`,
      );
    }
    if (upload.files.every((file) => file.bytes === 0)) {
      throw formInvalid('/file', 'is empty: not one byte came', 'Check the path that you sent the file from.');
    }
    return upload;
  } catch (thrown) {
    if (request.raw.destroyed && !request.raw.complete) throw uploadCutOff();
    throw thrown;
  }
}

/** Content type of a request, without its parameters. */
export function mediaType(request: FastifyRequest): string | undefined {
  return request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}

function isForm(request: FastifyRequest): boolean {
  return mediaType(request) === 'multipart/form-data';
}

/**
 * Refuses an upload that says itself that it is too large, before a byte of it is read.
 * @throws MaquetteError `payload_too_large`
 */
export function refuseDeclaredSize(request: FastifyRequest, subject: UploadSubject, limitBytes: number): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  // The frame of a form is counted by its reader; only a raw body is all file.
  const overhead = isForm(request) ? FORM_OVERHEAD_BYTES : 0;
  if (declared <= limitBytes + overhead) return;
  throw uploadTooLarge(subject, limitBytes, declared);
}

async function receiveFields(
  subject: UploadSubject,
  request: FastifyRequest,
  query: { name?: string | undefined; projectId?: string | undefined },
  objects: ObjectStore,
  limitBytes: number,
): Promise<Upload> {
  const { files, fields } = await receiveForm(subject, request.raw, objects, limitBytes);
  const settings = fields.get('settings');
  const given = {
    name: fields.get('name') ?? query.name,
    projectId: fields.get('projectId') ?? query.projectId,
    settings: settings === undefined || settings === '' ? undefined : parseJson(settings),
  };
  const parsed = UploadFields.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw formInvalid(`/${issue?.path.join('/')}`, issue?.message ?? 'is not valid');
  }
  return { files, ...parsed.data };
}

async function receiveRaw(
  subject: UploadSubject,
  request: FastifyRequest,
  query: { name?: string | undefined; projectId?: string | undefined },
  objects: ObjectStore,
  limitBytes: number,
): Promise<Upload> {
  const given = query.name ?? subject;
  const ending = /\.[A-Za-z0-9]{1,8}$/.test(given) ? '' : endingOf(mediaType(request) ?? '');
  const name = uploadedFileName(given + ending);
  const stored = await objects.put(bodyStream(request.raw), { limitBytes });
  const fields = UploadFields.parse({ name: query.name, projectId: query.projectId });
  return { files: [{ name, ...stored }], ...fields };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw formInvalid('/settings', 'is not JSON');
  }
}
