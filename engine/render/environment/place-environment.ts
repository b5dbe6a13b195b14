import { readEnvironment } from '../environment-file.ts';
import * as L from '../kernel/layout.ts';
import type { KernelHeader } from '../kernel-header.ts';
import type { EnvironmentPlan } from './environment-plan.ts';
import type { EnvironmentSource } from './environment-source.ts';

/**
 * Writes an environment where the plan says; `finishEnvironment` makes its maps of it.
 * @throws MaquetteError `environment_invalid` when it is cut off or damaged.
 */
export function writeEnvironmentInto(
  memory: WebAssembly.Memory,
  plan: EnvironmentPlan,
  source: EnvironmentSource,
): void {
  if (source.kind === 'prefiltered') readEnvironment(source.planes, memory.buffer, plan);
  else {
    const { width, height } = source.picture;
    source.write(new Float32Array(memory.buffer, plan.panorama, width * height * 4));
  }
}

/**
 * Makes all maps of an environment that is written. The table for sampling it, which `path` takes, is another task.
 *
 * @throws MaquetteError `canceled`
 */
export async function finishEnvironment(
  header: KernelHeader,
  plan: EnvironmentPlan,
  source: EnvironmentSource,
  run: (task: number) => Promise<void>,
): Promise<void> {
  header.setAll([
    [L.H_ENV_MAP, plan.map],
    [L.H_ENV_MAP_SIZE, plan.size],
    [L.H_ENVIRONMENT, plan.filtered],
    [L.H_ENV_IRRADIANCE, plan.irradiance],
    [L.H_ENV_TABLE, plan.table],
    [L.H_ENV_TABLE_DONE, 0],
    [L.H_ENV_LOBES, plan.lobes],
    [L.H_ENV_DIRECTIONS, plan.directions],
  ]);
  if (source.kind === 'panorama') {
    header.setAll([
      [L.H_PANORAMA, plan.panorama],
      [L.H_PANORAMA_WIDTH, source.picture.width],
      [L.H_PANORAMA_HEIGHT, source.picture.height],
    ]);
    await run(L.TASK_ENVIRONMENT_RESAMPLE);
  }
  await run(L.TASK_ENVIRONMENT_LEVELS);
  if (source.kind === 'panorama') {
    await run(L.TASK_ENVIRONMENT_FILTER_TABLES);
    await run(L.TASK_ENVIRONMENT_FILTER);
  }
}
