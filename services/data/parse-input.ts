import type { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { invalid } from './errors.ts';

/** Parses what came over gRPC. @throws MaquetteError `invalid_request`, with one entry for each invalid field */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message }));
  const list = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  throw new MaquetteError('invalid_request', `${where}: ${list}`, { errors });
}

/** @throws MaquetteError `invalid_request` */
export function parseJson(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`/${field}`, 'is not JSON', 'Send a JSON document as its text.');
  }
}
