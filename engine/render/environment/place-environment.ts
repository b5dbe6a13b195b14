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
  if (source.kind === 'prefiltered') readEnvironment(source.file, memory.buffer, plan);
  else {
    const { width, height } = source.picture;
    source.write(new Float32Array(memory.buffer, plan.panorama, width * height * 4));
  }
}

/**
 * Makes the sharp map of an environment that is written, its levels and its irradiance. What integrators take beside that
 * is made when one is to draw: `filterEnvironment`, and the table for sampling, which `path` takes.
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
}

/**
 * Filters an environment that came as a picture for each roughness. It takes memory behind the scene, where the image will
 * be.
 *
 * @throws MaquetteError `canceled`
 */
export async function filterEnvironment(run: (task: number) => Promise<void>): Promise<void> {
  await run(L.TASK_ENVIRONMENT_FILTER_TABLES);
  await run(L.TASK_ENVIRONMENT_FILTER);
}
