import { z } from 'zod';

/** Schema of a SHA-256 in lower-case hexadecimal: the name of a blob. */
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'give 64 hexadecimal digits, in lower case')
  .transform((text) => text as Sha256);

/** A SHA-256 in lower-case hexadecimal: the name of a blob. */
export type Sha256 = string & { readonly __brand?: 'Sha256' };
