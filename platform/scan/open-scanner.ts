import { commandScanner } from './command-scanner.ts';
import { icapScanner } from './icap-scanner.ts';
import type { Scanner } from './scanner.ts';

/** The longest that a scanner may be silent, or a program may run. */
const TIMEOUT_MS = 120_000;

/**
 * The scanner that a setting names.
 * @param setting `icap://host:port/service`, or a program with its arguments
 */
export function openScanner(setting: string | undefined): Scanner | undefined {
  if (setting === undefined) return undefined;
  if (setting.startsWith('icap://')) return icapScanner(new URL(setting), { timeoutMs: TIMEOUT_MS });
  const [program = '', ...args] = setting.split(' ').filter((part) => part !== '');
  return commandScanner([program, ...args], { timeoutMs: TIMEOUT_MS });
}
