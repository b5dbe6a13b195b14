import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { KEY_SCOPES } from '../access/policy.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import { AnyEvent } from '../events/events.ts';
import { exampleEvent } from './examples.ts';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_API } from './public-api.ts';
import type { PublicEndpoint } from './public-endpoint.ts';
import { API_VERSION } from './version.ts';

// biome-ignore lint/suspicious/noExplicitAny: the document is looked into as JSON
const document: any = JSON.parse(JSON.stringify(openApiDocument(PUBLIC_API, '1.2.3')));
const operations: [string, PublicEndpoint][] = Object.entries(PUBLIC_API);
/** What clients have to do with every day. */
const DESCRIBED =
  'Asset AssetVersion AssetFile Derivative Job Render ApiKey ApiKeyInput Project Webhook Share Link Me ErrorValue'.split(
    ' ',
  );

const operationOf = (endpoint: PublicEndpoint) => document.paths[endpoint.path][endpoint.method.toLowerCase()];

/** Every object in the document, with the path that leads to it. */
function* objects(value: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, member] of Object.entries(value)) yield* objects(member, `${path}/${key}`);
}

describe('the OpenAPI document', () => {
  it('is of the version of the package', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(API_VERSION).toBe(version);
  });

  it('is one of 3.1, and of the version that is given', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Maquette', version: '1.2.3', license: { identifier: 'Apache-2.0' } });
    expect(document.info.description.length).toBeGreaterThan(100);
  });

  it('has every operation once, and no other', () => {
    const ids = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(ids.sort()).toEqual(operations.map(([operationId]) => operationId).sort());
  });

  it.each(operations)('describes %s whole', (operationId, endpoint) => {
    const operation = operationOf(endpoint);
    expect(operation.operationId).toBe(operationId);
    expect(operation.summary).toMatch(/^[A-Z].{3,60}$/);
    expect(operation.summary).not.toMatch(/\.$/);
    expect(operation.description.length).toBeGreaterThan(20);
    expect(document.tags.map(({ name }: { name: string }) => name)).toContain(operation.tags[0]);
    const scopes: string[] = ['public', 'authenticated', ...KEY_SCOPES];
    expect(scopes).toContain(endpoint.scope);
    const session = endpoint.method === 'GET' ? { session: [] } : { session: [], csrfToken: [] };
    expect(operation.security).toEqual(endpoint.scope === 'public' ? [] : [{ apiKey: [] }, session]);

    const named = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const inPath = (operation.parameters ?? []).filter((parameter: { in: string }) => parameter.in === 'path');
    expect(inPath.map(({ name }: { name: string }) => name).sort()).toEqual(named);
    for (const parameter of operation.parameters ?? []) {
      expect(parameter.schema, parameter.name).toBeTypeOf('object');
      if (parameter.in === 'path') expect(parameter.required).toBe(true);
    }

    const successes = Object.keys(operation.responses).filter((status) => status < '400');
    expect(successes.length).toBeGreaterThan(0);
    for (const [status, answer] of Object.entries<{ description: string; content?: object }>(operation.responses)) {
      expect(answer.description.length).toBeGreaterThan(3);
      const types = Object.keys(answer.content ?? {});
      if (['204', '302', '304'].includes(status)) expect(types).toEqual([]);
      else if (status >= '400') expect(types).toEqual(['application/problem+json']);
      else expect(types.length).toBeGreaterThan(0);
    }
    for (const code of endpoint.errors) {
      expect(operation.responses[ERROR_CODES[code].status].description, code).toContain(code);
    }
    expect(operation.requestBody !== undefined).toBe(endpoint.body !== undefined);
  });

  it('refers only to what it has', () => {
    for (const [path, value] of objects(document)) {
      if (typeof value.$ref !== 'string') continue;
      const [, group, name] = /^#\/components\/(schemas|examples|headers)\/([\w-]+)$/.exec(value.$ref) ?? [];
      expect(document.components[group as string]?.[name as string], `${path}: ${value.$ref}`).toBeTypeOf('object');
    }
  });

  it('uses every schema that it has', () => {
    const text = JSON.stringify(document);
    const unused = Object.keys(document.components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    expect(unused).toEqual([]);
  });

  it('says types the way JSON Schema 2020-12 does', () => {
    for (const [path, schema] of objects(document.components.schemas)) {
      if (/\/(properties|examples?)$/.test(path)) continue;
      expect(schema.nullable, path).toBeUndefined();
      expect(schema.$schema, path).toBeUndefined();
      expect(schema.$id, path).toBeUndefined();
      if (Array.isArray(schema.required)) {
        expect(Object.keys((schema.properties as object) ?? {}), path).toEqual(expect.arrayContaining(schema.required));
      }
    }
  });

  it('has a streamed form and raw bodies for uploads', () => {
    const { content } = operationOf(PUBLIC_API.createAsset).requestBody;
    expect(Object.keys(content)).toEqual(
      expect.arrayContaining(['multipart/form-data', 'application/octet-stream', 'model/gltf-binary']),
    );
    expect(document.components.schemas.UploadForm.properties.file).toMatchObject({
      type: 'array',
      items: { type: 'string', format: 'binary' },
    });
  });

  it('shows the default of each parameter of a render by URL', () => {
    const { parameters } = operationOf(PUBLIC_API.renderByUrl);
    const width = parameters.find(({ name }: { name: string }) => name === 'width');
    expect(width).toMatchObject({ in: 'query', required: false, schema: { type: 'integer', minimum: 16 } });
    expect(width.description).toContain('800');
  });
});

