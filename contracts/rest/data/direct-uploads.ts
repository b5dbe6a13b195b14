import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { Endpoints } from '../endpoint.ts';
import { Completion, DirectUpload, DirectUploadWish, PartRequests, PartWish } from '../resources/direct-upload.ts';
import { TenantHeaders } from './tenant-headers.ts';

const params = z.object({ directUploadId: idSchema('upload') });
const scope = 'internal';
const tag = 'data';
const headers = TenantHeaders;

/** Operations of the data service on uploads that go straight to the storage. */
export const DIRECT_UPLOAD_DATA_OPERATIONS = {
  createDirectUpload: {
    method: 'POST',
    path: '/data/direct-uploads',
    scope,
    tag,
    headers,
    summary: 'Begin an upload in the storage and record it',
    body: DirectUploadWish,
    responses: { 201: { description: 'The upload', body: DirectUpload } },
  },
  getDirectUpload: {
    method: 'GET',
    path: '/data/direct-uploads/{directUploadId}',
    scope,
    tag,
    headers,
    summary: 'Read an upload, with the parts that the storage holds',
    params,
    responses: { 200: { description: 'The upload', body: DirectUpload } },
  },
  signParts: {
    method: 'POST',
    path: '/data/direct-uploads/{directUploadId}/parts',
    scope,
    tag,
    headers,
    summary: 'Sign the requests that bring parts',
    params,
    body: PartWish,
    responses: { 200: { description: 'The requests', body: PartRequests } },
  },
  completeDirectUpload: {
    method: 'POST',
    path: '/data/direct-uploads/{directUploadId}/complete',
    scope,
    tag,
    headers,
    summary: 'Make one object of the parts, and the asset of it unless the upload is held',
    params,
    body: Completion,
    responses: { 200: { description: 'The upload', body: DirectUpload } },
  },
  deleteDirectUpload: {
    method: 'DELETE',
    path: '/data/direct-uploads/{directUploadId}',
    scope,
    tag,
    headers,
    summary: 'Forget an upload and what came of it',
    params,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
  },
} as const satisfies Endpoints;
