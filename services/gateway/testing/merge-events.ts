import type { EventEmitter } from 'node:events';
import { create } from '@bufbuild/protobuf';
import { type SubscribeResponse, SubscribeResponseSchema } from '#contracts/generated/data_pb.js';

/** The messages of a stream, and those of an emitter as they come. */
export async function* mergeEvents(
  source: AsyncIterable<SubscribeResponse>,
  emitter: EventEmitter<{ event: [string] }>,
): AsyncGenerator<SubscribeResponse> {
  const queue: SubscribeResponse[] = [];
  let failure: { error: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  const push = (message: SubscribeResponse) => {
    queue.push(message);
    wake.resolve();
  };
  const heard = (eventJson: string) => push(create(SubscribeResponseSchema, { eventJson }));
  emitter.on('event', heard);
  (async () => {
    for await (const message of source) push(message);
  })().catch((error: unknown) => {
    failure = { error };
    wake.resolve();
  });
  try {
    while (true) {
      while (queue.length > 0) yield queue.shift() as SubscribeResponse;
      if (failure) throw failure.error;
      await wake.promise;
      wake = Promise.withResolvers<void>();
    }
  } finally {
    emitter.off('event', heard);
  }
}
