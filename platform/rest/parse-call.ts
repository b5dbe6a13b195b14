import type { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Endpoint } from '#contracts/rest/endpoint.ts';
import { issueMessage } from './issue-message.ts';

/** Zod's message where a schema has none of its own. */
const UNSAID = 'Invalid input';

/** The parts of a call as they came in: nothing of them is believed yet. */
export interface RawCall {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
}

/** The same parts as the endpoint's schemas made them; undefined where it declares none. */
export interface ParsedCall {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
  json: unknown;
}

/**
 * Parses every part of a call by the endpoint's schemas.
 *
 * @throws MaquetteError `invalid_request`, with one entry for each invalid field
 */
export function parseCall(endpoint: Endpoint, raw: RawCall): ParsedCall {
  const findings: Finding[] = [];
  const body = typeof endpoint.body === 'object' ? endpoint.body : undefined;
  const parsed = {
    params: parsePart(endpoint.params, 'params', raw.params, findings),
    query: parsePart(endpoint.query, 'query', raw.query, findings),
    headers: parsePart(endpoint.headers, 'headers', raw.headers, findings),
    body: parsePart(body, 'body', raw.body, findings),
    json: raw.body === undefined ? undefined : parsePart(endpoint.json, 'body', raw.body, findings),
  };
  if (findings.length > 0) throw invalidRequest(findings, endpoint);
  return parsed;
}

/** What is wrong with one field. */
export interface Finding {
  pointer: string;
  message: string;
}

function parsePart(schema: z.ZodType | undefined, part: string, value: unknown, findings: Finding[]): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value, { error: issueMessage });
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues.flatMap(innermost)) {
    findings.push({ pointer: `/${[part, ...path].join('/')}`, message });
  }
  return undefined;
}

/**
 * What is wrong with a value that can be one of several things: the findings of that which it comes nearest to, where that
 * is clear from how far in the first of them lies; else what the schema says of them all, if it says anything.
 */
function innermost(issue: Pick<z.core.$ZodIssue, 'path' | 'message'>): { path: PropertyKey[]; message: string }[] {
  const { path, message } = issue;
  const choices = 'errors' in issue ? (issue.errors as z.core.$ZodIssue[][]) : [];
  const depth = (choice: z.core.$ZodIssue[]) => Math.min(...choice.map((one) => one.path.length));
  const nearness = (a: z.core.$ZodIssue[], b: z.core.$ZodIssue[]) => depth(b) - depth(a) || a.length - b.length;
  const [nearest, next] = choices.toSorted(nearness);
  if (nearest === undefined || nearest.length === 0 || depth(nearest) === 0) return [{ path, message }];
  if (next !== undefined && nearness(nearest, next) === 0 && message !== UNSAID) return [{ path, message }];
  return nearest.flatMap(innermost).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
}

/** Fields of a request that are not valid, each by its place in it: `/body/name`, `/query/limit`. */
export function invalidRequest(findings: Finding[], endpoint: Pick<Endpoint, 'method' | 'path'>): MaquetteError {
  const list = findings.map(({ pointer, message }) => `${pointer}: ${message}`).join('; ');
  return new MaquetteError('invalid_request', `${endpoint.method} ${endpoint.path}: ${list}`, {
    errors: findings,
    remedy: 'Correct the fields that are named in `errors`.',
  });
}
