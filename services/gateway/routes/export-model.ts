import type { FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { deliveryOf, type ExportOptions, exportProblems } from '#contracts/model/export-format.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { ModelExport } from '#contracts/rest/resources/model-export.ts';
import { json } from '../answers.ts';
import { sendBlob } from '../download/send-blob.ts';
import { choiceRefused, processingFailed } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { preferredWait } from '../prefer.ts';
import { withoutEnding } from '../upload/file-name.ts';
import type { Routes } from './route.ts';

/** How long a request waits for its file when it does not say. */
const WAIT_SECONDS = 60;
/** When to ask again for what takes longer. */
const RETRY_SECONDS = 5;

export function exportModelRoutes({ data, objects }: Gateway): Routes<'exportModel'> {
  /** Has the file written, or finds it, and waits for it until the deadline (milliseconds since 1970). */
  async function exported(
    request: FastifyRequest,
    asset: Asset,
    { options, version }: { options: ExportOptions; version: number | undefined },
    deadline: number,
  ): Promise<ModelExport> {
    const headers = tenant(request);
    const wait = () => ({ wait: Math.max(0, (deadline - Date.now()) / 1000) });
    const ask = () => data.exportModel({ headers, params: { assetId: asset.id }, query: { version }, body: options });
    const found = await ask().catch(async (refused: unknown) => {
      // Just uploaded: the model will be there in a moment. `conflict` says that it is not yet.
      if (!(refused instanceof MaquetteError) || refused.code !== 'conflict') throw refused;
      if (asset.state !== 'processing') throw refused;
      const job = await data.getJob({ headers, params: { jobId: asset.job }, query: wait() });
      if (job.state === 'failed' || job.state === 'canceled') throw processingFailed(asset.id, job.error);
      return ask();
    });
    if (found.derivative || !found.job) return found;
    const params = { jobId: found.job.id };
    await data.getJob({ headers, params, query: wait() });
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
      const deadline = Date.now() + (preferredWait(call.headers.prefer) ?? WAIT_SECONDS) * 1000;
      const asset = await data.getAsset({ headers: tenant(request), params: { assetId: params.assetId } });
      const { derivative, job } = await exported(request, asset, { options, version }, deadline);
      if (derivative) {
        const { sha256, bytes, contentType } = derivative;
        return sendBlob(call, objects, {
          sha256,
          bytes,
          contentType,
          fileName: `${withoutEnding(asset.name)}${deliveryOf(options.format).ending}`,
          disposition: 'attachment',
          // Another version, or a newer engine, changes what is behind the URL.
          immutable: false,
        });
      }
      if (job?.error) {
        const { code, message, fault, remedy } = job.error;
        throw MaquetteError.fromValue({ code: code as MaquetteError['code'], message, fault, remedy: remedy ?? '' });
      }
      if (job?.state === 'canceled') throw new MaquetteError('canceled', `The job ${job.id} was canceled.`);
      return json(request, job, {
        status: 202,
        headers: { location: `/v1/jobs/${job?.id}`, 'retry-after': String(RETRY_SECONDS) },
      });
    },
  };
}
