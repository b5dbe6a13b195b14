import { z } from 'zod';

/** Headers of a read that can be answered with 304. */
export const ReadHeaders = z.object({
  'if-none-match': z
    .string()
    .max(2000)
    .optional()
    .describe('ETags that the caller has; answers 304 when one of them is current'),
});

/** Headers of a change that can be refused with 412. */
export const ChangeHeaders = z.object({
  'if-match': z
    .string()
    .max(2000)
    .optional()
    .describe('The ETag that the change builds on; answers 412 when the resource has another'),
});

/** Headers of a download. */
export const DownloadHeaders = ReadHeaders.extend({
  range: z
    .string()
    .max(2000)
    .optional()
    .describe('Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`'),
  'if-range': z.string().max(200).optional().describe('The ETag that the range belongs to; another one answers 200'),
});

/** Headers of a request for long work. */
export const PreferHeaders = z.object({
  prefer: z
    .string()
    .max(200)
    .optional()
    .describe('`wait=N`: wait up to N seconds (60 at most) for the end of the work (RFC 7240)'),
});
