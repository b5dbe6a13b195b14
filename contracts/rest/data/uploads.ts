import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { Sha256 } from '../../ids/sha256.ts';
import { BlobReference, MadeBlob } from '../../jobs/blob-reference.ts';
import { IngestSource } from '../../jobs/ingest-source.ts';
import type { Endpoints } from '../endpoint.ts';
import { Priority } from '../priority.ts';
import { Asset } from '../resources/asset.ts';
import { nameSchema } from '../resources/name.ts';
import { Upload } from '../resources/upload.ts';
import { TenantHeaders } from './tenant-headers.ts';

const AssetParams = z.object({ assetId: idSchema('asset') });
const UploadParams = z.object({ uploadId: idSchema('upload') });

/** Where the bytes of a version come from. */
const Source = z.discriminatedUnion('kind', [
  IngestSource.options[0],
  z.object({ kind: z.literal('uploads'), uploads: z.array(idSchema('upload')).min(1) }),
]);

/** A model whose bytes are still to come. */
const AssetIngest = z.object({
  projectId: idSchema('project').optional().describe('The first project of the organisation without it'),
  name: nameSchema(300).optional().describe('That of the first file without it'),
  source: Source,
  priority: Priority,
});

/** A further version whose bytes are still to come. */
const VersionIngest = z.object({ source: Source, priority: Priority });

/** A file that will come in pieces. */
const UploadCreation = z.object({
  bytes: z.int().positive().nullable(),
  fileName: z.string().min(1),
  name: nameSchema(300).optional(),
  projectId: idSchema('project').optional(),
  assetId: idSchema('asset').optional(),
  sha256: Sha256.optional(),
  held: z.boolean(),
  metadata: z.string(),
});

/** Where bytes are to be added. */
const WriteStart = z.object({
  offset: z.int().nonnegative(),
  bytes: z.int().positive().optional().describe('Of the whole file, when it is told only now'),
});

/** Bytes that are stored, and belong to an upload from now on. */
const Pieces = z.object({
  writer: z.int().positive(),
  offset: z.int().nonnegative(),
  pieces: z.array(BlobReference).min(1),
});

/** What is about to be sent. */
const UploadAdmission = z.object({
  bytes: z.int().positive().describe('As many as the request says, at the least'),
  projectId: idSchema('project').optional(),
});

/** Bytes that were stored for something that then came to nothing. */
const DiscardedBlobs = z.object({ blobs: z.array(MadeBlob).min(1) });

const scope = 'internal';
const tag = 'data';
const headers = TenantHeaders;

/** Operations of the data service on uploads whose bytes come by and by. */
export const UPLOAD_DATA_OPERATIONS = {
  admitUpload: {
    method: 'POST',
    path: '/data/uploads/admissions',
    scope,
    tag,
    headers,
    summary: 'Refuse an upload before its bytes are sent: there is no room for them, or no such project',
    body: UploadAdmission,
    responses: { 204: { description: 'It may come', body: 'empty' } },
  },
  discardBlobs: {
    method: 'POST',
    path: '/data/blobs/discards',
    scope,
    tag,
    headers,
    summary: 'Delete those of some blobs just stored that nothing refers to',
    body: DiscardedBlobs,
    responses: { 204: { description: 'They are gone, or belong to something', body: 'empty' } },
  },
  ingestAsset: {
    method: 'POST',
    path: '/data/assets/ingests',
    scope,
    tag,
    headers,
    summary: 'Record a model whose bytes a job brings, its first version and the job',
    body: AssetIngest,
    responses: { 201: { description: 'The asset, in state `uploading`', body: Asset } },
  },
  ingestVersion: {
    method: 'POST',
    path: '/data/assets/{assetId}/ingests',
    scope,
    tag,
    headers,
    summary: 'Record a further version whose bytes a job brings',
    params: AssetParams,
    body: VersionIngest,
    responses: { 201: { description: 'The asset, in state `uploading`', body: Asset } },
  },
  createUpload: {
    method: 'POST',
    path: '/data/uploads',
    scope,
    tag,
    headers,
    summary: 'Record a file that will come in pieces',
    body: UploadCreation,
    responses: { 201: { description: 'The upload', body: Upload } },
  },
  getUpload: {
    method: 'GET',
    path: '/data/uploads/{uploadId}',
    scope,
    tag,
    headers,
    summary: 'Read an upload',
    params: UploadParams,
    responses: { 200: { description: 'The upload', body: Upload } },
  },
  beginWrite: {
    method: 'POST',
    path: '/data/uploads/{uploadId}/writers',
    scope,
    tag,
    headers,
    summary: 'Become the one who may add bytes; whoever could before is refused from now on',
    params: UploadParams,
    body: WriteStart,
    responses: {
      200: {
        description: 'The upload, and the number that pieces are to name',
        body: z.object({ upload: Upload, writer: z.int().positive() }),
      },
    },
  },
  appendPieces: {
    method: 'POST',
    path: '/data/uploads/{uploadId}/pieces',
    scope,
    tag,
    headers,
    summary: 'Add stored bytes; the last ones make the asset, unless the upload is held',
    params: UploadParams,
    body: Pieces,
    responses: { 200: { description: 'The upload', body: Upload } },
  },
  deleteUpload: {
    method: 'DELETE',
    path: '/data/uploads/{uploadId}',
    scope,
    tag,
    headers,
    summary: 'Forget an upload and what came of it',
    params: UploadParams,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
  },
} as const satisfies Endpoints;
