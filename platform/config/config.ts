import type { ErrorItem } from '#contracts/errors/maquette-error.ts';
import type { Definition } from './definition.ts';
import { type Config, DEFINITIONS, variableOf } from './definitions.ts';
import { configInvalid } from './errors.ts';

/**
 * Reads the configuration: environment variables first, then `maquette.config.json`, then the defaults.
 *
 * @param environment usually `process.env`. Unknown `MAQUETTE_*` variables are problems too: they are typing errors.
 * @param fileText the text of `maquette.config.json`, when there is one.
 * @throws MaquetteError `config_invalid` with every problem at once, under the names of the variables.
 */
export function loadConfig(environment: Record<string, string | undefined>, fileText?: string): Config {
  const problems: ErrorItem[] = [];
  const file = parseFile(fileText, problems);
  const definitions: Record<string, Definition> = DEFINITIONS;
  const config: Record<string, unknown> = {};
  for (const [name, definition] of Object.entries(definitions)) {
    const variable = variableOf(name);
    const fromEnvironment = environment[variable] === '' ? undefined : environment[variable];
    const given = fromEnvironment ?? file[name];
    const text = given ?? definition.default;
    if (text === undefined) continue;
    const parsed = definition.schema.safeParse(typeof text === 'object' ? JSON.stringify(text) : String(text));
    if (parsed.success) config[name] = parsed.data;
    else {
      const origin = fromEnvironment === undefined ? `${variable} (\`${name}\` in maquette.config.json)` : variable;
      for (const issue of parsed.error.issues) problems.push({ pointer: origin, message: issue.message });
    }
  }
  const known = new Set(Object.keys(DEFINITIONS).map(variableOf));
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith('MAQUETTE_') && !variable.startsWith('MAQUETTE_TEST_') && !known.has(variable)) {
      problems.push({ pointer: variable, message: 'there is no such setting' });
    }
  }
  for (const name of Object.keys(file)) {
    if (!(name in DEFINITIONS))
      problems.push({ pointer: `\`${name}\` in maquette.config.json`, message: 'there is no such setting' });
  }
  if (problems.length > 0) throw configInvalid(problems);
  return config as Config;
}

function parseFile(text: string | undefined, problems: ErrorItem[]): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    problems.push({ pointer: 'maquette.config.json', message: 'give a JSON object' });
  } catch (cause) {
    problems.push({ pointer: 'maquette.config.json', message: `is not valid JSON: ${(cause as Error).message}` });
  }
  return {};
}
