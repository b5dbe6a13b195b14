import { readFile } from 'node:fs/promises';
import type { RenderHost } from '#engine/render/render-host.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';
import { IMAGE_OPTIONS } from './image-options.ts';

const PICTURE = /\.(hdr|exr)$/i;

/** `--environment` of the command line, which may also name a file. */
export const ENVIRONMENT_OPTION: CommandOption = {
  type: 'string',
  value: 'NAME|FILE',
  help: `${IMAGE_OPTIONS.environment?.help ?? ''}; or a panorama, a file that ends in .hdr or .exr`,
};

/** The options without an environment that is a file, and that file's name. @throws UsageError for one of a server */
export function splitEnvironment(values: CommandCall['values']): {
  values: CommandCall['values'];
  file: string | undefined;
} {
  const { environment, ...rest } = values;
  if (typeof environment === 'string' && environment.startsWith('env_')) {
    throw new UsageError('--environment: an uploaded environment is known to its server alone; give the file itself');
  }
  if (typeof environment !== 'string' || !PICTURE.test(environment)) return { values, file: undefined };
  return { values: rest, file: environment };
}

/** The host with a picture in place of the environment that a request names. @throws UsageError when it is not there. */
export async function withEnvironment<T extends RenderHost>(host: T, file: string | undefined): Promise<RenderHost> {
  if (file === undefined) return host;
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`--environment: ${file} cannot be read (${cause.code})`);
  });
  const { decodeImage, threads } = host;
  return {
    decodeImage,
    threads,
    loadKernel: () => host.loadKernel(),
    loadEnvironment: async () => bytes,
    now: () => host.now(),
  };
}
