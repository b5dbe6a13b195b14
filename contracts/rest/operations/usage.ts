import { ReadHeaders } from '../conditional-headers.ts';
import { exampleUsage } from '../examples.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import { Usage, UsageQuery } from '../resources/usage.ts';

/** What organisations use. */
export const USAGE_OPERATIONS = {
  getUsage: {
    method: 'GET',
    path: '/v1/usage',
    scope: 'authenticated',
    tag: 'Service',
    summary: 'What the organisation uses',
    description:
      'What is stored, the seconds of renders of this month and the jobs of this moment, each with its limit, and what was used on each of the last days. ' +
      'What is over a limit is refused with `quota_exceeded`; jobs over `jobsRunning` wait.',
    query: UsageQuery,
    headers: ReadHeaders,
    responses: { 200: { description: 'The usage', body: Usage } },
    errors: [],
    example: { answer: exampleUsage },
  },
} as const satisfies PublicEndpoints;
