import { AuthService } from '#contracts/generated/auth_pb.js';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { Config } from '#platform/config/definitions.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Connections } from './connections.ts';
import { type DataFolders, readKey, writeKey } from './data-folders.ts';
import { makeSamples } from './samples/make-in-thread.ts';

/** What a person needs to make the first request. */
export interface FirstStart {
  organizationId: OrganizationId;
  /** The key, when this server made it or was given it. */
  key: string | undefined;
}

/**
 * Makes the first organisation and API key when there are none. A key that is made here is kept in the data folder,
 * readable for the server's user alone, so that a later start can print it again.
 */
export async function bootstrap(connections: Connections, config: Config, folders: DataFolders): Promise<FirstStart> {
  const auth = connections.client('auth', AuthService);
  const { organizationId, newApiKey } = await auth.bootstrap({
    organizationName: 'Maquette',
    apiKey: config.bootstrapKey ?? '',
  });
  if (newApiKey !== '') await writeKey(folders.keyFile, newApiKey);
  const key = config.bootstrapKey ?? (newApiKey === '' ? await readKey(folders.keyFile) : newApiKey);
  return { organizationId: organizationId as OrganizationId, key };
}

/** Where the sample models go: a project of a library that is empty. */
export interface EmptyLibrary {
  projectId: string;
  key: string;
}

/**
 * Whether the library is empty; its first project is made when it is. To be asked before anybody is told the address:
 * what the first client uploads must not keep the samples away.
 */
export async function findEmptyLibrary(
  connections: Connections,
  { organizationId, key }: FirstStart,
): Promise<EmptyLibrary | undefined> {
  if (key === undefined) return undefined;
  const headers = { 'x-maquette-organization': organizationId };
  const data = connections.data();
  const assets = await data.listAssets({ headers, query: { limit: 1 } });
  if (assets.data.length > 0) return undefined;
  const projects = await data.listProjects({ headers, query: { limit: 1 } });
  const project = projects.data[0] ?? (await data.createProject({ headers, body: { name: 'First project' } }));
  return { projectId: project.id, key };
}

/**
 * Uploads the sample models, over the network as any client would. Goes on by itself after the server has started.
 *
 * @param url address of the gateway.
 */
export async function addSamples({ projectId, key }: EmptyLibrary, url: string, logger: Logger): Promise<void> {
  for await (const { fileName, name, bytes } of makeSamples()) {
    const query = new URLSearchParams({ name: fileName, projectId });
    const answer = await fetch(`${url}/v1/assets?${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'model/gltf-binary' },
      body: new Uint8Array(bytes),
    });
    if (answer.status !== 201)
      logger.warn({ sample: name, answer: await answer.text() }, 'a sample model was not taken');
  }
}
