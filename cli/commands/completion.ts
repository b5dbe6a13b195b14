import { COMMON, type Command, type CommandOption, type CommandTable, UsageError } from '../command.ts';

/** What completion knows of a command. */
interface Completable {
  name: string;
  summary: string;
  options: Record<string, CommandOption>;
  /** The words that its argument is one of; none when it takes files. */
  words: string[];
}

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `maquette completion SHELL`: a script that completes commands and their options, made of the table of commands. */
export const completionOf = (table: CommandTable): Command => ({
  name: 'completion',
  summary:
    'Prints a script that completes commands and options. bash: eval "$(maquette completion bash)" in ~/.bashrc; zsh the same in ~/.zshrc; fish: maquette completion fish > ~/.config/fish/completions/maquette.fish',
  usage: 'bash|zsh|fish',
  positionals: [1, 1],
  options: {},
  async run({ values, positionals: [shell] }) {
    if (shell === undefined || !Object.hasOwn(SCRIPTS, shell)) throw new UsageError(`${shell}: one of bash, zsh, fish`);
    const script = SCRIPTS[shell as keyof typeof SCRIPTS](await completables(table));
    console.log(values.json ? JSON.stringify({ shell, script }) : script);
  },
});

/** Every command with its options, those of its form on a server included. */
async function completables(table: CommandTable): Promise<Completable[]> {
  return Promise.all(
    Object.entries(table).map(async ([name, { summary, load }]) => {
      const forms = await Promise.all([load([]), load(['ast_00000000000000000000000000'])]);
      for (const form of forms) await form.close?.();
      const options = Object.assign({ ...COMMON }, ...forms.map((form) => form.options));
      const [{ usage }] = forms;
      return { name, summary, options, words: /^\w+(?:\|\w+)+$/.test(usage) ? usage.split('|') : [] };
    }),
  );
}

function wordsOf({ options, words }: Completable): string {
  return [...words, ...Object.keys(options).map((option) => `--${option}`)].join(' ');
}

function bashScript(commands: Completable[]): string {
  return [
    '_maquette() {',
    `  local word=\${COMP_WORDS[COMP_CWORD]} words`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words='${commands.map(({ name }) => name).join(' ')}'`,
    '  else',
    `    case \${COMP_WORDS[1]} in`,
    ...commands.map((command) => `      ${command.name}) words='${wordsOf(command)}' ;;`),
    '    esac',
    '  fi',
    '  # Options are offered when a dash is typed: files come before.',
    `  if [ "$COMP_CWORD" -gt 1 ] && [[ $word != -* ]]; then words=\${words%%--*}; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    '# What is no option is a file.',
    'complete -o default -F _maquette maquette',
  ].join('\n');
}

function zshScript(commands: Completable[]): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replaceAll(/[[\]:]/g, '\\$&');
  return [
    '#compdef maquette',
    '_maquette() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a commands=(',
    ...commands.map(({ name, summary }) => `      '${name}:${quoted(summary)}'`),
    '    )',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  case $words[2] in',
    ...commands.map(({ name, options, words }) =>
      [
        `    ${name}) _arguments \\`,
        ...Object.entries(options).map(
          ([option, { type, short, help, value = 'value' }]) =>
            `      ${short ? `'(-${short} --${option})'{-${short}${type === 'string' ? '+' : ''},` : ''}'--${option}${type === 'string' ? '=' : ''}${short ? `'}'` : ''}[${quoted(help)}]${type === 'string' ? `:${quoted(value)}:_files` : ''}' \\`,
        ),
        words.length > 0 ? `      '2:word:(${words.join(' ')})' ;;` : "      '*:file:_files' ;;",
      ].join('\n'),
    ),
    '  esac',
    '}',
    '# Sourced, or found by its name in a folder of functions.',
    'if [[ $funcstack[1] == _maquette ]]; then _maquette "$@"; else compdef _maquette maquette; fi',
  ].join('\n');
}

function fishScript(commands: Completable[]): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return commands
    .flatMap(({ name, summary, options, words }) => [
      `complete -c maquette -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...(words.length > 0
        ? [`complete -c maquette -n '__fish_seen_subcommand_from ${name}' -f -a '${words.join(' ')}'`]
        : []),
      ...Object.entries(options).map(
        ([option, { type, short, help }]) =>
          `complete -c maquette -n '__fish_seen_subcommand_from ${name}' -l ${option}${short ? ` -s ${short}` : ''}${type === 'string' ? ' -r' : ''} -d ${quoted(help)}`,
      ),
    ])
    .join('\n');
}
