import { isKeyScope, needOf, rolesWith } from '../access/policy.ts';
import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import { errorType } from '../errors/error-page.ts';
import type { Endpoint } from './endpoint.ts';
import { exampleEvent } from './examples.ts';
import { IDEMPOTENCY_HOURS } from './idempotency.ts';
import { OpenApiSchemas } from './openapi-schemas.ts';
import type { PublicEndpoint, PublicEndpoints } from './public-endpoint.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 cannot type the items of a stream; this at least says what each `data` field holds. */
const EVENT_STREAM = {
  type: 'string',
  description: 'Server-sent events. The `data` of each is an event as one line of JSON.',
  contentMediaType: 'application/json',
  contentSchema: { $ref: '#/components/schemas/Event' },
};

/** The beginning of a stream: its position, an event, and a sign of life. */
const EXAMPLE_STREAM = [
  'retry: 2000\nid: 41\n',
  `id: 42\nevent: asset_deleted\ndata: ${JSON.stringify(exampleEvent)}\n`,
  ': heartbeat\n\n',
].join('\n');

/** Headers of operations whose requests are counted. */
const RATE_HEADERS = {
  'RateLimit-Policy': 'The class that the request counts for, its quota (`q`) and window in seconds (`w`)',
  RateLimit: 'What is left of it (`r`), and the seconds until it is whole again (`t`)',
};

const TAG = 'What was read, for `If-None-Match`; of a resource also for `If-Match` of a change';

/** Headers that go with an error, by its status. */
const ERROR_HEADERS: Record<number, string> = { 401: 'WWW-Authenticate', 429: 'Retry-After', 503: 'Retry-After' };
const HEADERS = {
  'Retry-After': 'Seconds after which the same may succeed',
  'WWW-Authenticate': 'How to say who asks: `Bearer`, and of a share with a password `Basic`',
};

/** What the operation of an endpoint with a scope can always answer with. */
const COMMON_ERRORS: readonly ErrorCode[] = ['invalid_request', 'internal', 'unavailable'];
const KEY_ERRORS: readonly ErrorCode[] = ['unauthenticated', 'forbidden', 'rate_limited'];

/** Groups of operations, in the order in which they are shown. */
export const API_TAGS = [
  { name: 'Assets', description: 'Models: upload, read, change, delete.' },
  {
    name: 'Uploads',
    description: 'Large files: by the resumable upload protocol tus 1.0.0, or in parts straight to the storage.',
  },
  { name: 'Links', description: 'Signed links, and shares that can be revoked: downloads without a key.' },
  { name: 'Downloads', description: 'Bytes: originals, normalised models, pictures.' },
  {
    name: 'Operations',
    description: 'Recipes: models made smaller, lighter or otherwise, and measured against their source.',
  },
  { name: 'Renders', description: 'Pictures made on request.' },
  { name: 'Environments', description: 'Pictures of all directions that light models.' },
  { name: 'Validation profiles', description: 'Limits that models are judged by.' },
  { name: 'Jobs', description: 'Long work: state, progress, cancel.' },
  { name: 'Events', description: 'What happens, as it happens.' },
  { name: 'Webhooks', description: 'Endpoints that are told of events, signed after Standard Webhooks.' },
  { name: 'Projects', description: 'Groups of assets.' },
  { name: 'Sign-in', description: 'People: passwords, sessions, invitations.' },
  { name: 'Organisations', description: 'Organisations, their members and invitations.' },
  { name: 'API keys', description: 'Keys and their scopes.' },
  { name: 'Service', description: 'The server itself.' },
];

const INTRODUCTION = [
  'Upload a 3D model; it is validated, normalised to glTF, measured, rendered and announced.',
  '',
  'Send an API key as `Authorization: Bearer mq_live_…`; one of the form `mq_test_…` works on data for tests alone. Times are RFC 3339 in UTC, lengths metres, angles degrees. ' +
    'Errors are problem documents (RFC 9457) with a `code` from a [closed set](/docs/errors), whose `fault` it is, and a `remedy`.',
  '',
  'Lists answer `{ data, nextCursor }`; pass `nextCursor` back as `cursor`, or follow the `Link` header. ' +
    'Resources carry an `ETag`: send it as `If-None-Match` to read again (304 when nothing changed), as `If-Match` to change only what you saw (412 otherwise).',
  '',
  `Send an \`Idempotency-Key\` of your own, a UUID for one, with a POST: repeated with the same key within ${IDEMPOTENCY_HOURS} hours it has its effect once and gets the first answer. What failed can be repeated with the same key. A POST that does not name the header keeps nothing, such as one that signs a link, or concerns passwords and sessions.`,
].join('\n');

