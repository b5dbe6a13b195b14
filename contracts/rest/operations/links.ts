import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { examplePage } from '../examples.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { PageQuery, pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Link, LinkInput, Share, ShareInput } from '../resources/share.ts';
import { exampleLink, exampleShare } from '../upload-examples.ts';

export const SharePage = pageOf(Share);

const tag = 'Links';
const share = z.object({ shareId: idSchema('share') });

/** Links that need no key. */
export const LINK_OPERATIONS = {
  createLink: {
    method: 'POST',
    path: '/v1/links',
    scope: 'assets:write',
    tag,
    summary: 'Sign a link',
    description:
      'A link to one download or picture by URL, good for whoever has it, until it expires. Nothing is kept of it: it cannot be revoked by itself, only with its key (`MAQUETTE_LINK_KEYS`). What can be revoked is a share.',
    body: LinkInput,
    responses: { 201: { description: 'The link', body: Link } },
    errors: ['not_found'],
    example: {
      body: { path: '/v1/assets/ast_01kb2v4t9wf6x8q3m5n7p0r2s6/model.glb', expiresInSeconds: 3600 },
      answer: exampleLink,
    },
  },
  createShare: {
    method: 'POST',
    path: '/v1/assets/{assetId}/shares',
    scope: 'assets:write',
    tag,
    summary: 'Share an asset',
    description:
      'A link under which anybody may read the asset, its files, its normalised model and its derivatives, until it is revoked or expires; with a password, whoever knows that too. New pictures and other formats are not made for it.',
    params: z.object({ assetId: idSchema('asset') }),
    headers: IdempotencyHeaders,
    body: ShareInput,
    responses: { 201: { description: 'The share', body: Share } },
    answerHeaders: { Location: 'Where the share is' },
    errors: ['not_found'],
    example: { body: { name: 'For the client' }, answer: exampleShare },
  },
  listShares: {
    method: 'GET',
    path: '/v1/shares',
    scope: 'assets:write',
    tag,
    summary: 'List shares',
    description: 'Newest first, those that were revoked or have expired included.',
    query: PageQuery.extend({ assetId: idSchema('asset').optional() }),
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of shares', body: SharePage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleShare) },
  },
  getShare: {
    method: 'GET',
    path: '/v1/shares/{shareId}',
    scope: 'assets:write',
    tag,
    summary: 'Read a share',
    description: 'With its link, also when it was revoked or has expired.',
    params: share,
    headers: ReadHeaders,
    responses: { 200: { description: 'The share', body: Share } },
    errors: ['not_found'],
    example: { answer: exampleShare },
  },
  revokeShare: {
    method: 'DELETE',
    path: '/v1/shares/{shareId}',
    scope: 'assets:write',
    tag,
    summary: 'Revoke a share',
    description: 'Its link is good no more, at once. It stays in the list.',
    params: share,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is revoked', body: 'empty' } },
    errors: ['not_found'],
  },
} as const satisfies PublicEndpoints;
