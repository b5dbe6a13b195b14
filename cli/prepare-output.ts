import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './command.ts';

/**
 * Makes the folder that `output` is to be written to, and looks whether it can be: before the work, not after it.
 *
 * @param folder Whether `output` is a folder itself.
 * @throws UsageError with the reason when it cannot.
 */
export async function prepareOutput(output: string, folder = false): Promise<void> {
  const place = folder ? output : dirname(output);
  try {
    await mkdir(place, { recursive: true });
    await access(place, constants.W_OK);
  } catch (cause) {
    throw new UsageError(`${output} cannot be written: ${(cause as Error).message}`);
  }
  const there = folder ? undefined : await stat(output).catch(() => undefined);
  if (there?.isDirectory()) throw new UsageError(`${output} cannot be written: it is a folder`);
}
