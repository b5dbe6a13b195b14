import type { FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { deliveryOf, type ExportOptions, exportProblems } from '#contracts/model/export-format.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { ModelExport } from '#contracts/rest/resources/model-export.ts';
import { departure } from '#platform/rest/departure.ts';
import { json } from '../answers.ts';
import { type Patience, patience, withModel } from '../await-model.ts';
import { sendBlob } from '../download/send-blob.ts';
import { choiceRefused, failureOf } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { preferredWait } from '../prefer.ts';
import { fileNameAfter } from '../upload/file-name.ts';
import type { Routes } from './route.ts';

/** How long a request waits for its file when it does not say. */
const WAIT_SECONDS = 60;
/** When to ask again for what takes longer. */
const RETRY_SECONDS = 5;

export function exportModelRoutes({ data, objects }: Gateway): Routes<'exportModel'> {
  /** Has the file written, or finds it, and waits for it. */
  async function exported(
    request: FastifyRequest,
    asset: Asset,
    { options, version }: { options: ExportOptions; version: number | undefined },
    waiting: Patience,
  ): Promise<ModelExport> {
    const headers = tenant(request);
    const found = await withModel(data, headers, asset, waiting, () =>
      data.exportModel({ headers, params: { assetId: asset.id }, query: { version }, body: options }),
    );
    if (found.derivative || !found.job) return found;
    const params = { jobId: found.job.id };
    await data.getJob({ headers, params, query: { wait: waiting.left() } }, { signal: waiting.signal });
    const job = await data.getRecipeJob({ headers, params });
    return { derivative: job.derivative, job };
  }

  return {
    async exportModel(call) {
      const { request, params, query } = call;
      const { version, ...choices } = query;
      const options: ExportOptions = { ...choices, format: params.format };
      const problems = exportProblems(options, '/query');
      if (problems.length > 0) throw choiceRefused(problems);
      const waiting = patience(preferredWait(call.headers.prefer) ?? WAIT_SECONDS, departure(call.reply));
      const asset = await data.getAsset({ headers: tenant(request), params: { assetId: params.assetId } });
      const { derivative, job } = await exported(request, asset, { options, version }, waiting);
      if (derivative) {
        const { sha256, bytes, contentType } = derivative;
        return sendBlob(call, objects, {
          sha256,
          bytes,
          contentType,
          fileName: fileNameAfter(asset.name, deliveryOf(options.format).ending),
          disposition: 'attachment',
          // Another version, or a newer engine, changes what is behind the URL.
          immutable: false,
        });
      }
      if (job?.error) throw failureOf(job.error);
      if (job?.state === 'canceled') throw new MaquetteError('canceled', `The job ${job.id} was canceled.`);
      return json(request, job, {
        status: 202,
        headers: { location: `/v1/jobs/${job?.id}`, 'retry-after': String(RETRY_SECONDS) },
      });
    },
  };
}
