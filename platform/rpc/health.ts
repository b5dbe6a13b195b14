import type { ConnectRouter } from '@connectrpc/connect';
import { Health, HealthCheckResponse_ServingStatus as Status } from '#contracts/generated/health_pb.js';

/**
 * The standard health service of gRPC (grpc.health.v1). `ready` tells whether the process serves; `Watch` looks once a
 * second and answers when that changes.
 */
export function healthRoutes(router: ConnectRouter, ready: () => Promise<boolean>): void {
  const status = async () => ((await ready()) ? Status.SERVING : Status.NOT_SERVING);
  router.service(Health, {
    async check() {
      return { status: await status() };
    },
    async *watch(_request, context) {
      let told: Status | undefined;
      while (!context.signal.aborted) {
        const now = await status();
        if (now !== told) yield { status: now };
        told = now;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    },
  });
}
