import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '#contracts/errors/codes.ts';

/** What the parent tells a sandboxed process. */
export type ParentMessage = { type: 'run'; id: number; input: unknown } | { type: 'cancel'; id: number };

/** The serialised form of a `MaquetteError`, from a process that is not trusted. */
const ErrorMessage = z.strictObject({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string().max(20_000),
  fault: z.enum(['input', 'system']),
  remedy: z.string().max(4_000).optional(),
  where: z.string().max(4_000).optional(),
  errors: z
    .array(z.strictObject({ pointer: z.string().max(4_000), message: z.string().max(4_000) }))
    .max(1_000)
    .optional(),
});

/** What a sandboxed process may say. It runs untrusted bytes, so everything it says is parsed. */
export const ChildMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('started'), id: z.int() }),
  z.strictObject({
    type: z.literal('progress'),
    id: z.int(),
    share: z.number().min(0).max(1),
    stage: z.string().max(100),
  }),
  z.strictObject({ type: z.literal('picture'), id: z.int(), base64: z.string(), about: z.unknown() }),
  z.strictObject({ type: z.literal('done'), id: z.int(), output: z.unknown() }),
  z.strictObject({ type: z.literal('failed'), id: z.int(), error: ErrorMessage }),
]);

export type ChildMessage = z.infer<typeof ChildMessage>;
