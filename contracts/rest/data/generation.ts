import { z } from 'zod';
import type { Endpoints } from '../endpoint.ts';

/** The state of the database as a whole, of no organisation. */
export const GENERATION_DATA_OPERATIONS = {
  getGeneration: {
    scope: 'internal',
    tag: 'data',
    method: 'GET',
    path: '/data/generation',
    summary: 'Name the state that reads from now on find: the same name, and nothing has changed in between',
    responses: { 200: { description: 'The state', body: z.object({ generation: z.string().min(1) }) } },
  },
} as const satisfies Endpoints;
