import { json, noContent } from '../answers.ts';
import { uploadTooLarge } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { uploadedFileName } from '../upload/file-name.ts';
import type { Routes } from './route.ts';

/** Uploads that go straight to the object storage. Their bytes never come here: the data service signs where they go. */
export function directUploadRoutes({
  data,
  settings,
}: Gateway): Routes<
  'createDirectUpload' | 'getDirectUpload' | 'signParts' | 'completeDirectUpload' | 'deleteDirectUpload'
> {
  return {
    async createDirectUpload({ request, body }) {
      const { uploadLimitBytes: limit } = settings;
      if (body.bytes > limit) throw uploadTooLarge('model', limit, body.bytes);
      const wish = { ...body, fileName: uploadedFileName(body.fileName) };
      const upload = await data.createDirectUpload({ headers: tenant(request), body: wish });
      return json(request, upload, { status: 201, headers: { location: `/v1/direct-uploads/${upload.id}` } });
    },
    async getDirectUpload({ request, params }) {
      const upload = await data.getDirectUpload({ headers: tenant(request), params });
      return json(request, upload, { headers: { 'cache-control': 'no-store' } });
    },
    async signParts({ request, params, body }) {
      const requests = await data.signParts({ headers: tenant(request), params, body });
      return json(request, requests, { headers: { 'cache-control': 'no-store' } });
    },
    async completeDirectUpload({ request, params, body }) {
      return json(request, await data.completeDirectUpload({ headers: tenant(request), params, body }));
    },
    async deleteDirectUpload({ request, params }) {
      await data.deleteDirectUpload({ headers: tenant(request), params });
      return noContent;
    },
  };
}