/**
 * The OpenAPI 3.1 document of an API, made of its endpoint table.
 *
 * @param api operations by operation id.
 * @param version version of the server, for `info.version`.
 */
export function openApiDocument(api: PublicEndpoints, version: string): Json {
  const schemas = new OpenApiSchemas(Object.values(api));
  const paths: Record<string, Json> = {};
  for (const [operationId, endpoint] of Object.entries(api)) {
    const path = paths[endpoint.path] ?? {};
    path[endpoint.method.toLowerCase()] = operation(operationId, endpoint, schemas);
    paths[endpoint.path] = path;
  }
  const used = new Set(Object.values(api).map(({ tag }) => tag));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Maquette',
      version,
      summary: 'The self-hosted 3D API',
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: securityOf('GET'),
    tags: API_TAGS.filter(({ name }) => used.has(name)),
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'mq_live_…',
          description:
            'An API key, or an access token made of one or of a session. Each operation names the scope that it must hold.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'maquette',
          description:
            'The cookie of somebody who is signed in, from pages of the server itself; its name is `__Host-maquette` over TLS.',
        },
        csrfToken: {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF-Token',
          description: 'Goes with the cookie in all that changes something: `csrfToken` of `GET /v1/auth/session`.',
        },
      },
      schemas: schemas.components,
      examples: errorExamples(Object.values(api)),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
      ),
    },
  };
}

function operation(operationId: string, endpoint: PublicEndpoint, schemas: OpenApiSchemas): Json {
  const { scope } = endpoint;
  return {
    operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: `${endpoint.description}\n\n${needOf(scope)}`,
    ...(scope === 'public' ? { security: [] } : { security: securityOf(endpoint.method), 'x-scope': scope }),
    ...(isKeyScope(scope) && { 'x-roles': rolesWith(scope) }),
    ...parameters(endpoint, schemas),
    ...requestBody(endpoint, schemas),
    responses: { ...answers(endpoint, schemas), ...errorAnswers(endpoint) },
  };
}

/** What a request of somebody known may bear: a key, or the cookie of a session, with its token where it changes something. */
function securityOf(method: Endpoint['method']): Json[] {
  return [{ apiKey: [] }, method === 'GET' ? { session: [] } : { session: [], csrfToken: [] }];
}

function parameters({ params, query, headers }: Endpoint, schemas: OpenApiSchemas): Json {
  const list = [
    ...(params ? parametersIn('path', schemas.of(params)) : []),
    ...(query ? parametersIn('query', schemas.of(query)) : []),
    ...(headers ? parametersIn('header', schemas.of(headers)) : []),
  ];
  return list.length > 0 ? { parameters: list } : {};
}

function parametersIn(place: 'path' | 'query' | 'header', schema: Json): Json[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, example, ...rest } = property;
    return {
      name: place === 'header' ? headerName(name) : name,
      in: place,
      // A default makes a field optional on its way in, whatever `required` says.
      required: place === 'path' || (required.includes(name) && !('default' in rest)),
      ...(description !== undefined && { description }),
      ...(example !== undefined && { example }),
      schema: rest,
    };
  });
}

