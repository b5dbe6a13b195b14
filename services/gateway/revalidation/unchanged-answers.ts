import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import type { Authenticated } from '../access/authentication.ts';
import { rateClientOf } from '../access/principal.ts';

/** An answer 304 as it was given. */
export interface UnchangedAnswer {
  endpoint: PublicEndpoint;
  /** By names in lower case. */
  headers: Record<string, number | string | string[] | undefined>;
  /** The state of the database before it was made; undefined when nobody had asked. */
  generation: string | undefined;
}

/** An answer 304 as it can be given again. */
export interface KeptAnswer {
  endpoint: PublicEndpoint;
  etag: string;
  /** Names and values in turn, without those that each request gets anew. */
  headers: readonly string[];
}

/** Answers kept at once, of about a kilobyte each. */
const CAPACITY = 4096;
/** Of one request. */
const OWN = ['x-request-id', 'ratelimit', 'ratelimit-policy', 'date', 'connection', 'keep-alive', 'content-length'];

/** Answers 304 by who asked, and what for. The oldest make room. */
export class UnchangedAnswers {
  readonly #kept = new Map<string, KeptAnswer & { found: Authenticated; generation: string | undefined }>();

  /** Whether there is one that may be good still. */
  has(found: Authenticated, url: string): boolean {
    return this.#kept.get(nameOf(found, url))?.found === found;
  }

  /** The answer, while the database is as it was before it was made. */
  find(found: Authenticated, url: string, generation: string): KeptAnswer | undefined {
    const kept = this.#kept.get(nameOf(found, url));
    return kept?.found === found && kept.generation === generation ? kept : undefined;
  }

  keep(found: Authenticated, url: string, { endpoint, headers, generation }: UnchangedAnswer): void {
    const { etag } = headers;
    // Whose session goes on under another token is told so once.
    if (typeof etag !== 'string' || found.session !== undefined || headers['set-cookie'] !== undefined) return;
    const name = nameOf(found, url);
    this.#kept.delete(name);
    this.#kept.set(name, { found, endpoint, etag, headers: listed(headers), generation });
    if (this.#kept.size > CAPACITY) this.#kept.delete(this.#kept.keys().next().value as string);
  }
}

function nameOf({ principal }: Authenticated, url: string): string {
  return `${rateClientOf(principal)} ${url}`;
}

function listed(headers: UnchangedAnswer['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined || OWN.includes(name)) return [];
    return [value].flat().flatMap((one) => [name, String(one)]);
  });
}
