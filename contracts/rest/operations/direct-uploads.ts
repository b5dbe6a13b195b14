import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ReadHeaders } from '../conditional-headers.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Completion, DirectUpload, DirectUploadWish, PartRequests, PartWish } from '../resources/direct-upload.ts';
import { exampleDirectUpload, examplePartRequests } from '../upload-examples.ts';

const tag = 'Uploads';
const scope = 'assets:write';
const params = z.object({ directUploadId: idSchema('upload') });

/** Uploads that go straight to the object storage, past the server. */
export const DIRECT_UPLOAD_OPERATIONS = {
  createDirectUpload: {
    method: 'POST',
    path: '/v1/direct-uploads',
    scope,
    rate: 'work',
    tag,
    summary: 'Begin an upload straight to the storage',
    description:
      'For servers that keep their objects in an S3 storage which clients can reach; others answer `not_offered`, and take tus (`/v1/uploads`) or one request (`/v1/assets`). ' +
      'The file goes in parts of `partBytes`: ask for their URLs, PUT them, and complete the upload.',
    headers: IdempotencyHeaders,
    body: DirectUploadWish,
    responses: { 201: { description: 'The upload', body: DirectUpload } },
    answerHeaders: { Location: 'Where it is read' },
    errors: ['not_found', 'not_offered', 'payload_too_large', 'quota_exceeded'],
    example: {
      body: { fileName: 'chair.glb', bytes: 1_073_741_824, name: 'Chair' },
      answer: exampleDirectUpload,
    },
  },
  getDirectUpload: {
    method: 'GET',
    path: '/v1/direct-uploads/{directUploadId}',
    scope,
    tag,
    summary: 'Read an upload straight to the storage',
    description: 'With the parts that are there: whoever was interrupted sends the others.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The upload', body: DirectUpload } },
    errors: ['not_found'],
    example: { answer: exampleDirectUpload },
  },
  signParts: {
    method: 'POST',
    path: '/v1/direct-uploads/{directUploadId}/parts',
    scope,
    tag,
    summary: 'Get the URLs of parts',
    description:
      'Each takes one PUT of exactly the bytes of its part, from `(number - 1) * partBytes` on, until it expires; ask again for those that are needed anew. A part may be sent again, and several at once.',
    params,
    body: PartWish,
    responses: { 200: { description: 'Where the parts go', body: PartRequests } },
    errors: ['not_found', 'not_offered', 'conflict'],
    example: { body: { parts: [{ number: 1 }] }, answer: examplePartRequests },
  },
  completeDirectUpload: {
    method: 'POST',
    path: '/v1/direct-uploads/{directUploadId}/complete',
    scope,
    rate: 'work',
    tag,
    summary: 'Complete an upload straight to the storage',
    description:
      'When every part is there: the asset is made, in state `uploading`, and a job hashes its file and brings it to its place. Repeating it changes nothing.',
    params,
    body: Completion,
    responses: { 200: { description: 'The upload', body: DirectUpload } },
    errors: ['not_found', 'not_offered', 'conflict', 'quota_exceeded'],
    example: {
      body: { parts: [{ number: 1, etag: '0c5f0d0a8ee64d2d1c3c8f1f6b2d6b9e' }] },
      answer: { ...exampleDirectUpload, state: 'complete', received: [] },
    },
  },
  deleteDirectUpload: {
    method: 'DELETE',
    path: '/v1/direct-uploads/{directUploadId}',
    scope,
    tag,
    summary: 'Give up an upload straight to the storage',
    description: 'What came of it is removed within a minute. An asset that was made of it stays.',
    params,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
