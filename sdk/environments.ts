import type { EnvironmentId } from '#contracts/ids/ids.ts';
import type { Environment } from '#contracts/rest/resources/environment.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Environments: pictures of all directions that light models. Their ids are used as `environment` of renders. */
export function createEnvironments(requester: Requester) {
  const pathOf = (id: EnvironmentId) => `/v1/environments/${id}`;
  return {
    /** Uploads an equirectangular picture, Radiance .hdr or OpenEXR. */
    upload(picture: Blob, { name, signal }: { name?: string; signal?: AbortSignal } = {}): Promise<Environment> {
      const form = new FormData();
      if (name !== undefined) form.append('name', name);
      form.append('file', picture, picture instanceof File ? picture.name : (name ?? 'environment'));
      return requester.json<Environment>('POST', '/v1/environments', { body: form, signal });
    },
    get: (id: EnvironmentId) => requester.json<Environment>('GET', pathOf(id)),
    /** Newest first. */
    list: (options: ListOptions = {}) => itemsOf<Environment>(requester, '/v1/environments', {}, options),
    async delete(id: EnvironmentId): Promise<void> {
      await requester.send('DELETE', pathOf(id));
    },
  };
}
