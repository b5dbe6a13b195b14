import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { checkUnavailable, resultInvalid } from './errors.ts';
import type { RenderInput } from './sandbox/render-input.ts';
import { copyEnvironment } from './task-files.ts';

/** Whoever uploads one waits for the answer, so a check that finds no free process in this time is given up. */
const PATIENCE_SECONDS = 60;

/** Makes what reads a stored picture whole, in a sandboxed process: it waits for one that is free, for a minute. */
export function environmentCheck(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RenderInput, unknown>;
  /** How long the whole may take. */
  seconds?: number | undefined;
}): (picture: BlobReference, signal: AbortSignal) => Promise<EnvironmentFacts> {
  const { objects, sandbox, seconds = PATIENCE_SECONDS } = deps;
  return async (picture, signal) => {
    const patience = AbortSignal.timeout(seconds * 1000);
    try {
      return await sandbox.run({
        input: { task: 'environment' },
        prepare: (folder) => copyEnvironment(objects, picture, folder),
        async collect(_folder, output) {
          const parsed = EnvironmentFacts.safeParse(output);
          if (!parsed.success) throw resultInvalid(parsed.error);
          return parsed.data;
        },
        signal: AbortSignal.any([signal, patience]),
      });
    } catch (error) {
      throw patience.aborted && !signal.aborted ? checkUnavailable(seconds) : error;
    }
  };
}
