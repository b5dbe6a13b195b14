import type { Client, ConnectRouter } from '@connectrpc/connect';
import type { RenderRecordService } from '#contracts/generated/data_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { EnvironmentName, ImageFormat, MAX_SIZE, NamedView } from '#contracts/render/image-request.ts';
import { MAX_PIXEL_SAMPLES } from '#contracts/render/image-rules.ts';
import { RenderPurpose } from '#contracts/rest/resources/render.ts';
import { checkRequest } from './check-request.ts';
import { requestInvalid } from './errors.ts';

/** Whoever looks at a page waits for a picture by URL; a preview holds up an asset's readiness. */
const PRIORITIES: Record<RenderPurpose, number> = { preview: 10, url: 5, request: 0 };

/** Registers the gRPC service of rendering. */
export function registerRpc(router: ConnectRouter, deps: { renders: Client<typeof RenderRecordService> }): void {
  const { renders } = deps;
  router.service(RenderingService, {
    async requestImage(request) {
      const image = checkRequest(request.requestJson);
      const purpose = RenderPurpose.safeParse(request.purpose);
      if (!purpose.success) throw requestInvalid(`there is no purpose called "${request.purpose}"`);
      const { renderJson } = await renders.requestRender({
        organizationId: request.organizationId,
        assetId: request.assetId,
        requestJson: JSON.stringify(image),
        purpose: purpose.data,
        priority: PRIORITIES[purpose.data],
      });
      return { renderJson };
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
