import type { OrganizationId, ProjectId } from '#contracts/ids/ids.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { holdProject } from '../store/projects.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Says before its bytes are sent what would be said of an upload once they are stored. Nothing is reserved.
 *
 * @throws MaquetteError `not_found` (the project), `quota_exceeded`
 */
export async function admitUpload(
  deps: OperationDeps,
  organizationId: OrganizationId,
  { bytes, projectId }: { bytes: number; projectId?: ProjectId | undefined },
): Promise<void> {
  await deps.database.transaction(async (trx) => {
    if (projectId !== undefined) await holdProject(trx, organizationId, projectId);
    await requireStorage(trx, deps, organizationId, bytes);
  });
}
