import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { formInvalid, uploadTooLarge } from '../errors.ts';
import { verifiedBody } from './digests.ts';
import { uploadedFileName } from './file-name.ts';
import { UPLOADS } from './subjects.ts';

/** A form whose files are stored. */
export interface ReceivedForm {
  files: SourceFile[];
  fields: Map<string, string>;
}

/** What the boundaries, headers and text fields of a form may add to the bytes of its files. */
export const FORM_OVERHEAD_BYTES = 4 * 1024 * 1024;
const LIMITS = {
  fieldSize: 64 * 1024,
  fieldNameSize: 100,
  fields: 32,
  files: 10_000,
  parts: 10_032,
  headerSize: 16 * 1024,
};
const CUT_OFF_REMEDY =
  'Send it again, whole: up to its last boundary, which is the one that the Content-Type header names.';
/** Files that are being stored at once. The last one is still coming in; the others only wait for the disk. */
const STORING_AT_ONCE = 4;

/**
 * Reads a `multipart/form-data` body and streams its files into the object store, in constant memory. Fields may come
 * before or after files. When it fails, or the client hangs up, nothing half-written stays.
 *
 * @param limitBytes of all files together.
 * @throws MaquetteError `invalid_request`, `payload_too_large`
 */
export async function receiveForm(
  subject: UploadSubject,
  request: IncomingMessage,
  objects: ObjectStore,
  limitBytes: number,
): Promise<ReceivedForm> {
  const stopped = new AbortController();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {});
  const fail = (error: unknown) => {
    failure.reject(error);
    stopped.abort(error);
  };
  const parser = openParser(request, fail);
  const form = { files: [] as SourceFile[], fields: new Map<string, string>() };
  const names = new Set<string>();
  const storing = new Set<Promise<void>>();

  async function store(source: BusboyFileStream, name: string): Promise<void> {
    const index = form.files.length;
    form.files.push({ name, sha256: '', bytes: 0 });
    const stored = await objects.put(source, { limitBytes, signal: stopped.signal }).catch(explain);
    form.files[index] = { name, ...stored };
  }

  parser.on('file', (field: string, source: BusboyFileStream, fileName: string | undefined) => {
    source.on('error', () => {});
    try {
      const name = checkedName(subject, field, fileName, names);
      const task: Promise<void> = store(source, name)
        .catch(fail)
        .finally(() => storing.delete(task));
      storing.add(task);
    } catch (refused) {
      source.resume();
      fail(refused);
    }
  });
  parser.on('field', (field: string, value: string, _cutName: boolean, cut: boolean) => {
    if (!UPLOADS[subject].fields.includes(field)) return fail(unknownField(field, subject));
    if (cut) return fail(formInvalid(`/${field}`, `has more than ${LIMITS.fieldSize} bytes`));
    if (form.fields.has(field)) return fail(formInvalid(`/${field}`, 'is given twice'));
    form.fields.set(field, value);
  });

  try {
    const finished = once(parser, 'finish', { signal: stopped.signal });
    finished.catch(() => {});
    let taken = 0;
    for await (const chunk of verifiedBody(request)) {
      taken += chunk.length;
      if (taken > limitBytes + FORM_OVERHEAD_BYTES) throw uploadTooLarge(subject, limitBytes);
      if (stopped.signal.aborted) break;
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), failure.promise]);
      while (storing.size >= STORING_AT_ONCE) await Promise.race([...storing, failure.promise]);
    }
    if (stopped.signal.aborted) await failure.promise;
    parser.end();
    await Promise.race([finished, failure.promise]);
    await Promise.race([Promise.all(storing), failure.promise]);
    if (stopped.signal.aborted) await failure.promise;
  } catch (thrown) {
    fail(thrown);
    await Promise.all(storing);
    throw stopped.signal.reason;
  }
  const bytes = form.files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > limitBytes) throw uploadTooLarge(subject, limitBytes, bytes);
  return form;
}

/** The store fails with errors of its own; any other comes from the stream, whose part of the form was cut off. */
function explain(thrown: unknown): never {
  if (thrown instanceof MaquetteError) throw thrown;
  throw formInvalid('/body', 'the form ends in the middle of a file', CUT_OFF_REMEDY);
}

function openParser(request: IncomingMessage, fail: (error: unknown) => void) {
  const refuse = (message: string, remedy: string) => fail(formInvalid('/body', message, remedy));
  try {
    const contentType = request.headers['content-type'] ?? '';
    const parser = new Busboy({
      headers: { ...request.headers, 'content-type': contentType },
      preservePath: true,
      // Only what bears a file name, or is called `file`, is a file; clients type text fields as they like.
      isPartAFile: (field, _type, fileName) => fileName !== undefined || field === 'file',
      limits: LIMITS,
    });
    parser.on('error', (error) =>
      refuse(`the form is damaged: ${error instanceof Error ? error.message : error}`, CUT_OFF_REMEDY),
    );
    const packed = 'Pack the files as one zip archive.';
    parser.on('filesLimit', () => refuse(`the form has more than ${LIMITS.files} files`, packed));
    parser.on('fieldsLimit', () => refuse(`the form has more than ${LIMITS.fields} fields`, 'Send less of them.'));
    parser.on('partsLimit', () => refuse(`the form has more than ${LIMITS.parts} parts`, packed));
    return parser;
  } catch (cause) {
    throw new MaquetteError('invalid_request', `The form cannot be read: ${(cause as Error).message}`, {
      cause,
      remedy:
        'Send the boundary in the Content-Type header; most clients do it by themselves when none is set by hand.',
    });
  }
}

function checkedName(subject: UploadSubject, field: string, fileName: string | undefined, names: Set<string>): string {
  if (field !== 'file') throw unknownField(field, subject);
  const name = uploadedFileName(fileName === undefined || fileName === '' ? subject : fileName);
  if (names.has(name))
    throw formInvalid('/file', `two files are called ${JSON.stringify(name)}`, 'Give each its own name or folder.');
  names.add(name);
  return name;
}

function unknownField(field: string, subject: UploadSubject): MaquetteError {
  const fields = ['file', ...UPLOADS[subject].fields];
  return formInvalid(`/${field}`, 'is no field of this form', `Its fields are ${fields.join(', ')}.`);
}
