import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { ProjectId } from '#contracts/ids/ids.ts';
import { Sha256 } from '#contracts/ids/sha256.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';
import { UploadFields } from '#contracts/rest/upload.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { endingOf } from '../download/content-types.ts';
import { checksumMismatch, formInvalid, uploadCutOff, uploadTooLarge } from '../errors.ts';
import { type Gateway, idempotencyKeyOf, tenant, withoutKey } from '../gateway.ts';
import { verifiedBody } from './digests.ts';
import { uploadedFileName } from './file-name.ts';
import { FORM_OVERHEAD_BYTES, receiveForm } from './receive-form.ts';
import { UPLOADS } from './subjects.ts';

/** An upload whose bytes are stored, and what its fields say. */
export interface Upload extends z.output<typeof UploadFields> {
  files: SourceFile[];
}

/**
 * Takes the body of an upload, form or raw, into the object store, and has it scanned.
 *
 * @param subject what is uploaded
 * @param query what accompanies it in the URL; fields of a form win.
 * @throws MaquetteError `invalid_request`, `payload_too_large`, `checksum_mismatch`, `file_infected`, `unavailable`
 */
export async function receiveUpload(
  subject: UploadSubject,
  request: FastifyRequest,
  query: { name?: string | undefined; projectId?: string | undefined },
  { objects, scan, settings: { uploadLimitBytes: limitBytes } }: Pick<Gateway, 'objects' | 'scan' | 'settings'>,
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
    await scan(upload.files);
    return upload;
  } catch (thrown) {
    if (request.raw.destroyed && !request.raw.complete) throw uploadCutOff();
    throw thrown;
  }
}

/**
 * Refuses an upload before a byte of it is read when there is no room for what it says itself that it brings, or no
 * project of the name in its URL: nobody should send a gigabyte to learn that.
 *
 * @throws MaquetteError `quota_exceeded`, `not_found`
 */
export async function requireAdmission(
  request: FastifyRequest,
  { projectId }: { projectId?: ProjectId | undefined },
  { data }: Pick<Gateway, 'data'>,
): Promise<void> {
  // A repetition may be of what has taken the last of the room.
  if (idempotencyKeyOf(request) !== undefined) return;
  const form = isForm(request);
  const declared = Number(request.headers['content-length'] ?? 0) - (form ? FORM_OVERHEAD_BYTES : 0);
  // A field of the form may name another project.
  const body = { bytes: Math.max(1, declared), projectId: form ? undefined : projectId };
  await data.admitUpload({ headers: withoutKey(tenant(request)), body });
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
  // A field of a page's form that nobody has filled in comes as an empty one.
  const field = (name: string) => fields.get(name) || undefined;
  checkHashes(files, field('sha256'));
  const settings = field('settings');
  const given = {
    name: field('name') ?? query.name,
    projectId: field('projectId') ?? query.projectId,
    settings: settings === undefined ? undefined : parseJson(settings),
  };
  const parsed = UploadFields.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw formInvalid(`/${issue?.path.join('/')}`, issue?.message ?? 'is not valid');
  }
  return { files, ...parsed.data };
}

/**
 * Checks what a form says its files hash to.
 * @param given hexadecimal, one for each file in their order, with commas between them
 * @throws MaquetteError `invalid_request`, `checksum_mismatch`
 */
function checkHashes(files: SourceFile[], given: string | undefined): void {
  if (given === undefined) return;
  const hashes = given.split(',').map((text) => text.trim().toLowerCase());
  if (hashes.length !== files.length) {
    throw formInvalid(
      '/sha256',
      `names ${hashes.length} hashes for ${files.length} files`,
      'Name one for each file, in the order in which they are sent, with commas between them.',
    );
  }
  for (const [index, { name, sha256 }] of files.entries()) {
    const said = hashes[index] ?? '';
    const { success: isHash, error } = Sha256.safeParse(said);
    if (!isHash) throw formInvalid('/sha256', `${JSON.stringify(said.slice(0, 100))}: ${error.issues[0]?.message}`);
    if (said !== sha256) throw checksumMismatch('sha256', said, sha256, name);
  }
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
  const stored = await objects.put(verifiedBody(request.raw), { limitBytes });
  const fields = UploadFields.parse({ name: query.name, projectId: query.projectId });
  return { files: [{ name, ...stored }], ...fields };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw formInvalid('/settings', 'is not JSON', 'Leave it out: no settings are defined yet.');
  }
}
