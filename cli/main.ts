import type { Worker } from 'node:worker_threads';
import { API_VERSION } from '#contracts/rest/version.ts';
import { EXIT, reportError, runCommand, UsageError } from './command.ts';
import { COMMANDS } from './command-table.ts';
import { nearestOf } from './nearest-name.ts';
import { watchOutput } from './watch-output.ts';

/**
 * The command line. Sets the exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 the system failed.
 * Results go to standard output; messages to standard error.
 *
 * @param thread A render thread that was started for a command that renders.
 */
export async function main(args: string[], thread?: Worker): Promise<void> {
  watchOutput(process.stdout);
  const [name, ...rest] = commandOf(args);
  try {
    if (name === undefined) {
      console.error(overview());
      process.exitCode = EXIT.usage;
    } else if (name === '--help' || name === '-h' || name === 'help') {
      console.log(overview());
    } else if (name === '--version' || name === '-V' || name === 'version') {
      console.log(rest.includes('--json') ? JSON.stringify({ version: API_VERSION }) : API_VERSION);
    } else {
      const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
      if (!entry) throw new UsageError(unknownCommand(name));
      await runCommand(await entry.load(rest, thread), rest);
    }
  } catch (error) {
    process.exitCode = reportError(error, rest.includes('--json'));
  }
}

/** `help COMMAND` asks for what `COMMAND --help` does. */
function commandOf(args: string[]): string[] {
  const [first, second] = args;
  return first === 'help' && second !== undefined && !second.startsWith('-') ? [second, '--help'] : args;
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return ['maquette COMMAND …', '', ...rows, '', '`maquette COMMAND --help` says more.'].join('\n');
}

function unknownCommand(name: string): string {
  const near = nearestOf(name, Object.keys(COMMANDS));
  const guess = near === undefined ? '' : ` Is \`${near}\` meant?`;
  return `There is no command \`${name}\`.${guess} \`maquette help\` lists all.`;
}
