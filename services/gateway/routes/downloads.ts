import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { json } from '../answers.ts';
import { contentTypeOf, endingOf } from '../download/content-types.ts';
import { sendBlob } from '../download/send-blob.ts';
import { processingFailed, stillProcessing } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { fileNameAfter } from '../upload/file-name.ts';
import type { Routes } from './route.ts';

export function downloadRoutes({
  data,
  objects,
}: Gateway): Routes<'downloadFile' | 'downloadModel' | 'getDerivative' | 'downloadDerivative'> {
  return {
    async downloadFile(call) {
      const { assetId, version, name } = call.params;
      const { data: files } = await data.listFiles({
        headers: tenant(call.request),
        params: { assetId },
        query: { version },
      });
      // Originals come first: one that is called like the normalised model wins.
      const file = files.find((candidate) => candidate.name === name);
      if (!file) {
        throw new MaquetteError('not_found', `Version ${version} of ${assetId} has no file ${JSON.stringify(name)}.`, {
          remedy: `It has ${files.map((candidate) => candidate.name).join(', ')}.`,
        });
      }
      return sendBlob(call, objects, {
        sha256: file.sha256,
        bytes: file.bytes,
        contentType: contentTypeOf(file.name),
        fileName: file.name,
        disposition: 'attachment',
        immutable: file.role === 'original',
      });
    },

    async downloadModel(call) {
      const headers = tenant(call.request);
      const { version } = call.query;
      const [asset, { data: files }] = await Promise.all([
        data.getAsset({ headers, params: call.params }),
        data.listFiles({ headers, params: call.params, query: { version } }),
      ]);
      const glb = files.find((file) => file.role === 'glb');
      if (!glb) {
        const failed = asset.state === 'failed' || (version !== undefined && version < asset.version);
        throw failed ? processingFailed(asset.id, asset.error) : stillProcessing(asset.id);
      }
      return sendBlob(call, objects, {
        sha256: glb.sha256,
        bytes: glb.bytes,
        contentType: 'model/gltf-binary',
        fileName: fileNameAfter(asset.name, '.glb'),
        disposition: 'attachment',
        // Another version, or a newer engine that processes this one anew, changes what is behind the URL.
        immutable: false,
      });
    },

    async getDerivative({ request, params }) {
      return json(request, await data.getDerivative({ headers: tenant(request), params }));
    },

    async downloadDerivative(call) {
      const derivative = await data.getDerivative({ headers: tenant(call.request), params: call.params });
      return sendBlob(call, objects, {
        sha256: derivative.sha256,
        bytes: derivative.bytes,
        contentType: derivative.contentType,
        fileName: `${derivative.id}${endingOf(derivative.contentType)}`,
        disposition: 'inline',
        immutable: true,
      });
    },
  };
}