describe('the conventions', () => {
  const headersOf = ({ headers }: PublicEndpoint) => Object.keys(headers?.shape ?? {});
  const namesOf = (wanted: (operation: PublicEndpoint) => boolean) =>
    operations.filter(([, endpoint]) => wanted(endpoint)).map(([operationId]) => operationId);

  it('hold for names: paths in kebab case, fields and parameters in camel case', () => {
    for (const [, { path }] of operations) {
      expect(path).toMatch(
        /^(\/(v1|\.well-known|[a-z]+(-[a-z]+)*(\.json)?|(model|render)\.(glb|\{\w+\})|\{[a-z][A-Za-z]*\}))+$/,
      );
    }
    // The names of OAuth (RFC 6749, RFC 9207), keys of JSON Web Keys, and ids as keys.
    const others = /^(access_token|token_type|expires_in|grant_type|client_id|error_description|\$schema|jobs?_\w+)$/;
    const named = [...objects(document)].flatMap(([path, value]) => {
      const fields = path.endsWith('/properties') ? Object.keys(value) : [];
      return typeof value.in === 'string' && value.in !== 'header' ? [...fields, String(value.name)] : fields;
    });
    expect(named.length).toBeGreaterThan(500);
    expect(named.filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name) && !others.test(name))).toEqual([]);
  });

  it('hold for times: what is called so is a time of RFC 3339', () => {
    for (const [path, schema] of objects(document.components.schemas)) {
      if (!/\/properties\/(\w+At|since|until)$/.test(path)) continue;
      expect(JSON.stringify(schema), path).toContain('"format":"date-time"');
    }
  });

  it('hold for lists: each comes in pages, with a link to the next', () => {
    const lists = operations.filter(([, { responses }]) =>
      Object.values(responses).some(
        ({ body }) => typeof body === 'object' && 'shape' in body && 'data' in (body.shape as object),
      ),
    );
    expect(lists.length).toBeGreaterThan(15);
    for (const [operationId, { query, responses, answerHeaders }] of lists) {
      expect(Object.keys(query?.shape ?? {}), operationId).toEqual(expect.arrayContaining(['limit', 'cursor']));
      expect(Object.keys(answerHeaders ?? {}), operationId).toContain('Link');
      const body = Object.values(responses)[0]?.body as z.ZodObject;
      expect(Object.keys(body.shape), operationId).toEqual(['data', 'nextCursor']);
    }
  });

  it('hold for reads and changes: an ETag for each, which changes can build on', () => {
    const isJson = ({ responses }: PublicEndpoint) =>
      Object.values(responses).some(({ body }) => typeof body === 'object');
    const reads = namesOf((one) => one.method === 'GET' && isJson(one) && !headersOf(one).includes('if-none-match'));
    // States of the moment, and an upload that goes on: `Upload-Offset` says where.
    expect(reads).toEqual(['getUpload', 'getHealth', 'getReadiness']);
    const changes = namesOf(({ method }) => ['PATCH', 'PUT', 'DELETE'].includes(method));
    const blind = changes.filter(
      (name) => !headersOf(PUBLIC_API[name as keyof typeof PUBLIC_API]).includes('if-match'),
    );
    // Uploads under way, which are changed by whoever sends them.
    expect(blind).toEqual(['writeUpload', 'deleteUpload', 'deleteDirectUpload']);
  });

  it('hold for repetition: a key for every POST that makes, starts or ends something, and for nothing else', () => {
    const takes = (one: PublicEndpoint) => headersOf(one).includes('idempotency-key');
    expect(namesOf((one) => one.method !== 'POST' && takes(one))).toEqual([]);
    const without = namesOf((one) => one.method === 'POST' && !takes(one));
    expect(without).toEqual([
      // They sign or compute, and keep nothing; to complete an upload again changes nothing.
      'signParts',
      'completeDirectUpload',
      'createLink',
      'estimateRender',
      // Of people: what they answer, and what they are told, is kept nowhere.
      'signIn',
      'signOut',
      'changePassword',
      'resetPassword',
      'acceptInvitation',
      'createToken',
    ]);
  });

  it('hold for what is made: where it is, unless it is nowhere', () => {
    const nowhere = namesOf(
      ({ responses, answerHeaders }) => 201 in responses && !('Location' in (answerHeaders ?? {})),
    );
    expect(nowhere).toEqual(['createLink', 'createPasswordReset']);
  });
});

