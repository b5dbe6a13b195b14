import type { Client } from '@connectrpc/connect';
import { TOKEN_SECONDS } from '#contracts/access/access-token.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { TokenService } from '#contracts/generated/tokens_pb.js';

/** What ended before the tokens that were made of it. */
export interface RevocationList {
  /**
   * Whether a token that was made of a subject counts no more.
   * @param madeAt milliseconds since 1970
   * @throws MaquetteError `unavailable` when the list could not be read for too long
   */
  covers(subjectId: string, madeAt: number): Promise<boolean>;
  /** Notes an end that this process brought about. */
  add(subjectId: string): void;
}

/** The list is read again when it is older than this, so an end counts everywhere within as much. */
const FRESH_MS = 3000;
/** An older list is not believed: what cannot be checked is refused. */
const STALE_MS = 30_000;
/** A transaction that ends something and one that makes a token of it can overlap by less. */
const MARGIN_MS = 1000;

/** Reads the list from the auth service when somebody needs it. */
export function createRevocationList(tokens: Client<typeof TokenService>, now: () => number): RevocationList {
  const revoked = new Map<string, number>();
  let since = 0n;
  let read = Number.NEGATIVE_INFINITY;
  /** How far the database's clock, by which ends are noted, is ahead of this machine's. */
  let ahead = 0;
  const databaseNow = () => now() + ahead;
  let reading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const answer = await tokens.listRevocations({ since });
    for (const { subjectId, at } of answer.revocations) revoked.set(subjectId, Number(at));
    // Entries of transactions that were open at that moment come later, with an earlier time.
    since = answer.now - BigInt(STALE_MS);
    const oldest = Number(answer.now) - 2 * TOKEN_SECONDS * 1000;
    for (const [subjectId, at] of revoked) if (at < oldest) revoked.delete(subjectId);
    read = now();
    ahead = Number(answer.now) - read;
  }

  return {
    async covers(subjectId, madeAt) {
      if (now() - read >= FRESH_MS) {
        reading ??= refresh().finally(() => {
          reading = undefined;
        });
        await reading.catch((cause: unknown) => {
          if (now() - read < STALE_MS) return;
          throw new MaquetteError('unavailable', 'It cannot be checked at the moment whether the token still counts.', {
            cause,
          });
        });
      }
      const at = revoked.get(subjectId);
      // A key that is being replaced ends at a time to come, and until then what was made of it counts.
      return at !== undefined && at <= databaseNow() + MARGIN_MS && madeAt < at + MARGIN_MS;
    },
    add: (subjectId) => void revoked.set(subjectId, databaseNow()),
  };
}
