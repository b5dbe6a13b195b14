import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { SourceFile } from '../../jobs/blob-reference.ts';
import type { Endpoints } from '../endpoint.ts';
import { AssetFilter } from '../filters.ts';
import { PageQuery, pageOf } from '../page.ts';
import { Priority } from '../priority.ts';
import { Asset, AssetChange, AssetFile, AssetVersion } from '../resources/asset.ts';
import { nameSchema } from '../resources/name.ts';
import { RevisionQuery, TenantHeaders } from './tenant-headers.ts';

const AssetParams = z.object({ assetId: idSchema('asset') });

/** An upload whose bytes are stored. */
const AssetCreation = z.object({
  projectId: idSchema('project').optional().describe('The first project of the organisation without it'),
  name: nameSchema(300),
  files: z.array(SourceFile).min(1),
  priority: Priority,
});
/** A further version of an asset whose bytes are stored. */
const VersionCreation = z.object({ files: z.array(SourceFile).min(1), priority: Priority });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Assets, their versions and files in the data service's own REST API. */
export const ASSET_DATA_OPERATIONS = {
  createAsset: {
    ...shared,
    method: 'POST',
    path: '/data/assets',
    summary: 'Record an uploaded model, its first version, its job and `model_uploaded`',
    body: AssetCreation,
    responses: { 201: { description: 'The asset', body: Asset } },
  },
  createVersion: {
    ...shared,
    method: 'POST',
    path: '/data/assets/{assetId}/versions',
    summary: 'Record a further version',
    params: AssetParams,
    body: VersionCreation,
    responses: { 201: { description: 'The asset', body: Asset } },
  },
  listAssets: {
    ...shared,
    method: 'GET',
    path: '/data/assets',
    summary: 'List assets, newest first',
    query: AssetFilter,
    responses: { 200: { description: 'A page', body: pageOf(Asset) } },
  },
  getAsset: {
    ...shared,
    method: 'GET',
    path: '/data/assets/{assetId}',
    summary: 'Read an asset',
    params: AssetParams,
    responses: { 200: { description: 'The asset', body: Asset } },
  },
  updateAsset: {
    ...shared,
    method: 'PATCH',
    path: '/data/assets/{assetId}',
    summary: 'Change an asset',
    params: AssetParams,
    query: RevisionQuery,
    body: AssetChange,
    responses: { 200: { description: 'The asset', body: Asset } },
  },
  deleteAsset: {
    ...shared,
    method: 'DELETE',
    path: '/data/assets/{assetId}',
    summary: 'Delete an asset, its versions and derivatives; cancels its jobs; `asset_deleted`',
    params: AssetParams,
    query: RevisionQuery,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  listVersions: {
    ...shared,
    method: 'GET',
    path: '/data/assets/{assetId}/versions',
    summary: 'List versions, newest first',
    params: AssetParams,
    query: PageQuery,
    responses: { 200: { description: 'A page', body: pageOf(AssetVersion) } },
  },
  listFiles: {
    ...shared,
    method: 'GET',
    path: '/data/assets/{assetId}/files',
    summary: 'Files of a version: originals and the GLB',
    params: AssetParams,
    query: z.object({ version: z.coerce.number().int().positive().optional() }),
    responses: { 200: { description: 'The files', body: z.object({ data: z.array(AssetFile) }) } },
  },
} as const satisfies Endpoints;
