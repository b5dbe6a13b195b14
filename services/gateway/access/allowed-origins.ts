import type { Client } from '@connectrpc/connect';
import type { OrganizationService } from '#contracts/generated/organizations_pb.js';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { WebOrigin } from '#contracts/rest/resources/web-origin.ts';
import type { Logger } from '#platform/telemetry/logger.ts';

/** Who lets pages of which origin use the API. */
export interface AllowedOrigins {
  /**
   * Whether an organisation lets pages of an origin read its answers, or the operator does. Nobody does when nobody can
   * tell at the moment.
   *
   * @param organizationId undefined: whether anybody does, where it is not known yet who asks
   */
  allows(origin: string, organizationId: OrganizationId | undefined): Promise<boolean>;
  /** Whether the operator lets pages of every origin. */
  readonly every: boolean;
  /** Forgets what is known, so that a change counts at once in this process. */
  forget(): void;
}

/** How long an answer of the auth service counts: a change shows everywhere within as much. */
const TTL_MS = 5000;
/** Answers remembered at once. */
const CAPACITY = 10_000;

/** Asks the auth service, and remembers its answers for a moment. @param operator origins that the operator allows, or `*` */
export function createAllowedOrigins(
  { organizations, logger }: { organizations: Client<typeof OrganizationService>; logger: Logger },
  operator: readonly string[],
  options: { now?: () => number; capacity?: number } = {},
): AllowedOrigins {
  const { now = Date.now, capacity = CAPACITY } = options;
  const every = operator.includes('*');
  const known = new Map<string, { answer: Promise<boolean>; until: number }>();

  async function ask(origin: string, organizationId: string): Promise<boolean> {
    return (await organizations.checkOrigin({ origin, organizationId })).allowed;
  }

  return {
    every,
    async allows(origin, organizationId = '' as OrganizationId) {
      if (every || operator.includes(origin)) return true;
      // Of what nobody can have allowed, such as `null`, nobody need be asked.
      if (!WebOrigin.safeParse(origin).success) return false;
      const name = `${origin} ${organizationId}`;
      const remembered = known.get(name);
      if (remembered && remembered.until > now()) return remembered.answer;
      const answer = ask(origin, organizationId).catch((error: unknown) => {
        known.delete(name);
        logger.warn({ err: error }, 'it could not be told whether an origin is allowed');
        return false;
      });
      known.delete(name);
      known.set(name, { answer, until: now() + TTL_MS });
      if (known.size > capacity) known.delete(known.keys().next().value as string);
      return answer;
    },
    forget: () => known.clear(),
  };
}
