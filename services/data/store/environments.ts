import type { Selectable } from 'kysely';
import { type EnvironmentId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { RenderTask } from '#contracts/render/render-request.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Environment, EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import type { DataReader, DataTrx, EnvironmentsTable } from '../tables.ts';

/** Records an environment whose blob is claimed. */
export async function insertEnvironment(
  trx: DataTrx,
  organizationId: OrganizationId,
  { name, facts, blob }: { name: string; facts: EnvironmentFacts; blob: BlobReference },
): Promise<Environment> {
  const { format, width, height } = facts;
  const { sha256, bytes } = blob;
  const row = await trx
    .insertInto('environments')
    .values({ id: newId('environment'), organization_id: organizationId, name, format, width, height, sha256, bytes })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toEnvironment(row);
}

/** @throws MaquetteError `not_found` */
export async function readEnvironment(
  db: DataReader,
  organizationId: OrganizationId,
  id: EnvironmentId,
): Promise<Environment> {
  const row = await select(db, organizationId, id).executeTakeFirst();
  if (!row) throw notFound('environment', id);
  return toEnvironment(row);
}

/** Newest first. */
export async function listEnvironments(
  db: DataReader,
  organizationId: OrganizationId,
  request: PageRequest,
): Promise<Page<Environment>> {
  const start = startOf('environment', request);
  const rows = await db
    .selectFrom('environments')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as EnvironmentId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toEnvironment);
}

/**
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function deleteEnvironment(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: EnvironmentId,
  ifMatch: string | undefined,
): Promise<void> {
  const row = await select(trx, organizationId, id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('environment', id);
  requireMatch(ifMatch, toEnvironment(row));
  await trx.deleteFrom('environments').where('id', '=', id).execute();
}

/**
 * The picture of the environment that a render names by id; undefined when it names one that comes with Maquette.
 *
 * @throws MaquetteError `not_found`
 */
export async function readEnvironmentOf(
  db: DataReader,
  organizationId: OrganizationId,
  { environment }: Pick<RenderTask, 'environment'>,
): Promise<BlobReference | undefined> {
  if (!environment.startsWith('env_')) return undefined;
  const { sha256, bytes } = await readEnvironment(db, organizationId, environment as EnvironmentId);
  return { sha256, bytes };
}

function select(db: DataReader, organizationId: OrganizationId, id: EnvironmentId) {
  return db.selectFrom('environments').selectAll().where('organization_id', '=', organizationId).where('id', '=', id);
}

function toEnvironment(row: Selectable<EnvironmentsTable>): Environment {
  return {
    id: row.id,
    name: row.name,
    format: row.format,
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    sha256: row.sha256,
    createdAt: row.created_at.toISOString(),
  };
}
