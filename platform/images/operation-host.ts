import { availableParallelism } from 'node:os';
import type { OperationHost } from '#engine/operations/operation-context.ts';
import { CollapseThreads } from '../collapse-threads/collapse-threads.ts';
import { createNodeRenderHost, type NodeRenderHost } from '../render-threads/node-host.ts';
import { decodeImage } from './sharp-codec.ts';
import { encodeTexture } from './texture-codec.ts';

/**
 * What operations on models need, in Node. Threads start when an operation first asks for them, and keep no process
 * alive.
 *
 * @param threads at most so many trace rays or simplify meshes; as many as the machine has cores unless given
 */
export function createNodeOperationHost(threads = availableParallelism()): OperationHost {
  let renderer: NodeRenderHost | undefined;
  return {
    decodeImage,
    encodeTexture,
    get renderer() {
      renderer ??= createNodeRenderHost({ threads });
      return renderer;
    },
    collapser: new CollapseThreads(threads),
    now: () => performance.now(),
  };
}

/** The host of a whole process that works on one model at a time. */
export const nodeOperationHost: OperationHost = createNodeOperationHost();
