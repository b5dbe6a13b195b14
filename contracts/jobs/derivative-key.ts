import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { Sha256 } from '../ids/sha256.ts';

/**
 * Version of everything that can change the bytes of a derivative. Raise it with each change of the engine that
 * changes pictures or models; cached derivatives of older versions are then made anew when asked for.
 */
export const ENGINE_VERSION = '2';

/**
 * The name of a derivative: the SHA-256 of (input blob, operation, parameters, engine version). Asked twice, made once.
 * Parameters are compared by value: the order of their keys does not matter.
 */
export function derivativeKey(input: Sha256, operation: string, parameters: unknown): Sha256 {
  const text = canonicalJson([input, operation, parameters, ENGINE_VERSION]);
  return createHash('sha256').update(text).digest('hex');
}

/**
 * The name of what a render makes. An uploaded environment counts by its content, not by its id.
 *
 * @param environment SHA-256 of the environment that the request names by id
 */
export function renderKey(
  glb: Sha256,
  operation: string,
  request: { environment: string },
  environment: Sha256 | undefined,
): Sha256 {
  return derivativeKey(glb, operation, environment === undefined ? request : { ...request, environment });
}
