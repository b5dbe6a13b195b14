import { z } from 'zod';
import { IdempotencyHeaders } from './idempotency.ts';
import { TUS_VERSION } from './tus-version.ts';

/** Its extensions that are spoken. */
export const TUS_EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'expiration',
  'checksum',
  'termination',
] as const;

/** Digests of `Upload-Checksum`, by their names there. */
export const TUS_CHECKSUMS = ['sha1', 'sha256', 'sha512', 'md5'] as const;

const whole = z.coerce
  .number({ error: 'give a whole number of bytes' })
  .int('give a whole number of bytes')
  .min(0, 'is less than nothing')
  .max(Number.MAX_SAFE_INTEGER);
const version = z.string().optional().describe(`\`${TUS_VERSION}\``);
const checksum = z
  .string()
  .regex(/^[a-z0-9]+ [A-Za-z0-9+/]+={0,2}$/, 'give an algorithm and the digest in base64, such as `sha256 n4bQ…`')
  .optional()
  .describe(`Digest of the bytes of this request: one of ${TUS_CHECKSUMS.join(', ')}, a space, the digest in base64`);
const length = whole
  .refine((bytes) => bytes !== 0, 'an empty file is no model')
  .optional()
  .describe('Bytes of the whole file');

/** Headers of a new upload. */
export const TusCreationHeaders = IdempotencyHeaders.extend({
  'tus-resumable': version,
  'upload-length': length,
  'upload-defer-length': z.literal('1').optional().describe('In place of `Upload-Length`: a later request tells it'),
  'upload-metadata': z
    .string()
    .max(8000)
    .optional()
    .describe(
      'Pairs of a key and a value in base64, with commas between them: `filename` (may hold folders), `name`, `projectId`, `assetId` (makes a further version), `sha256` (of the whole file, in hexadecimal, checked), `hold` (`true`: wait for `POST /v1/assets` with `uploads`). Others are kept as they are',
    ),
  'upload-checksum': checksum,
});

/** Headers of bytes that are added to an upload. */
export const TusWriteHeaders = z.object({
  'tus-resumable': version,
  'upload-offset': whole.describe('Where the bytes belong: what `HEAD` says'),
  'upload-length': length,
  'upload-checksum': checksum,
});

/** Headers of the other requests. */
export const TusHeaders = z.object({ 'tus-resumable': version });
