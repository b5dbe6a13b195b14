import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { ErrorCode } from '#contracts/errors/codes.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { nearestOf } from './nearest-name.ts';

/** One option of a command, as `node:util` parses it, with its place in the help text. */
export interface CommandOption {
  type: 'string' | 'boolean';
  short?: string;
  /** Name of the value, e.g. `PIXELS`. */
  value?: string;
  help: string;
}

/** What a command gets. */
export interface CommandCall {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
}

/** One command of the command line. */
export interface Command {
  name: string;
  summary: string;
  /** The words after the name, e.g. `MODEL -o OUT`. */
  usage: string;
  options: Record<string, CommandOption>;
  /** Fewest and most words that are not options. */
  positionals: [least: number, most: number];
  run(call: CommandCall): Promise<void>;
  /** Gives back what was begun before the arguments were looked at; called at the end, also when they do not fit. */
  close?(): Promise<void>;
}

/**
 * All commands by name, each loaded when it is asked for; its form can depend on what it is asked. One that renders takes
 * over the thread that was started for it.
 */
export type CommandTable = Record<
  string,
  { summary: string; load: (args: readonly string[], thread?: Worker) => Promise<Command> }
>;

/** Wrong usage of the command line: exit status 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** What the exit status of a process says. */
export const EXIT = { done: 0, input: 1, usage: 2, system: 3 } as const;

/** Every command takes these. */
export const COMMON: Record<string, CommandOption> = {
  json: { type: 'boolean', help: 'print one JSON document on standard output' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
};

/** Parses a command's arguments, runs and closes it. @throws UsageError when they do not fit. */
export async function runCommand(command: Command, args: string[]): Promise<void> {
  try {
    await parseAndRun(command, args);
  } finally {
    await command.close?.();
  }
}

async function parseAndRun(command: Command, args: string[]): Promise<void> {
  const options = { ...command.options, ...COMMON };
  const parsed = (() => {
    try {
      return parseArgs({
        args: joinNegativeNumbers(args, options),
        options: options as ParseArgsOptionsConfig,
        allowPositionals: true,
      });
    } catch (error) {
      throw new UsageError(unparsable(command, Object.keys(options), error as NodeJS.ErrnoException));
    }
  })();
  const values = parsed.values as CommandCall['values'];
  if (values.help) {
    console.log(helpOf(command));
    return;
  }
  const [least, most] = command.positionals;
  const count = parsed.positionals.length;
  if (count < least || count > most) {
    throw new UsageError(
      `usage: maquette ${command.name} ${command.usage}\n\`maquette ${command.name} --help\` says more.`,
    );
  }
  await command.run({ values, positionals: parsed.positionals });
}

/** What is wrong with the options; of one that there is not, which may be meant. */
function unparsable({ name }: Command, options: string[], { code, message }: NodeJS.ErrnoException): string {
  const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'(--?[^' ]+)/.exec(message)?.[1] : undefined;
  if (unknown === undefined) return message;
  const near = nearestOf(unknown.replace(/^-+/, ''), options);
  const guess = near === undefined ? '' : ` Is --${near} meant?`;
  return `There is no option ${unknown}.${guess} \`maquette ${name} --help\` lists all.`;
}

/** `--exposure -1` means a value, not an option: written as `--exposure=-1`, the parser takes it so. */
function joinNegativeNumbers(args: string[], options: Record<string, CommandOption>): string[] {
  const result: string[] = [];
  for (const arg of args) {
    const previous = result.at(-1);
    const takesValue = previous?.startsWith('--') && options[previous.slice(2)]?.type === 'string';
    if (takesValue && /^-\d/.test(arg)) result[result.length - 1] = `${previous}=${arg}`;
    else result.push(arg);
  }
  return result;
}

/** Columns of the help text: where the explanations begin, and where they end. */
const HELP_COLUMN = 36;
const HELP_WIDTH = 110;

/** The help text of a command. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, ...COMMON }).flatMap(([name, { short, value, help }]) => {
    const left = `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
    const lines = wrap(help, HELP_WIDTH - HELP_COLUMN);
    // An option that is too long for its column has the explanation below it.
    const first = left.length < HELP_COLUMN ? left.padEnd(HELP_COLUMN) + (lines.shift() ?? '') : left;
    return [first, ...lines.map((line) => ' '.repeat(HELP_COLUMN) + line)];
  });
  const usage = `maquette ${command.name} ${command.usage}`.trimEnd();
  return [usage, '', ...wrap(command.summary, HELP_WIDTH), '', ...rows].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** What to do about errors at a terminal, where a server speaks to programs. */
const REMEDIES: Partial<Record<ErrorCode, string>> = {
  unauthenticated: 'Sign in with a key that counts: `maquette login`. An administrator of the organisation makes keys.',
};

/** Prints an error for people on standard error, or as JSON on standard output. @returns the exit status that goes with it. */
export function reportError(thrown: unknown, json: boolean): number {
  if (thrown instanceof UsageError) {
    console.error(thrown.message);
    return EXIT.usage;
  }
  const error = MaquetteError.from(thrown);
  if (json) console.log(JSON.stringify({ error: error.toValue() }));
  console.error(`${error.code}: ${error.message}`);
  if (error.where) console.error(`  at ${error.where}`);
  const remedy = REMEDIES[error.code] ?? error.remedy;
  if (remedy) console.error(`  ${remedy}`);
  if (error.code === 'internal' && error.cause instanceof Error) console.error(error.cause.stack);
  return error.fault === 'input' ? EXIT.input : EXIT.system;
}
