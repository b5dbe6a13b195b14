import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { BlobReference } from '../../jobs/blob-reference.ts';
import type { Endpoints } from '../endpoint.ts';
import { RenderFilter } from '../filters.ts';
import { pageOf } from '../page.ts';
import { Render } from '../resources/render.ts';
import { TenantHeaders } from './tenant-headers.ts';

const RenderParams = z.object({ renderId: idSchema('render') });

const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Renders in the data service's own REST API. */
export const RENDER_DATA_OPERATIONS = {
  listRenders: {
    ...shared,
    method: 'GET',
    path: '/data/renders',
    summary: 'List renders, newest first',
    query: RenderFilter,
    responses: { 200: { description: 'A page', body: pageOf(Render) } },
  },
  getRender: {
    ...shared,
    method: 'GET',
    path: '/data/renders/{renderId}',
    summary: 'Read a render',
    params: RenderParams,
    responses: { 200: { description: 'The render', body: Render } },
  },
  getRenderPicture: {
    ...shared,
    method: 'GET',
    path: '/data/renders/{renderId}/picture',
    summary: 'The blob of the final picture of a render, or of the newest in the making',
    params: RenderParams,
    responses: {
      200: { description: 'The blob', body: BlobReference.extend({ contentType: z.string() }) },
    },
  },
} as const satisfies Endpoints;
