import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderHost } from '#engine/render/render-host.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import type { SandboxTask, SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { encodeFrames } from './encode-task.ts';
import { checkEnvironment } from './environment-task.ts';
import { makeFrames } from './frames-task.ts';
import { makeImage } from './image-task.ts';
import { ENVIRONMENT_FILE, type RenderInput, type RenderOutput, THREADS_PARAMETER } from './render-input.ts';
import { warmUp } from './warm-up.ts';

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeRenderHost({ threads });

/** Runs in the sandbox. The threads and the kernel stay warm between tasks. */
export const run: SandboxTask<RenderInput, RenderOutput> = async (input, context) => {
  switch (input.task) {
    case 'image':
      return makeImage(input, hostOf(context), context);
    case 'frames':
      return makeFrames(input, hostOf(context), context);
    case 'environment':
      return checkEnvironment(context);
    case 'encode':
      return encodeFrames(input, context);
    default:
      return input satisfies never;
  }
};

/** The host, which finds an environment that is named by its id in the task's folder. */
function hostOf({ folder }: SandboxTaskContext): RenderHost {
  return {
    ...host,
    loadEnvironment: (name) =>
      name.startsWith('env_') ? readFile(join(folder, ENVIRONMENT_FILE)) : host.loadEnvironment(name),
  };
}

await warmUp(host);
