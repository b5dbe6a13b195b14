import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { Problem } from '#contracts/rest/problem.ts';
import type { Operation } from './operations.ts';
import type { Schema } from './schema-arbitrary.ts';

/** What came back. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** Statuses that any path can answer with, by its form alone. */
const ANYWHERE = [400, 404, 405, 413, 414, 415, 431];

/** Holds answers against an OpenAPI document. */
export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #checks = new Map<Schema, ValidateFunction>();
  readonly #components: unknown;

  constructor(document: Schema) {
    this.#components = document.components;
  }

  /** What is wrong with an answer; undefined when it is as the document says. */
  fault(operation: Operation, answer: Answer): string | undefined {
    const { status, headers, text } = answer;
    const type = headers.get('content-type')?.split(';')[0]?.trim();
    const missing = missingHeaders(operation, answer);
    if (missing.length > 0) return `answered ${status} without ${missing.join(', ')}`;
    // Work that goes on is put off with 503; nothing else of the server may fail.
    if (status >= 500 && !(status === 503 && headers.has('retry-after')))
      return `answered ${status}: ${text.slice(0, 600)}`;
    const declared = operation.answers[status];
    if (status >= 400) return this.#problem(answer, type, declared !== undefined);
    if (declared === undefined) return `answered ${status}, which the document does not name`;
    const types = declared.content;
    if (types === undefined) return text === '' ? undefined : `answered ${status} with a body`;
    const content = type === undefined ? undefined : types[type];
    // The type of a stored file is that of its name, which the uploader chose.
    if (content === undefined)
      return 'application/octet-stream' in types ? undefined : `answered with the type ${type}`;
    return type === 'application/json' ? this.#mismatch(content.schema, text) : undefined;
  }

  #problem({ status, headers, text }: Answer, type: string | undefined, declared: boolean): string | undefined {
    if (type !== 'application/problem+json') return `answered ${status} with the type ${type}`;
    const parsed = Problem.safeParse(parse(text));
    if (!parsed.success) return `answered ${status} with no problem document: ${text.slice(0, 300)}`;
    if (parsed.data.status !== status) return `answered ${status} with a problem of ${parsed.data.status}`;
    if (parsed.data.requestId !== headers.get('x-request-id'))
      return `answered ${status} with the id of another request`;
    if (status < 500 && parsed.data.remedy === undefined)
      return `answered ${status} without a remedy: ${text.slice(0, 300)}`;
    return declared || ANYWHERE.includes(status)
      ? undefined
      : `answered ${status} ${parsed.data.code}, which the document does not name`;
  }

  #mismatch(schema: Schema, text: string): string | undefined {
    const check = this.#checks.get(schema) ?? this.#ajv.compile({ ...schema, components: this.#components });
    this.#checks.set(schema, check);
    if (check(parse(text))) return undefined;
    return `is not as its schema says: ${this.#ajv.errorsText(check.errors)} in ${text.slice(0, 300)}`;
  }
}

/** What goes with every answer of a status, and what the document says of this one. */
function missingHeaders({ answers }: Operation, { status, headers, text }: Answer): string[] {
  const always = ['x-request-id', 'cache-control', 'x-content-type-options'];
  const ofStatus: Record<number, string> = { 401: 'www-authenticate', 429: 'retry-after', 503: 'retry-after' };
  const declared = Object.keys(answers[status]?.headers ?? {}).map((name) => name.toLowerCase());
  const whole =
    status < 300 ? declared.filter((name) => name === 'etag' || (name === 'location' && status === 201)) : [];
  const next = declared.includes('link') && /"nextCursor":"[^"]+"\}$/.test(text) ? ['link'] : [];
  return [...always, ofStatus[status], ...whole, ...next].filter(
    (name) => name !== undefined && !headers.has(name),
  ) as string[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
