import { formatBytes } from '#engine/formats/errors.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import type { CarryOutOptions } from '#engine/process/carry-out-recipe.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';

/** What a folder keeps at most unless it is told otherwise. */
const DEFAULT_BYTES = 2 * 1024 ** 3;

/** Options of a command that keeps results of steps in a folder. */
export const CACHE_OPTIONS: Record<string, CommandOption> = {
  cache: {
    type: 'string',
    value: 'FOLDER',
    help: 'keep what expensive operations make here, for the next recipe that begins alike on the same model',
  },
  'cache-bytes': {
    type: 'string',
    value: 'N',
    help: `keep no more than this in the folder (${formatBytes(DEFAULT_BYTES)} by default); what was used longest ago goes first`,
  },
};

/**
 * Opens the cache that the options name.
 *
 * @returns what a recipe on a model is carried out with; nothing where they name no cache
 * @throws UsageError for options that contradict each other, and a folder that cannot be used
 */
export async function openCache(
  values: CommandCall['values'],
): Promise<(files: readonly ModelFile[]) => Pick<CarryOutOptions, 'cache'>> {
  const { cache: folder, 'cache-bytes': given } = values;
  if (given !== undefined && folder === undefined) throw new UsageError('--cache-bytes: give --cache as well');
  if (typeof folder !== 'string') return () => ({});
  const bytes = given === undefined ? DEFAULT_BYTES : Number(given);
  if (!Number.isInteger(bytes) || bytes < 1) throw new UsageError('--cache-bytes: give a whole number of bytes');
  // Loaded where it is asked for: it brings the library for hashes along.
  const { StateFolder, sourceKey } = await import('./state-folder.ts');
  const states = await StateFolder.open(folder, bytes);
  return (files) => ({ cache: { states, source: sourceKey(files) } });
}
