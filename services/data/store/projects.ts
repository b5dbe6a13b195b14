import { type Selectable, sql } from 'kysely';
import { newId, type OrganizationId, type ProjectId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Project } from '#contracts/rest/resources/project.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { projectNotEmpty, staleRevision } from '../errors.ts';
import type { DataReader, DataTrx, ProjectsTable } from '../tables.ts';

/** Name of the project that an organisation's first upload makes when it names none. */
const DEFAULT_PROJECT_NAME = 'Default';

export async function insertProject(trx: DataTrx, organizationId: OrganizationId, name: string): Promise<Project> {
  const row = await trx
    .insertInto('projects')
    .values({ id: newId('project'), organization_id: organizationId, name })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toProject(row);
}

/** @throws MaquetteError `not_found` */
export async function readProject(db: DataReader, organizationId: OrganizationId, id: ProjectId): Promise<Project> {
  const [project] = await readProjects(db, organizationId, [id]);
  if (!project) throw notFound('project', id);
  return project;
}

/** Those of some that are there. */
export async function readProjects(
  db: DataReader,
  organizationId: OrganizationId,
  ids: ProjectId[],
): Promise<Project[]> {
  const rows = await db
    .selectFrom('projects')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  return rows.map(toProject);
}

/** Newest first. */
export async function listProjects(
  db: DataReader,
  organizationId: OrganizationId,
  request: PageRequest & { ids?: ProjectId[] | undefined },
): Promise<Page<Project>> {
  const start = startOf('project', request);
  const { ids } = request;
  const rows = await db
    .selectFrom('projects')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as ProjectId))
    .$if(ids !== undefined, (query) => query.where('id', 'in', ids as ProjectId[]))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toProject);
}

/** @throws MaquetteError `not_found`, `precondition_failed` */
export async function renameProject(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: ProjectId,
  name: string | undefined,
  ifRevision: number | undefined,
): Promise<Project> {
  await lockProject(trx, organizationId, id, ifRevision);
  if (name === undefined) return readProject(trx, organizationId, id);
  const row = await trx
    .updateTable('projects')
    .set({ name, revision: sql<number>`revision + 1`, updated_at: sql<Date>`now()` })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toProject(row);
}

/** @throws MaquetteError `not_found`, `precondition_failed`, `conflict` while it holds assets */
export async function deleteProject(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: ProjectId,
  ifRevision: number | undefined,
): Promise<void> {
  await lockProject(trx, organizationId, id, ifRevision);
  const { assets } = await trx
    .selectFrom('assets')
    .select(({ fn }) => fn.countAll<number>().as('assets'))
    .where('project_id', '=', id)
    .executeTakeFirstOrThrow();
  if (assets > 0) throw projectNotEmpty(id, assets);
  await trx.deleteFrom('projects').where('organization_id', '=', organizationId).where('id', '=', id).execute();
}

/** Keeps a project from being deleted until the transaction ends. @throws MaquetteError `not_found` */
export async function holdProject(trx: DataTrx, organizationId: OrganizationId, id: ProjectId): Promise<ProjectId> {
  const row = await trx
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forKeyShare()
    .executeTakeFirst();
  if (!row) throw notFound('project', id);
  return row.id;
}

/** The organisation's first project, made when there is none; held until the transaction ends. */
export async function holdFirstProject(trx: DataTrx, organizationId: OrganizationId): Promise<ProjectId> {
  const found = await firstProject(trx, organizationId);
  if (found) return found;
  // Two first uploads at once make one project: the second waits here and then finds the first one's.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`first project of ${organizationId}`}, 0))`.execute(trx);
  return (
    (await firstProject(trx, organizationId)) ?? (await insertProject(trx, organizationId, DEFAULT_PROJECT_NAME)).id
  );
}

async function firstProject(trx: DataTrx, organizationId: OrganizationId): Promise<ProjectId | undefined> {
  const row = await trx
    .selectFrom('projects')
    .select('id')
    .where('organization_id', '=', organizationId)
    .orderBy('id')
    .limit(1)
    .forKeyShare()
    .executeTakeFirst();
  return row?.id;
}

async function lockProject(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: ProjectId,
  ifRevision: number | undefined,
): Promise<void> {
  const row = await trx
    .selectFrom('projects')
    .select('revision')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('project', id);
  if (ifRevision !== undefined && ifRevision !== row.revision) {
    throw staleRevision('project', id, ifRevision, row.revision);
  }
}

function toProject(row: Selectable<ProjectsTable>): Project {
  return {
    id: row.id,
    name: row.name,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
