import { idSchema, type ProjectId } from '#contracts/ids/ids.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { UsageError } from '../command.ts';

/** The project that an option names, by id or by name. @throws UsageError when none or several have the name */
export async function projectIdFrom(
  client: MaquetteClient,
  option: string | boolean | undefined,
): Promise<ProjectId | undefined> {
  if (typeof option !== 'string') return undefined;
  const id = idSchema('project').safeParse(option);
  if (id.success) return id.data;
  const named: ProjectId[] = [];
  for await (const project of client.projects.list({ pageSize: 200 }))
    if (project.name === option) named.push(project.id);
  const [first, ...others] = named;
  if (first === undefined) throw new UsageError(`--project: there is no project called ${option}`);
  if (others.length > 0)
    throw new UsageError(`--project: ${named.length} are called ${option}: give an id: ${named.join(', ')}`);
  return first;
}
