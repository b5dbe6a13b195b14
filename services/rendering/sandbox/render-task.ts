import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { encodeFrames } from './encode-task.ts';
import { makeFrames } from './frames-task.ts';
import { makeImage } from './image-task.ts';
import { type RenderInput, type RenderOutput, THREADS_PARAMETER } from './render-input.ts';
import { warmUp } from './warm-up.ts';

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeRenderHost({ threads });

/** Runs in the sandbox. The threads and the kernel stay warm between tasks. */
export const run: SandboxTask<RenderInput, RenderOutput> = async (input, context) => {
  switch (input.task) {
    case 'image':
      return makeImage(input, host, context);
    case 'frames':
      return makeFrames(input, host, context);
    case 'encode':
      return encodeFrames(input, context);
    default:
      return input satisfies never;
  }
};

await warmUp(host);
