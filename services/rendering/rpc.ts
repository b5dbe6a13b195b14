import type { Client, ConnectRouter } from '@connectrpc/connect';
import type { RenderRecordService } from '#contracts/generated/data_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { ModelFacts } from '#contracts/model/model-report.ts';
import { EnvironmentName, ImageFormat, MAX_SIZE, NamedView } from '#contracts/render/image-request.ts';
import { MAX_PIXEL_SAMPLES } from '#contracts/render/image-rules.ts';
import { hasProgressPictures } from '#contracts/render/progress-picture.ts';
import { isSequence, type RenderTask } from '#contracts/render/render-request.ts';
import { completeForModel } from '#contracts/render/sequence-rules.ts';
import type { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import { type RenderEstimate, RenderPurpose } from '#contracts/rest/resources/render.ts';
import { renderTooLarge } from '#engine/render/errors.ts';
import { refuseLargeEncoder } from '#platform/video/encoder-memory.ts';
import { requireLibav } from '#platform/video/libav.ts';
import { checkRequest } from './check-request.ts';
import type { WorkerSize } from './cost/estimate-image.ts';
import { estimateTask } from './cost/estimate-task.ts';
import { idleMemory } from './cost/process-memory.ts';
import type { WorkRate } from './cost/work-rate.ts';
import { noProgressPictures, requestInvalid, tooSlow } from './errors.ts';

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
  /** Reads a stored picture whole. @throws MaquetteError `environment_invalid`, `unavailable` when nobody has time */
  checkEnvironment(picture: BlobReference, signal: AbortSignal): Promise<EnvironmentFacts>;
}

/** Registers the gRPC service of rendering. */
export function registerRpc(router: ConnectRouter, deps: RenderingRpcDeps): void {
  const { renders, worker, rate, seconds, checkEnvironment } = deps;
  /** The request with what the model says, and what it takes. */
  const estimated = async (organizationId: string, assetId: string, asked: RenderTask) => {
    const { environment } = asked;
    const { factsJson, environmentBytes } = await renders.describeModel({ organizationId, assetId, environment });
    const facts = ModelFacts.parse(JSON.parse(factsJson));
    const task = isSequence(asked) ? completeForModel(asked, facts.animations) : asked;
    return { task, ...estimateTask(facts, task, worker, rate.factor, Number(environmentBytes)) };
  };
  /** What is to be recorded of a request that the workers can carry out. @throws MaquetteError why they cannot */
  const prepared = async (organizationId: string, assetId: string, asked: RenderTask) => {
    const { task, whole, pictureSeconds } = await estimated(organizationId, assetId, asked);
    refuseImpossible(task, whole, worker);
    if (pictureSeconds > seconds * DOUBT) throw tooSlow(pictureSeconds, seconds, isSequence(task));
    const { parts: _parts, fits: _fits, ...estimate } = whole;
    return {
      requestJson: JSON.stringify(task),
      estimateJson: JSON.stringify(estimate),
      referenceSeconds: estimate.seconds / rate.factor,
    };
  };
  router.service(RenderingService, {
    async requestImage(call) {
      const { organizationId, assetId, requestJson, purpose: named, progressPictures, idempotencyKey } = call;
      const asked = checkRequest(requestJson);
      const purpose = RenderPurpose.safeParse(named);
      if (!purpose.success) throw requestInvalid(`there is no purpose called "${named}"`);
      refusePictures(asked, progressPictures);
      const priority = PRIORITIES[purpose.data] + call.priority;
      const wish = { organizationId, assetId, purpose: purpose.data, priority, progressPictures, idempotencyKey };
      const askedJson = JSON.stringify(asked);
      const reused = await renders.reuseRender({ ...wish, requestJson: askedJson });
      if (reused.renderJson !== '') return { renderJson: reused.renderJson };
      const { renderJson } = await renders.requestRender({
        ...wish,
        askedJson,
        ...(await prepared(organizationId, assetId, asked)),
      });
      return { renderJson };
    },
    async prepareImage({ organizationId, assetId, requestJson, progressPictures }) {
      const asked = checkRequest(requestJson);
      refusePictures(asked, progressPictures);
      return prepared(organizationId, assetId, asked);
    },
    async estimateImage({ organizationId, assetId, requestJson }) {
      const { whole } = await estimated(organizationId, assetId, checkRequest(requestJson));
      return { estimateJson: JSON.stringify(whole) };
    },
    async checkEnvironment({ sha256, bytes }, { signal }) {
      const blob = BlobReference.safeParse({ sha256, bytes: Number(bytes) });
      if (!blob.success) throw requestInvalid(blob.error);
      return { factsJson: JSON.stringify(await checkEnvironment(blob.data, signal)) };
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

/** @throws MaquetteError `invalid_request` where there are no pictures in the making to show */
function refusePictures(asked: RenderTask, wanted: boolean): void {
  if (wanted && (isSequence(asked) || !hasProgressPictures(asked))) throw noProgressPictures();
}

/**
 * Refuses what the workers have not the memory for, or not the encoder.
 *
 * @throws MaquetteError `render_too_large` with the figures, `unavailable` where FFmpeg is not installed
 */
function refuseImpossible(task: RenderTask, { fits, peakBytes, parts }: RenderEstimate, worker: WorkerSize): void {
  if (isSequence(task)) {
    if (task.kind !== 'dataset' && task.format !== 'zip') requireLibav();
    const idle = Object.values(idleMemory(worker.threads)).reduce((sum, bytes) => sum + bytes, 0);
    refuseLargeEncoder(task, worker.memoryBytes - idle);
  }
  if (!fits) throw renderTooLarge(peakBytes, worker.memoryBytes, parts);
}
