import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { issueMessage } from '#platform/rest/issue-message.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 200;

/** A field of protobuf where the empty text means none. */
export const optional = <S extends z.ZodType>(schema: S) => z.union([z.literal('').transform(() => undefined), schema]);

/** What a change builds on. */
export const ifMatch = optional(z.string().max(2000));

/** Fields of a request for a page of a list. */
export const PageFields = {
  limit: z
    .int()
    .min(0)
    .max(LARGEST_PAGE)
    .transform((limit) => limit || DEFAULT_PAGE),
  cursor: optional(z.string().max(500)),
};

/** A request, checked. @throws MaquetteError `invalid_request` that names fields and rules, and repeats no value */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: issueMessage });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message }));
  const list = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  throw new MaquetteError('invalid_request', list, { errors });
}

/** An answer that is a document of the public API. */
export const document = (value: unknown) => ({ json: JSON.stringify(value) });

/** A page of such documents. */
export const documents = (page: { data: unknown[]; nextCursor: string | null }) => ({
  json: page.data.map((value) => JSON.stringify(value)),
  nextCursor: page.nextCursor ?? '',
});
