import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Upload } from '../resources/upload.ts';
import { TusCreationHeaders, TusHeaders, TusWriteHeaders } from '../tus.ts';
import { TUS_BODY_TYPE } from '../tus-version.ts';
import { exampleUpload } from '../upload-examples.ts';

const tag = 'Uploads';
const scope = 'assets:write';
const params = z.object({ uploadId: idSchema('upload') });

const POSITION = {
  'Upload-Offset': 'Bytes that are stored: where to go on',
  'Upload-Expires': 'When the upload is forgotten, unless further bytes come',
  'Upload-Asset': 'The asset that was made of it, once all bytes are here',
  'Tus-Resumable': '`1.0.0`',
};

/** Resumable uploads: the tus protocol, version 1.0.0. */
export const UPLOAD_OPERATIONS = {
  createUpload: {
    method: 'POST',
    path: '/v1/uploads',
    scope,
    rate: 'work',
    tag,
    summary: 'Begin a resumable upload',
    description:
      'The tus protocol 1.0.0 (https://tus.io): any client of it works, with this address as its endpoint. The first bytes may come as the body. ' +
      'When the last byte is stored the asset is made, in state `uploading`, and a job brings its file together; the answer names it in `Upload-Asset`.',
    headers: TusCreationHeaders,
    body: 'stream',
    consumes: [TUS_BODY_TYPE],
    responses: { 201: { description: 'The upload', body: Upload } },
    answerHeaders: { Location: 'Where the bytes go', ...POSITION },
    errors: [
      'not_found',
      'conflict',
      'precondition_failed',
      'payload_too_large',
      'unsupported_media_type',
      'checksum_mismatch',
    ],
    example: { answer: exampleUpload },
  },
  getUpload: {
    method: 'GET',
    path: '/v1/uploads/{uploadId}',
    scope,
    tag,
    summary: 'Read an upload',
    description: 'With HEAD, as tus clients ask, the headers tell how far it has come.',
    params,
    headers: TusHeaders,
    responses: { 200: { description: 'The upload', body: Upload } },
    answerHeaders: { 'Upload-Length': 'Bytes of the whole file', 'Upload-Metadata': 'As it was given', ...POSITION },
    errors: ['not_found', 'precondition_failed'],
    example: { answer: exampleUpload },
  },
  writeUpload: {
    method: 'PATCH',
    path: '/v1/uploads/{uploadId}',
    scope,
    tag,
    summary: 'Add bytes to an upload',
    description:
      'From `Upload-Offset` on. What came before a connection broke stays: ask with HEAD where to go on. With `Upload-Checksum` all bytes of the request count or none. ' +
      'A newer request takes over from an older one, which gets 409.',
    params,
    headers: TusWriteHeaders,
    body: 'stream',
    consumes: [TUS_BODY_TYPE],
    responses: { 204: { description: 'The bytes are stored', body: 'empty' } },
    answerHeaders: POSITION,
    errors: [
      'not_found',
      'conflict',
      'precondition_failed',
      'payload_too_large',
      'unsupported_media_type',
      'checksum_mismatch',
    ],
  },
  deleteUpload: {
    method: 'DELETE',
    path: '/v1/uploads/{uploadId}',
    scope,
    tag,
    summary: 'Give an upload up',
    description: 'What came of it is deleted. An asset that was made of it stays.',
    params,
    headers: TusHeaders,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    answerHeaders: { 'Tus-Resumable': '`1.0.0`' },
    errors: ['not_found', 'precondition_failed'],
  },
} as const satisfies PublicEndpoints;
