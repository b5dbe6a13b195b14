import type { AssetId, OrganizationId, ProjectId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { changeAsset, lockAsset, readAsset } from '../store/assets.ts';
import { moveJobs } from '../store/jobs.ts';
import { holdProject } from '../store/projects.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Renames an asset or moves it to another project of the organisation; what belongs to it moves along.
 *
 * @throws MaquetteError `not_found` (asset or project), `precondition_failed`
 */
export async function updateAsset(
  deps: OperationDeps,
  organizationId: OrganizationId,
  assetId: AssetId,
  change: { name?: string | undefined; projectId?: ProjectId | undefined },
  ifRevision: number | undefined,
): Promise<Asset> {
  return deps.database.transaction(async (trx) => {
    const asset = await lockAsset(trx, organizationId, assetId, ifRevision);
    if (change.projectId !== undefined) {
      await holdProject(trx, organizationId, change.projectId);
      await moveJobs(trx, organizationId, assetId, change.projectId);
    }
    if (change.name !== undefined || change.projectId !== undefined) await changeAsset(trx, asset, change);
    return readAsset(trx, organizationId, assetId);
  });
}
