import { type ErrorItem, type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { PublicError } from '#contracts/events/envelope.ts';
import type { DeliveryOutcome } from '#contracts/jobs/job-kinds.ts';
import type { AssetState } from '#contracts/rest/resources/asset.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { withoutStorageDetails } from '#platform/errors/problem.ts';

export function staleRevision(what: string, id: string, expected: number, actual: number): MaquetteError {
  return new MaquetteError(
    'precondition_failed',
    `The ${what} ${id} is at revision ${actual}, and the request expects ${expected}.`,
    { remedy: 'Read it again and repeat the change on what is there now.' },
  );
}

export function projectNotEmpty(id: string, assets: number): MaquetteError {
  return new MaquetteError('conflict', `The project ${id} holds ${assets} ${assets === 1 ? 'asset' : 'assets'}.`, {
    remedy: 'Delete its assets or move them to another project first.',
  });
}

/** Built-in profiles are the same for everybody. */
export function profileBuiltIn(name: string): MaquetteError {
  return new MaquetteError('conflict', `The profile \`${name}\` comes with Maquette and cannot be changed.`, {
    remedy: 'Give your own profile another name.',
  });
}

export function tooManyProfiles(most: number): MaquetteError {
  return new MaquetteError('conflict', `The organisation has ${most} validation profiles already.`, {
    remedy: 'Delete those that nobody needs any more.',
  });
}

/** Bytes are sent for another place than the one that comes next. */
export function offsetRefused(id: string, offset: number, received: number): MaquetteError {
  return new MaquetteError('conflict', `The upload ${id} goes on at byte ${received}, not at ${offset}.`, {
    remedy: 'Ask with HEAD where it goes on, and send the rest from there.',
  });
}

/** Another request goes on with the upload: the bytes of this one come too late. */
export function writerReplaced(id: string): MaquetteError {
  return new MaquetteError('conflict', `Another request adds bytes to the upload ${id} now.`, {
    remedy: 'Ask with HEAD where it goes on; send from one place at a time.',
  });
}

export function uploadIncomplete(id: string, received: number, bytes: number | null): MaquetteError {
  return new MaquetteError(
    'conflict',
    `The upload ${id} has ${received} of ${bytes ?? 'an unknown number of'} bytes.`,
    {
      remedy: 'Send the rest first.',
    },
  );
}

/** The objects lie where clients cannot send to. */
export function directUploadsNotOffered(): MaquetteError {
  return new MaquetteError('not_offered', 'This server takes no uploads straight to its storage.', {
    remedy: 'Upload in one request (`POST /v1/assets`) or by tus (`POST /v1/uploads`).',
  });
}

/** A part that the upload does not have. */
export function partOutside(index: number, number: number, parts: number): MaquetteError {
  return invalid(
    `/body/parts/${index}/number`,
    `is ${number}; the upload has ${parts} parts`,
    'Ask for parts from 1 on.',
  );
}

export function partMissing(id: string, number: number, found: number, bytes: number): MaquetteError {
  return new MaquetteError('conflict', `Part ${number} of the upload ${id} has ${found} of ${bytes} bytes.`, {
    remedy: 'Send the parts that are missing first: `received` of the upload names those that are there.',
  });
}

/** The storage holds another part than the client says. */
export function partNotAsSaid(id: string, number: number, said: string, found: string | undefined): MaquetteError {
  const there = found === undefined ? 'there is no such part' : `the storage holds ${found}`;
  return new MaquetteError('conflict', `Part ${number} of the upload ${id} is not ${said}: ${there}.`, {
    remedy: 'Send that part again.',
  });
}

export function uploadComplete(id: string): MaquetteError {
  return new MaquetteError('conflict', `The upload ${id} is complete.`, { remedy: 'Begin another one.' });
}

/** An upload that has become an asset, or will by itself. */
export function uploadTaken(id: string): MaquetteError {
  return new MaquetteError('conflict', `The upload ${id} is part of an asset already.`, {
    remedy: 'Give `hold true` in the metadata of an upload that is to be named by `POST /v1/assets`.',
  });
}

/** The length of a file cannot change, nor be less than what has come. */
export function lengthRefused(id: string, bytes: number): MaquetteError {
  return invalid('/headers/upload-length', `cannot become ${bytes} for ${id}`, 'Give the length once, and as it is.');
}

/** More bytes than the file was said to have. */
export function uploadOverrun(id: string, bytes: number): MaquetteError {
  return new MaquetteError('payload_too_large', `The upload ${id} was said to have ${bytes} bytes; more came.`, {
    remedy: 'Begin a new upload with the right `Upload-Length`.',
  });
}

export function tooManyPieces(id: string, most: number): MaquetteError {
  return new MaquetteError('conflict', `The upload ${id} came in ${most} pieces and is not complete.`, {
    remedy: 'Begin again, and send at least some hundred kilobytes with each request.',
  });
}

export function jobEnded(id: string, state: string): MaquetteError {
  return new MaquetteError('conflict', `The job ${id} has already ended, as ${state}.`, {
    remedy: 'Only a job that is queued or running can be canceled.',
  });
}

/** Something was asked of an asset whose newest version has no normalised model. `doing`: what could not be done, e.g. `rendered`. */
export function notProcessed(assetId: string, state: AssetState, doing: string): MaquetteError {
  const failed = state === 'failed';
  return new MaquetteError(
    'conflict',
    failed
      ? `The asset ${assetId} cannot be ${doing}: its newest version could not be processed.`
      : `The asset ${assetId} cannot be ${doing} yet: its newest version is still being processed.`,
    {
      remedy: failed
        ? "Read the asset's `error`, correct the model and upload it as a new version."
        : "Wait for the event `model_processed` or for the asset's job to end, then ask again.",
    },
  );
}

/** A file of an upload that the object storage does not hold, or holds with another size. */
export function blobMissing(sha256: string, bytes: number, stored: number | null): MaquetteError {
  const found = stored === null ? 'the storage does not hold it' : `the stored one has ${stored} bytes`;
  return new MaquetteError('storage_failed', `The blob ${sha256} of ${bytes} bytes is not there: ${found}.`, {
    remedy: 'Upload the file again.',
  });
}

export function unsafeFileName(index: number, name: string, why: string): MaquetteError {
  return invalid(`/body/files/${index}/name`, `\`${name}\` ${why}`, 'Name each file by its path within the model.');
}

/** A field of a request that is not valid. */
export function invalid(pointer: string, message: string, remedy: string): MaquetteError {
  const errors: ErrorItem[] = [{ pointer, message }];
  return new MaquetteError('invalid_request', `${pointer}: ${message}`, { errors, remedy });
}

/** The last permitted attempt of a job ended without a word. */
export function workerVanished(kind: string, attempts: number): ErrorValue {
  return new MaquetteError(
    'sandbox_crashed',
    `The worker of ${kind} ended without an answer in ${attempts === 1 ? 'its only attempt' : `each of ${attempts} attempts`}.`,
    { remedy: 'Look into the logs of the workers at that time; try again when the cause is gone.' },
  ).toValue();
}

/** A worker handed in something that the contract of its job kind does not allow. */
export function unusableResult(kind: string, message: string): ErrorValue {
  return new MaquetteError('internal', `The result of ${kind} does not match its schema: ${message}`).toValue();
}

/** Why a canceled job's version or render has no result. */
export function canceledByRequest(jobId: string): ErrorValue {
  return new MaquetteError('canceled', `The job ${jobId} was canceled.`, {
    remedy: 'Upload or request it again when it is wanted after all.',
  }).toValue();
}

/** An error as resources and events carry it. */
export function toPublicError(error: ErrorValue): PublicError {
  const { code, message, fault, remedy } = withoutStorageDetails(error);
  return { code, message, fault, remedy: remedy ?? null };
}

export function tooManyWebhooks(most: number): MaquetteError {
  return new MaquetteError('conflict', `The organisation has ${most} webhooks already.`, {
    remedy: 'Delete those that nobody needs any more.',
  });
}

/** Nothing is sent to a webhook that is switched off. */
export function webhookDisabled(id: string): MaquetteError {
  return new MaquetteError('conflict', `The webhook ${id} is switched off.`, {
    remedy: 'Switch it on first: PATCH it with `{ "enabled": true }`.',
  });
}

/** Why an attempt of a delivery failed, for its job. */
export function deliveryRefused({ status, error }: DeliveryOutcome): ErrorValue {
  const why = status === null ? (error ?? 'no answer came') : `the endpoint answered ${status}`;
  return new MaquetteError('unavailable', `The webhook could not be delivered: ${why}.`).toValue();
}

/** An attempt that got no answer. */
export function endpointFailed(error: string): DeliveryOutcome {
  return { status: null, milliseconds: 0, response: null, error, retryAfterSeconds: null };
}

/** Only what failed or was canceled is done again. */
export function jobNotFailed(id: string, state: string): MaquetteError {
  return new MaquetteError('conflict', `The job ${id} is ${state}.`, {
    remedy: 'Only a job that failed or was canceled can be done again.',
  });
}

/** Nothing waits for the job any more. */
export function assetGone(jobId: string): MaquetteError {
  return new MaquetteError('conflict', `The asset of the job ${jobId} was deleted.`, {
    remedy: 'Upload the model again.',
  });
}

/** An asset that a recipe names beside its own. */
export function otherNotFound(id: string, pointer: string): MaquetteError {
  const { message, remedy } = notFound('asset', id);
  return new MaquetteError('not_found', message, { remedy: remedy as string, errors: [{ pointer, message }] });
}

/** An asset that a recipe takes beside its own was deleted before the recipe was carried out. */
export function otherGone(id: string): MaquetteError {
  return new MaquetteError('conflict', `The asset ${id}, which the recipe takes beside its own, was deleted.`, {
    remedy: 'Upload it again, and ask for the recipe with its new id.',
  });
}

/** What a job was to make, another one makes or has made. */
export function doneByAnother(jobId: string, other: string): MaquetteError {
  return new MaquetteError('conflict', `What the job ${jobId} was to make, the job ${other} makes or has made.`, {
    remedy: `Look at ${other}.`,
  });
}

/** More than an organisation may use. `what`: its name in `GET /v1/usage`. */
export function quotaExceeded(what: string, used: number, limit: number, unit: string, remedy: string): MaquetteError {
  const figures = `${used} of ${limit} ${unit}`;
  return new MaquetteError('quota_exceeded', `The organisation's quota \`${what}\` is used up: ${figures}.`, {
    errors: [{ pointer: `/${what}`, message: figures }],
    remedy: `${remedy}, or ask the operator for more. GET /v1/usage shows what is used.`,
  });
}
