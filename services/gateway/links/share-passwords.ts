import { createHmac, randomBytes } from 'node:crypto';
import type { OrganizationId, ShareId } from '#contracts/ids/ids.ts';
import type { DATA_API } from '#contracts/rest/data-api.ts';
import type { RestClient } from '#platform/rest/endpoint-types.ts';

/** So long a password that was right is not asked about again: a page under a share loads many files. */
const TTL_MS = 10 * 60_000;
/** Passwords remembered at once. */
const CAPACITY = 10_000;

/** Knows whether somebody has the password of a share. */
export interface SharePasswords {
  /**
   * @param guess begins what has to be asked about, and returns what ends it; it may refuse
   * @throws what `guess` throws
   */
  isRight(
    share: { organizationId: OrganizationId; shareId: ShareId },
    password: string,
    guess: () => () => void,
  ): Promise<boolean>;
}

/**
 * Asks the data service, where each look costs a hash that is slow on purpose, and remembers what was right for a while:
 * not the password, but what a key of this process makes of it. A share's password never changes; whether the share is
 * good is asked each time, elsewhere.
 */
export function createSharePasswords(data: RestClient<typeof DATA_API>): SharePasswords {
  const key = randomBytes(32);
  const known = new Map<string, { until: number; answer: Promise<boolean> }>();
  return {
    async isRight({ organizationId, shareId }, password, guess) {
      const name = createHmac('sha256', key).update(`${shareId}\n${password}`).digest('base64');
      const found = known.get(name);
      if (found && found.until > Date.now()) return found.answer;
      const headers = { 'x-maquette-organization': organizationId };
      const wish = { headers, params: { shareId }, body: { password } };
      const over = guess();
      const answer = data
        .checkSharePassword(wish)
        .then(({ right }) => right)
        .finally(over);
      if (known.size >= CAPACITY) known.clear();
      known.set(name, { until: Date.now() + TTL_MS, answer });
      const right = await answer.catch((thrown) => {
        known.delete(name);
        throw thrown;
      });
      if (!right) known.delete(name);
      return right;
    },
  };
}
