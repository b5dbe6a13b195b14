import fc from 'fast-check';
import { makeCube } from '../models/cube.ts';
import { type Answer, Judge } from './judge-answer.ts';
import { KnownIds } from './known-ids.ts';
import { type Operation, operationsOf } from './operations.ts';
import { type FuzzBody, type FuzzRequest, requestsOf } from './request-arbitrary.ts';
import type { Schema } from './schema-arbitrary.ts';

/** Milliseconds after which an answer that waits for work is given up. */
const PATIENCE_MS = 5000;

/** What a run is of. */
export interface ApiFuzz {
  /** Address of a running server. */
  url: string;
  /** An administrator's key. */
  key: string;
  seed: number;
  /** Requests of each operation. */
  cases: number;
  /** Operations by their ids; all without it. */
  only?: readonly string[];
  /** Requests at once. */
  parallel?: number;
}

/** What a run found. */
export interface ApiFuzzReport {
  requests: number;
  /** How often each operation answered with each status; 0 for answers that were not waited for. */
  statuses: Record<string, Record<number, number>>;
  /** Milliseconds until each answer of an operation was whole; those that were not waited for are left out. */
  times: Record<string, number[]>;
  /** Answers with a problem, each pair of operation and message once: what a user would read. */
  problems: { request: string; text: string }[];
  /** What was wrong, with the request that shows it. */
  faults: string[];
}

/** Sends valid and invalid requests of every operation in the OpenAPI document of a server, and judges each answer by it. */
export async function fuzzApi({ url, key, seed, cases, only, parallel = 4 }: ApiFuzz): Promise<ApiFuzzReport> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Schema;
  const operations = operationsOf(document).filter(({ id }) => !only || only.includes(id));
  const judge = new Judge(document);
  const me = await fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
  const known = new KnownIds([...(await me.text()).matchAll(/[a-z]{3}_[0-9a-z]{26}/g)].map(([id]) => id));
  const report: ApiFuzzReport = { requests: 0, statuses: {}, times: {}, problems: [], faults: [] };
  const messages = new Set<string>();
  const cube = await makeCube(1);

  const send = async (request: FuzzRequest) => {
    const sent = httpRequest(request, known, cube);
    const begin = performance.now();
    const answer = await answerOf(`${url}${sent.target}`, key, sent.init, request.operation);
    const { id } = request.operation;
    report.requests += 1;
    report.statuses[id] ??= {};
    report.statuses[id][answer.status] = (report.statuses[id][answer.status] ?? 0) + 1;
    if (answer.status === 0) return;
    report.times[id] ??= [];
    report.times[id].push(performance.now() - begin);
    if (answer.status >= 400 && !messages.has(messageOf(id, answer))) {
      messages.add(messageOf(id, answer));
      report.problems.push({ request: `${id} (${request.mutation ?? 'valid'}) ${sent.shown}`, text: answer.text });
    }
    // The ids of the document's examples are nobody's.
    if (answer.status < 300 && id !== 'getOpenApi') known.learn(answer.text);
    const fault = judge.fault(request.operation, answer);
    if (fault !== undefined) report.faults.push(`${id} (${request.mutation ?? 'valid'}) ${sent.shown}: ${fault}`);
  };

  const queues = operations.map((operation) => fc.sample(requestsOf(operation, document), { seed, numRuns: cases }));
  // One request of each operation after the other, so that what one makes is there for the next.
  const all = Array.from({ length: cases }, (_, round) => queues.map((queue) => queue[round] as FuzzRequest)).flat();
  const next = all[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let item = next.next(); !item.done; item = next.next()) await send(item.value);
    }),
  );
  return report;
}

/** What an answer says, without the ids and figures in which two of the same kind differ. */
function messageOf(operation: string, { status, text }: Answer): string {
  const [, detail = text] = /"detail":"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return `${operation} ${status} ${detail.replaceAll(/[a-z]{3}_[0-9a-z]{26}|\d+/g, '#').slice(0, 200)}`;
}

/** A request as it goes out, and as it is shown. */
function httpRequest({ operation, path, query, headers, body }: FuzzRequest, known: KnownIds, cube: Uint8Array) {
  const place = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encode(known.fill(path[name] ?? '')));
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(known.fill(value))}`);
  const target = `${place}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  const { content, contentType } = bodyFor(body, known, cube);
  const written = Object.entries(headers).map(([name, value]) => [name, inHeader(value)]);
  const all = { ...Object.fromEntries(written), ...(contentType !== undefined && { 'content-type': contentType }) };
  const init: RequestInit = { method: operation.method, headers: all };
  if (operation.method !== 'GET' && content !== undefined) init.body = content;
  const carried = typeof content === 'string' ? content.slice(0, 600) : body.kind;
  return { target, init, shown: `${operation.method} ${target.slice(0, 600)} ${JSON.stringify(all)} ${carried}` };
}

/** HTTP carries no others (RFC 9110, 5.5). */
function inHeader(value: string): string {
  return value.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?').slice(0, 4000);
}

/** Half of a pair of UTF-16 cannot be written in a URL. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function bodyFor(
  body: FuzzBody,
  known: KnownIds,
  cube: Uint8Array,
): { content?: string | Uint8Array<ArrayBuffer> | FormData; contentType?: string } {
  const file = (name: string) => (name === 'cube' ? new Uint8Array(cube) : new TextEncoder().encode(name));
  switch (body.kind) {
    case 'none':
      return {};
    case 'json':
      return { content: known.fill(JSON.stringify(body.value) ?? ''), contentType: 'application/json' };
    case 'raw':
      return { content: file(body.text), contentType: body.contentType };
    case 'form': {
      const form = new FormData();
      for (const [name, value] of Object.entries(body.fields)) form.append(name, known.fill(String(value)));
      form.append('file', new Blob([file(body.file)]), `${body.file || 'empty'}.glb`);
      return { content: form };
    }
  }
}

async function answerOf(url: string, key: string, init: RequestInit, { answers }: Operation): Promise<Answer> {
  const stream = Object.values(answers).some(({ content }) => content && 'text/event-stream' in content);
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key}`);
  try {
    const answer = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
    const endless = stream && answer.ok;
    if (endless) await answer.body?.cancel();
    const text = endless ? '' : await answer.text();
    return { status: answer.status, headers: answer.headers, text };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      return { status: 0, headers: new Headers(), text: '' };
    }
    throw error;
  }
}
