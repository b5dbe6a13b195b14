import { availableParallelism } from 'node:os';
import type { OperationHost } from '#engine/operations/operation-context.ts';
import { CollapseThreads, WORTH_STARTING } from '../collapse-threads/collapse-threads.ts';
import type { NodeRenderHost } from '../render-threads/node-host.ts';
import { encodeTexture } from './texture-codec.ts';

/**
 * What operations on models need, in Node. Threads start when an operation first asks for them, and keep no process
 * alive.
 *
 * @param threads at most so many trace rays or simplify meshes; as many as the machine has cores unless given
 * @param livesOn whether the process goes on to other models
 */
export function createNodeOperationHost(threads = availableParallelism(), livesOn = false): OperationHost {
  let renderer: Promise<NodeRenderHost> | undefined;
  return {
    decodeImage: async (bytes, mimeType) => (await import('./sharp-codec.ts')).decodeImage(bytes, mimeType),
    encodeTexture,
    renderer() {
      renderer ??= import('../render-threads/node-host.ts').then(({ createNodeRenderHost }) =>
        createNodeRenderHost({ threads }),
      );
      return renderer;
    },
    collapser: new CollapseThreads(threads, livesOn ? WORTH_STARTING.often : WORTH_STARTING.once),
    now: () => performance.now(),
  };
}

/** The host of a whole process that works on one model at a time. */
export const nodeOperationHost: OperationHost = createNodeOperationHost();
