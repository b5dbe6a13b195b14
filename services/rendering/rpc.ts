import type { Client, ConnectRouter } from '@connectrpc/connect';
import type { RenderRecordService } from '#contracts/generated/data_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { BlobReference } from '#contracts/jobs/job-kinds.ts';
import { ModelFacts } from '#contracts/model/model-report.ts';
import { EnvironmentName, ImageFormat, MAX_SIZE, NamedView } from '#contracts/render/image-request.ts';
import { MAX_PIXEL_SAMPLES } from '#contracts/render/image-rules.ts';
import { isSequence, type RenderTask } from '#contracts/render/render-request.ts';
import type { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import { RenderPurpose } from '#contracts/rest/resources/render.ts';
import { renderTooLarge } from '#engine/render/errors.ts';
import { checkRequest } from './check-request.ts';
import { estimateTask, type WorkerSize } from './cost/estimate-image.ts';
import type { WorkRate } from './cost/work-rate.ts';
import { requestInvalid, tooSlow } from './errors.ts';

/** Whoever looks at a page waits for a picture by URL; a preview holds up an asset's readiness. */
const PRIORITIES: Record<RenderPurpose, number> = { preview: 10, url: 5, request: 0 };
/** An estimate of the time may be wrong by so much; only what is longer is refused for it. */
const DOUBT = 4;

/** What the service of rendering needs to know. */
export interface RenderingRpcDeps {
  renders: Client<typeof RenderRecordService>;
  /** What the workers have. */
  worker: WorkerSize;
  rate: WorkRate;
  /** Longest time of one render. */
  seconds: number;
  /** Reads a stored picture whole. @throws MaquetteError `environment_invalid` */
  checkEnvironment(picture: BlobReference): Promise<EnvironmentFacts>;
}

/** Registers the gRPC service of rendering. */
export function registerRpc(router: ConnectRouter, deps: RenderingRpcDeps): void {
  const { renders, worker, rate, seconds, checkEnvironment } = deps;
  const estimateOf = async (organizationId: string, assetId: string, task: RenderTask) => {
    const { factsJson } = await renders.describeModel({ organizationId, assetId });
    return estimateTask(ModelFacts.parse(JSON.parse(factsJson)), task, worker, rate.factor);
  };
  router.service(RenderingService, {
    async requestImage({ organizationId, assetId, requestJson, purpose: named }) {
      const task = checkRequest(requestJson);
      const purpose = RenderPurpose.safeParse(named);
      if (!purpose.success) throw requestInvalid(`there is no purpose called "${named}"`);
      const { parts, fits, ...estimate } = await estimateOf(organizationId, assetId, task);
      if (!fits) throw renderTooLarge(estimate.peakBytes, worker.memoryBytes, parts);
      // The frames of a sequence are jobs of their own.
      if (!isSequence(task) && estimate.seconds > seconds * DOUBT) throw tooSlow(estimate.seconds, seconds);
      const { renderJson } = await renders.requestRender({
        organizationId,
        assetId,
        requestJson: JSON.stringify(task),
        purpose: purpose.data,
        priority: PRIORITIES[purpose.data],
        estimateJson: JSON.stringify(estimate),
        referenceSeconds: estimate.seconds / rate.factor,
      });
      return { renderJson };
    },
    async estimateImage({ organizationId, assetId, requestJson }) {
      const estimate = await estimateOf(organizationId, assetId, checkRequest(requestJson));
      return { estimateJson: JSON.stringify(estimate) };
    },
    async checkEnvironment({ sha256, bytes }) {
      const blob = BlobReference.safeParse({ sha256, bytes: Number(bytes) });
      if (!blob.success) throw requestInvalid(blob.error);
      return { factsJson: JSON.stringify(await checkEnvironment(blob.data)) };
    },
    getCapabilities() {
      return {
        environments: EnvironmentName.options,
        views: NamedView.options,
        formats: ImageFormat.options,
        maxWidth: MAX_SIZE,
        maxHeight: MAX_SIZE,
        maxPixelSamples: BigInt(MAX_PIXEL_SAMPLES.preview),
      };
    },
  });
}
