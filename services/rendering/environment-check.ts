import type { BlobReference } from '#contracts/jobs/job-kinds.ts';
import { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { resultInvalid } from './errors.ts';
import type { RenderInput } from './sandbox/render-input.ts';
import { copyEnvironment } from './task-files.ts';

/** Makes what reads a stored picture whole, in a sandboxed process: it waits for one that is free. */
export function environmentCheck(deps: {
  objects: ObjectStore;
  sandbox: Sandbox<RenderInput, unknown>;
}): (picture: BlobReference) => Promise<EnvironmentFacts> {
  const { objects, sandbox } = deps;
  return (picture) =>
    sandbox.run({
      input: { task: 'environment' },
      prepare: (folder) => copyEnvironment(objects, picture, folder),
      async collect(_folder, output) {
        const parsed = EnvironmentFacts.safeParse(output);
        if (!parsed.success) throw resultInvalid(parsed.error);
        return parsed.data;
      },
    });
}
