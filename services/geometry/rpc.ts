import type { ConnectRouter } from '@connectrpc/connect';
import { GeometryService } from '#contracts/generated/geometry_pb.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { FORMATS } from './capabilities.ts';

/** Registers the gRPC service of geometry. */
export function registerRpc(router: ConnectRouter, limits: ModelLimits): void {
  router.service(GeometryService, {
    getCapabilities() {
      return {
        formats: Object.entries(FORMATS).map(([name, format]) => ({ name, ...format })),
        limitsJson: JSON.stringify(limits),
      };
    },
  });
}
