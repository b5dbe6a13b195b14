import type { AuditEntry } from '#contracts/rest/resources/audit-entry.ts';
import { page } from '../answers.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function auditRoutes({ data, organizations }: Gateway): Routes<'listAuditLog'> {
  return {
    /** Auth and data each keep their own, written with their own changes; ids sort by time, so that two pages make one. */
    async listAuditLog({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '', action = '', actorId = '', subjectId = '', since = '', until = '' } = query;
      const filter = { organizationId, limit, cursor, action, actorId, subjectId, since, until };
      const [ofAuth, ofData] = await Promise.all([
        organizations.listAuditLog(filter),
        data.listAuditLog({ headers: tenant(request), query }),
      ]);
      const entries = [...ofAuth.json.map((text) => JSON.parse(text) as AuditEntry), ...ofData.data];
      entries.sort((one, other) => (one.id < other.id ? 1 : -1));
      const shown = entries.slice(0, limit);
      const last = entries.length > limit ? shown.at(-1) : undefined;
      const nextCursor = last === undefined ? null : Buffer.from(last.id).toString('base64url');
      return page(request, { data: shown, nextCursor });
    },
  };
}