function headerName(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function requestBody(endpoint: PublicEndpoint, schemas: OpenApiSchemas): Json {
  if (endpoint.body === undefined) return {};
  if (endpoint.body === 'stream') {
    const types = (endpoint.consumes ?? []).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
    return { requestBody: { content: Object.fromEntries(types) } };
  }
  if (endpoint.body !== 'multipart') {
    const content = { schema: schemas.of(endpoint.body), ...exampleOf(endpoint.example?.body) };
    return { requestBody: { required: true, content: { 'application/json': content } } };
  }
  const raw = (endpoint.upload?.raw ?? []).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
  const form = endpoint.upload
    ? { 'multipart/form-data': { schema: schemas.of(endpoint.upload.form), example: endpoint.upload.example } }
    : {};
  const json = endpoint.json
    ? { 'application/json': { schema: schemas.of(endpoint.json), ...exampleOf(endpoint.example?.body) } }
    : {};
  return { requestBody: { required: true, content: { ...form, ...json, ...Object.fromEntries(raw) } } };
}

function answers(endpoint: PublicEndpoint, schemas: OpenApiSchemas): Json {
  const headers = headersOf(endpoint);
  // The example shows the first status of the table; the others have bodies of their own.
  const [shown] = Object.keys(endpoint.responses).sort((a, b) => Number(a) - Number(b));
  const exampleStatus = endpoint.responses[202] ? '202' : shown;
  const entries = Object.entries(endpoint.responses).map(([status, { description, body }]) => {
    const { answer, others } = endpoint.example ?? {};
    const example = exampleOf(status === exampleStatus ? answer : others?.[Number(status)]);
    return [status, { description, headers, ...content(body, endpoint, schemas, example) }];
  });
  if (endpoint.headers && 'if-none-match' in endpoint.headers.shape) {
    entries.push(['304', { description: 'The caller has it already', headers }]);
  }
  return Object.fromEntries(entries);
}

function content(
  body: Endpoint['responses'][number]['body'],
  endpoint: PublicEndpoint,
  schemas: OpenApiSchemas,
  example: Json,
): Json {
  if (body === 'empty') return {};
  if (body === 'bytes') {
    const types = endpoint.produces ?? ['application/octet-stream'];
    return {
      content: Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
    };
  }
  if (body === 'events') return { content: { 'text/event-stream': { schema: EVENT_STREAM, example: EXAMPLE_STREAM } } };
  return { content: { 'application/json': { schema: schemas.of(body), ...example } } };
}

function headersOf(endpoint: PublicEndpoint): Json {
  const all = {
    'X-Request-Id': 'Names the request in the logs; the one that was sent, if any',
    ...(endpoint.scope !== 'public' && RATE_HEADERS),
    ...(sendsTag(endpoint) && { ETag: TAG }),
    ...endpoint.answerHeaders,
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

/** Whether its answers have an ETag: what is read has one, and so has what a change answers with. */
function sendsTag({ headers, responses }: PublicEndpoint): boolean {
  const names = Object.keys(headers?.shape ?? {});
  const shows = Object.values(responses).some(({ body }) => body !== 'empty');
  return shows && (names.includes('if-none-match') || names.includes('if-match'));
}

/** Every code that an operation can answer with. */
function errorsOf(endpoint: PublicEndpoint): Set<ErrorCode> {
  const codes = new Set([...endpoint.errors, ...COMMON_ERRORS, ...(endpoint.scope === 'public' ? [] : KEY_ERRORS)]);
  if (endpoint.headers && 'idempotency-key' in endpoint.headers.shape) codes.add('idempotency_key_conflict');
  if (endpoint.headers && 'if-match' in endpoint.headers.shape) codes.add('precondition_failed');
  return codes;
}

/** Error answers by status; several codes can share one. */
function errorAnswers(endpoint: PublicEndpoint): Json {
  const codes = errorsOf(endpoint);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}`).join('\n\n'),
        ...headersOfError(status),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(list.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]);
  return Object.fromEntries(entries);
}

function headersOfError(status: number): Json {
  const name = ERROR_HEADERS[status];
  return name === undefined ? {} : { headers: { [name]: { $ref: `#/components/headers/${name}` } } };
}

function exampleOf(example: unknown): Json {
  return example === undefined ? {} : { example };
}

/** A problem document of each code that an endpoint can answer with. */
function errorExamples(endpoints: PublicEndpoint[]): Json {
  const codes = [...new Set(endpoints.flatMap((endpoint) => [...errorsOf(endpoint)]))];
  return Object.fromEntries(
    codes.map((code) => {
      const { title, status, fault } = ERROR_CODES[code];
      const value = {
        type: errorType(code),
        title,
        status,
        detail: `${title}.`,
        instance: '/v1/assets',
        code,
        fault,
        requestId: 'req_3f1c9a',
        errors: [],
      };
      return [code, { summary: title, value }];
    }),
  );
}
