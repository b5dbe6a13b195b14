import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A boolean leaves nothing. */
export function emptyResult(operation: string, first: number, second: number): MaquetteError {
  return new MaquetteError('operation_impossible', `The ${operation} of the ${first} and ${second} meshes is empty.`, {
    remedy:
      operation === 'difference'
        ? 'What is taken away covers everything: name fewer nodes in `b`, or place the other model elsewhere.'
        : 'The parts do not overlap: move them, or name others.',
  });
}
