import type { PublicEndpoint } from '#contracts/rest/public-endpoint.ts';
import { radiancePicture } from '#test/models/radiance-picture.ts';
import { type Browser, join } from './browser.ts';
import type { TestAnswer, TestGateway, TestRequest } from './open-gateway.ts';

/** Parameters of paths that are no ids. */
export const FIXED: Record<string, string> = { version: '1', ending: 'png', format: 'obj', file: 'a.glb' };

/** Makes one of each thing that a path of the API names. @returns their ids, by the name of the path parameter */
export async function oneOfEach(gateway: TestGateway, owner: Browser): Promise<Record<string, string>> {
  const owned: Record<string, string> = {};
  const made = async (path: string, json: unknown, method = 'POST') => {
    const answer = await owner.request(path, { method, json });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  const asset = await gateway.uploadReady();
  owned.assetId = asset.id;
  owned.projectId = asset.projectId;
  owned.jobId = asset.job ?? '';
  owned.renderId = (await made('/v1/renders', { assetId: asset.id, kind: 'image', width: 64, height: 64 })).render.id;
  const { json: derivatives } = await owner.request(`/v1/assets/${asset.id}/derivatives`);
  owned.derivativeId = derivatives.data[0].id;
  owned.apiKeyId = (await made('/v1/api-keys', { name: 'kept', scopes: ['assets:read'] })).id;
  owned.invitationId = (await made('/v1/invitations', { email: 'ada@example.org' })).id;
  owned.userId = (await join(gateway, owner, 'viewer', 'kept')).signedIn.user.id;
  owned.sessionId = owner.signedIn.session.id;
  owned.organizationId = gateway.organizationId;
  owned.environmentId = await environment(gateway);
  const headers = { 'tus-resumable': '1.0.0', 'upload-length': '3' };
  const upload = await gateway.request('/v1/uploads', { method: 'POST', headers });
  owned.uploadId = upload.headers.get('location')?.split('/').at(-1) ?? '';
  // There are none on the storage of this test.
  owned.directUploadId = owned.uploadId;
  owned.webhookId = (await made('/v1/webhooks', { url: 'https://example.org/hook', events: ['model_processed'] })).id;
  owned.deliveryId = (await made(`/v1/webhooks/${owned.webhookId}/test`, undefined)).id;
  const item = { render: { assetId: asset.id, kind: 'image', width: 64, height: 64 } };
  owned.batchId = (await made('/v1/batches', { items: [item] })).id;
  owned.shareId = (await made(`/v1/assets/${asset.id}/shares`, { name: 'kept' })).id;
  await made('/v1/validation-profiles/kept', { rules: [{ of: 'triangles', max: 1 }] }, 'PUT');
  owned.name = 'kept';
  await made(`/v1/projects/${owned.projectId}/members/${owned.userId}`, { role: 'editor' }, 'PUT');
  owned.serviceAccountId = (await made('/v1/service-accounts', { name: 'kept' })).id;
  return owned;
}

/**
 * Asks for an operation.
 *
 * @param as a key, nobody, or how somebody sends requests
 * @param more a query; whether ids in the body are to be those of `ids`, too; headers
 */
export async function ask(
  gateway: TestGateway,
  endpoint: PublicEndpoint,
  as: string | null | Browser['request'],
  ids: Record<string, string>,
  more: { query?: string; inBody?: boolean; headers?: Record<string, string> } = {},
): Promise<TestAnswer> {
  const { query = '', inBody = false } = more;
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => FIXED[name] ?? ids[name] ?? name) + query;
  const send = (asked: TestRequest) => {
    const init = { ...asked, headers: { ...asked.headers, ...more.headers } };
    return typeof as === 'function' ? as(path, init) : gateway.request(path, { ...init, key: as });
  };
  const { method, example, upload, body } = endpoint;
  if (upload) {
    const form = new FormData();
    form.append('file', new Blob(['glTF']), 'a.glb');
    return send({ method, body: form });
  }
  if (body === 'stream') {
    const headers = { 'content-type': endpoint.consumes?.[0] ?? '', 'tus-resumable': '1.0.0', 'upload-offset': '0' };
    const about: Record<string, string> = inBody ? { 'upload-metadata': metadataOf(ids.projectId) } : {};
    return send({ method, headers: { ...headers, ...about, 'upload-length': '3' }, body: 'abc' });
  }
  const given = example?.body ?? (body === undefined ? undefined : {});
  const json =
    inBody && given
      ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ids[name] ?? value]))
      : given;
  // The stream of events has no end, and uploads in parts want to know the protocol.
  const accept = { accept: 'application/json', 'tus-resumable': '1.0.0' };
  return send({ method, headers: accept, ...(json !== undefined && { json }) });
}

/** The metadata of a tus upload into a project. */
export function metadataOf(projectId = ''): string {
  return `projectId ${Buffer.from(projectId).toString('base64')}`;
}

async function environment(gateway: TestGateway): Promise<string> {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(radiancePicture([1, 1, 1]))]), 'sky.hdr');
  const answer = await gateway.request('/v1/environments', { method: 'POST', body });
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json.id;
}
