import { type Command, EXIT, reportError, runCommand, UsageError } from './command.ts';

/** The commands, each loaded when it is asked for, so that a render does not wait for the server's code. */
const COMMANDS: Record<string, { summary: string; load: (args: readonly string[]) => Promise<Command> }> = {
  render: {
    summary: 'render a model to an image, a video or views for training',
    load: async (args) => {
      const { startEarly } = await import('./early-start.ts');
      const early = await startEarly(args);
      return (await import('./commands/render.ts')).renderCommand(early);
    },
  },
  inspect: { summary: 'measure a model', load: async () => (await import('./commands/inspect.ts')).inspect },
  validate: {
    summary: 'check a model against the rules of its format',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  convert: {
    summary: 'write a model as normalised GLB',
    load: async (args) => {
      // Without the schemas of all other formats, which take longer to load than many a model.
      const { convertToGlb, isPlainGlb } = await import('./commands/convert-to-glb.ts');
      return isPlainGlb(args) ? convertToGlb : (await import('./commands/convert.ts')).convert;
    },
  },
  optimize: {
    summary: 'make a model smaller and lighter',
    load: async () => (await import('./commands/optimize.ts')).optimize,
  },
  serve: {
    summary: 'run the server, whole or some of its roles',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  up: {
    summary: 'run the whole server on this machine, with sample models',
    load: async () => (await import('./commands/serve.ts')).up,
  },
};

/**
 * The command line. Sets the exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 the system failed.
 * Results go to standard output; messages to standard error.
 */
export async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      console.log(overview());
      process.exitCode = name === undefined ? EXIT.usage : EXIT.done;
      return;
    }
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!entry) throw new UsageError(`There is no command \`${name}\`.\n\n${overview()}`);
    await runCommand(await entry.load(rest), rest);
  } catch (error) {
    process.exitCode = reportError(error, rest.includes('--json'));
  }
}

function overview(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  return ['maquette COMMAND …', '', ...rows, '', '`maquette COMMAND --help` says more.'].join('\n');
}
