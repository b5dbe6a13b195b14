import fc from 'fast-check';
import type { Operation } from './operations.ts';
import { arbitraryOf, recordOf, type Schema } from './schema-arbitrary.ts';

/** A request before the ids of things that exist are put in. */
export interface FuzzRequest {
  operation: Operation;
  /** What was made wrong; nothing in a request that is valid by the document. */
  mutation: string | undefined;
  path: Record<string, string>;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: FuzzBody;
}

/** What a request carries. */
export type FuzzBody =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; fields: Record<string, unknown>; file: string }
  | { kind: 'raw'; contentType: string; text: string };

/** Values that programs stumble over. */
const AWKWARD: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  [],
  {},
  [[[[[[[[]]]]]]]],
  '\u0000',
  '\ud800',
  '﷽'.repeat(40),
  'a'.repeat(5000),
  '../../etc/passwd',
  "'; drop table assets; --",
  '%s%n%x',
  '<script>',
  'NaN',
  '0x10',
  '1e3',
  '-0',
  { __proto__: null, constructor: 1 },
  'ast_',
  'undefined',
];
const AWKWARD_TEXT = AWKWARD.filter((value): value is string => typeof value === 'string');
/** Waiting is for others: no request of the fuzz waits longer than a second for work. */
const PREFER = fc.constantFrom('wait=0', 'wait=1', 'respond-async');

/** Requests of one operation: valid ones, and as many with one thing wrong. */
export function requestsOf(operation: Operation, document: Schema): fc.Arbitrary<FuzzRequest> {
  const valid = validRequest(operation, document);
  const choice = fc.nat(2 ** 30);
  const invalid = fc
    .tuple(valid, fc.constantFrom(...MUTATIONS), choice, fc.constantFrom(...AWKWARD))
    .map(([request, [name, mutate], at, value]) => ({ ...mutate(request, at, value), mutation: name }));
  return fc.oneof(valid, invalid);
}

function validRequest(operation: Operation, document: Schema): fc.Arbitrary<FuzzRequest> {
  const inPlace = (place: string) => {
    const wanted = operation.parameters.filter((parameter) => parameter.in === place);
    const fields = wanted.map(({ name, schema }): [string, fc.Arbitrary<string>] => [
      name,
      name === 'Prefer' ? PREFER : arbitraryOf(schema, document).map(textOf),
    ]);
    return recordOf(
      Object.fromEntries(fields),
      wanted.filter(({ required }) => required).map(({ name }) => name),
    );
  };
  return fc
    .record({
      path: inPlace('path'),
      query: inPlace('query'),
      headers: inPlace('header'),
      body: bodyOf(operation, document),
    })
    .map((parts) => ({ operation, mutation: undefined, ...parts }) as FuzzRequest);
}

function bodyOf({ body }: Operation, document: Schema): fc.Arbitrary<FuzzBody> {
  const kinds = Object.entries(body).map(([contentType, { schema }]): fc.Arbitrary<FuzzBody> => {
    if (contentType === 'application/json')
      return arbitraryOf(schema, document).map((value) => ({ kind: 'json', value }));
    const text = fc.constantFrom('cube', 'not a model', '');
    if (contentType !== 'multipart/form-data') return text.map((file) => ({ kind: 'raw', contentType, text: file }));
    const form =
      schema.$ref === undefined
        ? schema
        : ((document.components as Schema).schemas as Schema)[(schema.$ref as string).split('/').at(-1) as string];
    const { properties, required } = form as { properties: Record<string, Schema>; required?: string[] };
    const fields = Object.entries(properties).filter(([name]) => name !== 'file');
    const others = fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field, document)])), {
      requiredKeys: (required ?? []).filter((name) => name !== 'file'),
    });
    return fc.tuple(others, text).map(([given, file]) => ({ kind: 'form', fields: given, file }));
  });
  return kinds.length === 0 ? fc.constant({ kind: 'none' }) : fc.oneof(...kinds);
}

/** A value as it stands in a query: commas between the items of a list, structures as JSON. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Mutation = (request: FuzzRequest, at: number, value: unknown) => FuzzRequest;
type Texts = 'path' | 'query' | 'headers';

/** One text of a request in place of another; or one more, where there is none. */
const replaceText =
  (part: Texts): Mutation =>
  (request, at, value) => {
    const names = Object.keys(request[part]);
    const name = names[at % Math.max(1, names.length)] ?? (part === 'headers' ? 'If-Match' : 'unknown');
    const text = AWKWARD_TEXT[at % AWKWARD_TEXT.length] as string;
    // An empty part would be another path.
    const given = typeof value === 'string' ? value : text;
    return { ...request, [part]: { ...request[part], [name]: part === 'path' && given === '' ? ' ' : given } };
  };

const changeBody =
  (change: (holder: Record<string, unknown>, name: string, value: unknown) => void): Mutation =>
  (request, at, value) => {
    if (request.body.kind !== 'json') return replaceText('query')(request, at, value);
    const body = structuredClone(request.body);
    const holders = objectsIn(body.value);
    const holder = holders[at % Math.max(1, holders.length)];
    if (holder === undefined) return { ...request, body: { kind: 'json', value } };
    const names = Object.keys(holder);
    change(holder, names[at % Math.max(1, names.length)] ?? 'unknown', value);
    return { ...request, body };
  };

const MUTATIONS: readonly [string, Mutation][] = [
  ['path', replaceText('path')],
  ['query', replaceText('query')],
  ['header', replaceText('headers')],
  ['unknown query', (request) => ({ ...request, query: { ...request.query, unknown: '1' } })],
  ['value', changeBody((holder, name, value) => (holder[name] = value))],
  ['missing', changeBody((holder, name) => delete holder[name])],
  ['unknown field', changeBody((holder, _, value) => (holder.unknown = value))],
  ['whole body', (request, _, value) => ({ ...request, body: { kind: 'json', value } })],
  [
    'broken JSON',
    (request) => ({ ...request, body: { kind: 'raw', contentType: 'application/json', text: '{"a":[' } }),
  ],
  [
    'deep JSON',
    (request) => ({ ...request, body: { kind: 'raw', contentType: 'application/json', text: '['.repeat(50_000) } }),
  ],
  ['content type', (request) => ({ ...request, body: { kind: 'raw', contentType: 'text/html', text: '<p>' } })],
  ['no body', (request) => ({ ...request, body: { kind: 'none' } })],
  [
    'broken form',
    (request) => ({
      ...request,
      body: { kind: 'raw', contentType: 'multipart/form-data; boundary=x', text: '--x\r\nnothing' },
    }),
  ],
];

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (value === null || typeof value !== 'object') return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}
