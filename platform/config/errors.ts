import { type ErrorItem, MaquetteError } from '#contracts/errors/maquette-error.ts';

/** All problems of a configuration at once, each under its variable's name. */
export function configInvalid(problems: ErrorItem[]): MaquetteError {
  const list = problems.map(({ pointer, message }) => `  ${pointer}: ${message}`).join('\n');
  return new MaquetteError('config_invalid', `The configuration has ${problems.length} problem(s):\n${list}`, {
    errors: problems,
    remedy: 'Correct the variables; docs/configuration.md describes each.',
  });
}
