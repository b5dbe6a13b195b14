import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UsageError } from './command.ts';

/**
 * Reads a JSON document that an option names, or standard input for `-`.
 *
 * @param option for messages, with its dashes
 * @param otherwise what the option may also be, for the message where there is no such file
 * @throws UsageError where it cannot be read, is no JSON, or is not what the schema says
 */
export async function readJsonFile<S extends z.ZodType>(
  option: string,
  path: string,
  schema: S,
  otherwise = '',
): Promise<z.output<S>> {
  const content = await (path === '-' ? readInput() : readFile(path, 'utf8')).catch((error: Error) => {
    throw new UsageError(`${option}: ${otherwise}${path} cannot be read: ${error.message}`);
  });
  const value = (() => {
    try {
      return JSON.parse(content) as unknown;
    } catch (error) {
      throw new UsageError(`${option}: ${path} is not JSON: ${(error as Error).message}`);
    }
  })();
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new UsageError(`${option}: ${path}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function readInput(): Promise<string> {
  const { text } = await import('node:stream/consumers');
  return text(process.stdin);
}
