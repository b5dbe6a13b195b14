import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { Endpoints } from '../endpoint.ts';
import { PageQuery, pageOf } from '../page.ts';
import { Share, SharePassword } from '../resources/share.ts';
import { IfMatchQuery } from './if-match.ts';
import { TenantHeaders } from './tenant-headers.ts';

/** A share without its link, which the gateway signs. */
export const KeptShare = Share.omit({ url: true });
export type KeptShare = z.infer<typeof KeptShare>;

const scope = 'internal';
const tag = 'data';
const headers = TenantHeaders;
const params = z.object({ shareId: idSchema('share') });

/** Operations of the data service on shares. */
export const SHARE_DATA_OPERATIONS = {
  createShare: {
    method: 'POST',
    path: '/data/assets/{assetId}/shares',
    scope,
    tag,
    headers,
    summary: 'Record a share of an asset',
    params: z.object({ assetId: idSchema('asset') }),
    body: z.object({
      name: z.string(),
      expiresAt: z.iso.datetime({ offset: true }).optional(),
      password: SharePassword.optional(),
    }),
    responses: { 201: { description: 'The share', body: KeptShare } },
  },
  getShare: {
    method: 'GET',
    path: '/data/shares/{shareId}',
    scope,
    tag,
    headers,
    summary: 'Read a share',
    params,
    responses: { 200: { description: 'The share', body: KeptShare } },
  },
  checkSharePassword: {
    method: 'POST',
    path: '/data/shares/{shareId}/password',
    scope,
    tag,
    headers,
    summary: 'Tell whether a password is that of a share',
    params,
    body: z.object({ password: z.string().max(1000) }),
    responses: { 200: { description: 'Whether it is', body: z.object({ right: z.boolean() }) } },
  },
  listShares: {
    method: 'GET',
    path: '/data/shares',
    scope,
    tag,
    headers,
    summary: 'List shares, newest first',
    query: PageQuery.extend({ assetId: idSchema('asset').optional() }),
    responses: { 200: { description: 'A page', body: pageOf(KeptShare) } },
  },
  revokeShare: {
    method: 'DELETE',
    path: '/data/shares/{shareId}',
    scope,
    tag,
    headers,
    query: IfMatchQuery,
    summary: 'Revoke a share',
    params,
    responses: { 204: { description: 'It is revoked', body: 'empty' } },
  },
} as const satisfies Endpoints;
