import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderHost } from '#engine/render/render-host.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import type { SandboxTask, SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { ENVIRONMENT_FILE, type RenderInput, type RenderOutput, THREADS_PARAMETER } from './render-input.ts';

// The threads start while the engine is loaded.
const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeRenderHost({ threads });

/**
 * Runs in the sandbox. The threads and the kernel stay warm between tasks; what only some tasks need is loaded with the
 * first of them.
 */
export const run: SandboxTask<RenderInput, RenderOutput> = async (input, context) => {
  switch (input.task) {
    case 'image': {
      const { makeImage } = await import('./image-task.ts');
      return makeImage(input, hostOf(context), context);
    }
    case 'frames': {
      const { makeFrames } = await import('./frames-task.ts');
      return makeFrames(input, hostOf(context), context);
    }
    case 'environment': {
      const { checkEnvironment } = await import('./environment-task.ts');
      return checkEnvironment(context);
    }
    case 'encode': {
      const { encodeFrames } = await import('./encode-task.ts');
      return encodeFrames(input, context);
    }
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

const [{ warmUp }] = await Promise.all([import('./warm-up.ts'), import('./image-task.ts')]);
await warmUp(host);
