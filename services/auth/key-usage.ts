import type { ApiKeyId } from '#contracts/ids/ids.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { recordUse } from './store/api-keys.ts';
import type { AuthReader } from './tables.ts';

/** A key's use is written at most this often. */
const INTERVAL_MS = 60_000;
/** Keys that are remembered as written lately; beyond it the oldest are forgotten, and written again. */
const REMEMBERED_KEYS = 10_000;

/** Notes when keys were last used, beside the requests: nobody waits for it, and a failure is only logged. */
export class KeyUsage {
  readonly #db: AuthReader;
  readonly #logger: Logger;
  /** When each key's use was last written, oldest first. */
  readonly #written = new Map<ApiKeyId, number>();
  readonly #pending = new Set<Promise<void>>();

  constructor(db: AuthReader, logger: Logger) {
    this.#db = db;
    this.#logger = logger;
  }

  /** @param now milliseconds since 1970 */
  used(id: ApiKeyId, now = Date.now()): void {
    const last = this.#written.get(id);
    if (last !== undefined && now - last < INTERVAL_MS) return;
    this.#written.delete(id);
    this.#written.set(id, now);
    for (const oldest of this.#written.keys()) {
      if (this.#written.size <= REMEMBERED_KEYS) break;
      this.#written.delete(oldest);
    }
    const writing = recordUse(this.#db, id, new Date(now - INTERVAL_MS)).catch((error) => {
      this.#written.delete(id);
      this.#logger.warn({ err: error, apiKeyId: id }, 'the use of an API key could not be noted');
    });
    this.#pending.add(writing);
    writing.finally(() => this.#pending.delete(writing));
  }

  /** Resolves when everything noted so far is written. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }
}
