import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';

/** The body of every error answer: a problem document (RFC 9457) with a code from a closed set. */
export const Problem = z.object({
  type: z.string().describe('Where the server explains the code: `/docs/errors#` and the code'),
  title: z.string().describe('What the code means, the same for each occurrence'),
  status: z.int().describe('The HTTP status'),
  detail: z.string().describe('What went wrong this time, with its figures and names'),
  instance: z.string().describe('The path that was asked for'),
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  fault: z.enum(['input', 'system']).describe('Whether the caller or the operator can do something about it'),
  remedy: z.string().optional().describe('What to do'),
  requestId: z.string().describe('The same as the `X-Request-Id` header; names the request in the logs'),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).describe('Single findings, e.g. per field'),
});

export type Problem = z.infer<typeof Problem>;
