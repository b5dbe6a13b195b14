import type { Worker } from 'node:worker_threads';
import { EXIT, reportError, runCommand, UsageError } from './command.ts';
import { COMMANDS } from './command-table.ts';

/**
 * The command line. Sets the exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 the system failed.
 * Results go to standard output; messages to standard error.
 *
 * @param thread A render thread that was started for a command that renders.
 */
export async function main(args: string[], thread?: Worker): Promise<void> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      console.log(overview());
      process.exitCode = name === undefined ? EXIT.usage : EXIT.done;
      return;
    }
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!entry) throw new UsageError(`There is no command \`${name}\`.\n\n${overview()}`);
    await runCommand(await entry.load(rest, thread), rest);
  } catch (error) {
    process.exitCode = reportError(error, rest.includes('--json'));
  }
}

function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  return ['maquette COMMAND …', '', ...rows, '', '`maquette COMMAND --help` says more.'].join('\n');
}
