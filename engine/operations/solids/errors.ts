import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { formatCount } from '../../formats/errors.ts';

/** A model has more triangles than an operation can take. */
export function tooManyTriangles(work: string, count: number, limit: number): MaquetteError {
  return new MaquetteError(
    'model_too_large',
    `The model has ${formatCount(count)} triangles; ${work} takes ${formatCount(limit)} at most.`,
    { remedy: 'Put a `simplify` before it, or name fewer nodes.' },
  );
}

/** What was asked for would take more cells, points or parts than an operation may make. */
export function tooFine(what: string, count: number, limit: number, remedy: string): MaquetteError {
  return new MaquetteError(
    'operation_impossible',
    `${what} would be ${formatCount(count)}; the limit is ${formatCount(limit)}.`,
    { remedy },
  );
}

/** No node has a name that was given. */
export function nothingNamed(patterns: readonly string[], names: readonly string[]): MaquetteError {
  return unnamed('node with a mesh', patterns, names, 'Name nodes or meshes of the model');
}

/** No node has the name of a place that was given. */
export function noPlaceNamed(patterns: readonly string[], names: readonly string[]): MaquetteError {
  return unnamed('node', patterns, names, 'Name nodes of the model');
}

function unnamed(what: string, patterns: readonly string[], names: readonly string[], remedy: string): MaquetteError {
  const some = names.filter((name) => name !== '').slice(0, 8);
  const known = some.length > 0 ? `; there are ${some.map((name) => `"${name}"`).join(', ')}` : '; none has a name';
  const given = patterns.map((pattern) => `"${pattern}"`).join(', ');
  return new MaquetteError('operation_impossible', `No ${what} is named ${given}${known}.`, {
    remedy: `${remedy}; \`*\` stands for any text. \`rename\` with \`unique\` names the nameless.`,
  });
}

/** A mesh encloses nothing, and mending it did not help. */
export function notSolid(name: string, why: string): MaquetteError {
  return new MaquetteError('operation_impossible', `${name} is no solid: ${why}.`, {
    remedy:
      'Put `weld` with a tolerance, `repair` and `fillHoles` before it, or `remesh`, which makes any surface solid.',
  });
}