describe('the examples', () => {
  it.each(operations.filter(([, { example }]) => example))('of %s are valid', (_, endpoint) => {
    const { body, answer } = endpoint.example ?? {};
    if (body !== undefined)
      expect(((endpoint.json ?? endpoint.body) as z.ZodType).safeParse(body).error).toBeUndefined();
    if (answer === undefined) return;
    const shown = endpoint.responses[202] ?? Object.values(endpoint.responses)[0];
    if (!shown) throw new Error('it has no successful answer');
    expect((shown.body as z.ZodType).safeParse(answer).error).toBeUndefined();
    for (const [status, response] of Object.entries(endpoint.responses)) {
      if (response === shown || typeof response.body !== 'object') continue;
      const other = endpoint.example?.others?.[Number(status)];
      expect(other, `of ${status}`).toBeDefined();
      expect(response.body.safeParse(other).error).toBeUndefined();
    }
  });

  it('show what a stream of events looks like', () => {
    expect(AnyEvent.safeParse(exampleEvent).error).toBeUndefined();
  });

  it.each(DESCRIBED)('%s says what each of its fields is', (name) => {
    const { properties } = document.components.schemas[name];
    const silent = Object.entries(properties as Record<string, { description?: string; $ref?: string }>);
    expect(silent.filter(([, { description, $ref }]) => !description && !$ref).map(([field]) => field)).toEqual([]);
  });

  it('are understood with parameters that say what they are', () => {
    const silent = operations.flatMap(([operationId, { method, path }]) =>
      (document.paths[path][method.toLowerCase()].parameters ?? [])
        .filter((parameter: { description?: string }) => !parameter.description)
        .map(({ name }: { name: string }) => `${operationId}: ${name}`),
    );
    expect(silent).toEqual([]);
  });

  it.each(operations.filter(([, { upload }]) => upload))('of the form of %s names what the form has', (_, endpoint) => {
    const { file, ...fields } = endpoint.upload?.example ?? {};
    expect(file).toBeDefined();
    expect(endpoint.upload?.form.omit({ file: true }).strict().safeParse(fields).error).toBeUndefined();
  });

  it('are there for every operation that takes or gives JSON', () => {
    const without = operations.filter(([, endpoint]) => {
      const takes = typeof endpoint.body === 'object' && endpoint.example?.body === undefined;
      const gives = Object.values(endpoint.responses).some(({ body }) => typeof body === 'object');
      return takes || (gives && endpoint.example?.answer === undefined);
    });
    expect(without.map(([operationId]) => operationId)).toEqual([]);
  });
});
