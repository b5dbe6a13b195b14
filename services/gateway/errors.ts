import { type ErrorItem, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { PublicError } from '#contracts/events/envelope.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';

/** The body names a profile otherwise than its path. */
export function profileNamedOtherwise(path: string, body: string): MaquetteError {
  const errors = [{ pointer: '/body/name', message: `the path says \`${path}\`` }];
  return new MaquetteError(
    'invalid_request',
    `The profile is called \`${body}\` in the body and \`${path}\` in the path.`,
    {
      errors,
      remedy: 'Leave `name` out of the body.',
    },
  );
}

/** An asset that an item of a batch is about, and that does not lie in the project of the batch. */
export function assetElsewhere(assetId: string, projectId: string): MaquetteError {
  return new MaquetteError('not_found', `There is no asset ${assetId} in the project ${projectId}.`, {
    remedy: 'Check the id, or leave `projectId` out of the batch.',
  });
}

/** An item of a batch that is none. */
export function itemInvalid(problems: readonly ErrorItem[]): MaquetteError {
  const list = problems.map(({ pointer, message }) => `${pointer || 'the item'}: ${message}`).join('; ');
  return new MaquetteError('invalid_request', `The item is not valid: ${list}`, {
    remedy: 'Give an object with `render`, or with `recipe` and `assetId`, as `POST /v1/batches` describes them.',
  });
}

/** Parts of this process cannot work at the moment; why, by role. */
export function notReady(reasons: Readonly<Record<string, string>>): MaquetteError {
  const errors = Object.entries(reasons).map(([role, message]) => ({ pointer: `/${role}`, message }));
  const list = errors.map(({ pointer, message }) => `${pointer.slice(1)} (${message})`).join('; ');
  return new MaquetteError('unavailable', `The server is not ready: ${list}.`, {
    errors,
    remedy: 'Send requests to another server until this one is; its log says more.',
    retryAfterSeconds: 1,
  });
}

/** An upload over the limit. */
export function uploadTooLarge(subject: UploadSubject, limitBytes: number, bytes?: number): MaquetteError {
  const given = bytes === undefined ? 'The upload' : `The upload of ${bytes} bytes`;
  return new MaquetteError('payload_too_large', `${given} is larger than the limit of ${limitBytes} bytes.`, {
    remedy: `Make the ${subject} smaller, or ask the operator to raise the upload limit.`,
  });
}

/** A body of a type that the operation does not take. */
export function contentTypeRefused(
  given: string | undefined,
  wanted: readonly string[],
  remedy: string,
): MaquetteError {
  const what = given === undefined ? 'The body has no Content-Type' : `\`${given}\` is not taken`;
  return new MaquetteError('unsupported_media_type', `${what}; send ${wanted.join(' or ')}.`, { remedy });
}

/** A body that was compressed on its way: files are stored as they come. */
export function codingRefused(coding: string): MaquetteError {
  return new MaquetteError('unsupported_media_type', `A body with \`Content-Encoding: ${coding}\` is not taken.`, {
    remedy: 'Send it as it is; files can be packed as one zip archive.',
  });
}

/** One wrong part of a form. */
export function formInvalid(pointer: string, message: string, remedy?: string): MaquetteError {
  return new MaquetteError('invalid_request', `${pointer}: ${message}`, {
    errors: [{ pointer, message }],
    remedy: remedy ?? 'Correct the fields that are named in `errors`.',
  });
}

/** An environment is one picture. */
export function oneFileWanted(files: number): MaquetteError {
  return formInvalid('/file', `holds ${files} files; an environment is one picture`, 'Send one .hdr or .exr file.');
}

/** The bytes of something that is recorded are gone. */
export function storedFileLost(sha256: Sha256): MaquetteError {
  return new MaquetteError(
    'storage_failed',
    `The stored object ${sha256} is not there, though something refers to it.`,
    {
      remedy: 'Look whether the object storage is the one that belongs to the database, and restore the object.',
    },
  );
}

/** A range outside of the file. */
export function rangeRefused(range: string, bytes: number): MaquetteError {
  return new MaquetteError('range_not_satisfiable', `\`${range}\` lies outside of the ${bytes} bytes of the file.`, {
    remedy: `Ask for a range within bytes=0-${Math.max(0, bytes - 1)}.`,
  });
}

/** The model of an asset is asked for before it is there. */
export function stillProcessing(assetId: string): MaquetteError {
  return new MaquetteError('conflict', `${assetId} is still being processed.`, {
    remedy: 'Wait for its job (`GET /v1/jobs/{id}` with `Prefer: wait=60`) or for `model_processed`, then ask again.',
  });
}

/** The model of an asset is asked for and will never be there. */
export function processingFailed(assetId: string, error: PublicError | null): MaquetteError {
  return new MaquetteError('conflict', `${assetId} could not be processed: ${error?.message ?? 'no reason is known'}`, {
    remedy: error?.remedy ?? 'Upload another version.',
  });
}

/** Why a job came to nothing, for whoever waited for it. */
export function failureOf({ code, message, fault, remedy }: PublicError): MaquetteError {
  return MaquetteError.fromValue({ code: code as MaquetteError['code'], message, fault, remedy: remedy ?? '' });
}

/** A choice that a format does not leave open. */
export function choiceRefused(errors: ErrorItem[]): MaquetteError {
  const list = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  return new MaquetteError('invalid_request', list, { errors, remedy: 'Leave it out, or ask for another format.' });
}

/** Work that goes on longer than a request may wait. */
export function notYet(what: string, seconds: number): MaquetteError {
  return new MaquetteError('unavailable', `${what} is not ready after ${seconds} s; the work goes on.`, {
    remedy: 'Ask again in a few seconds: the same request will find the result.',
  });
}

/** The client went away before its upload was whole. Nobody reads the answer; the log does. */
export function uploadCutOff(): MaquetteError {
  return new MaquetteError('canceled', 'The connection ended before the upload was complete.', {
    remedy: 'Upload again.',
  });
}

/** A request of the tus protocol in no version that is spoken here. */
export function tusVersionMissing(given: string | undefined): MaquetteError {
  const what = given === undefined ? 'The request names no version of the tus protocol' : `tus ${given} is not spoken`;
  return new MaquetteError('precondition_failed', `${what}.`, { remedy: 'Send the header `Tus-Resumable: 1.0.0`.' });
}

/** A request with more bytes than its upload wants. */
export function moreThanAnnounced(id: string, left: number): MaquetteError {
  return new MaquetteError('payload_too_large', `The upload ${id} wants ${left} more bytes; the request brings more.`, {
    remedy: 'Send what is missing alone, or begin a new upload with the right `Upload-Length`.',
  });
}

/** An upload that is to be put together of several: an extension of tus that is not spoken here. */
export function concatenationNotSpoken(): MaquetteError {
  return formInvalid(
    '/headers/upload-concat',
    'uploads are not put together of parts here (see `Tus-Extension`)',
    'Send the file as one upload (`parallelUploads: 1` in tus-js-client).',
  );
}

/** Bytes that are not those that their sender says. */
export function checksumMismatch(algorithm: string, said: string, found: string, file?: string): MaquetteError {
  const what = file === undefined ? 'The bytes' : `The bytes of ${JSON.stringify(file)}`;
  return new MaquetteError('checksum_mismatch', `${what} should hash (${algorithm}) to ${said}; they do to ${found}.`, {
    remedy: 'Send them again: nothing of this request was kept.',
  });
}

/** A request whose upload goes on elsewhere. */
export function uploadContinued(): MaquetteError {
  return new MaquetteError('conflict', 'Another request goes on with this upload; what had come before it is kept.', {
    remedy: 'Ask with HEAD where it goes on; send from one place at a time.',
  });
}

/** A path that no link can lead to. */
export function linkedNowhere(path: string): MaquetteError {
  return new MaquetteError('not_found', `There is nothing to link at ${path.slice(0, 200)}.`, {
    remedy: 'Give the path of an asset, of what is below it, or of a derivative.',
  });
}
