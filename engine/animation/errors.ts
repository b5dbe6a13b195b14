import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** Most names that a message lists. */
const LISTED = 40;

/** The model has nothing of this kind under this name. `names`: what it has. */
export function unknownName(kind: string, plural: string, name: string, names: readonly string[]): MaquetteError {
  const listed = names.slice(0, LISTED).map((each) => `“${each}”`);
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return new MaquetteError(
    'invalid_request',
    names.length === 0
      ? `The model has no ${plural}, so none is called “${name}”.`
      : `The model has no ${kind} called “${name}”. Its ${plural}: ${listed.join(', ')}${more}.`,
    { remedy: names.length === 0 ? `Leave the ${kind} out.` : 'Give one of these names, written alike.' },
  );
}

/** A time is asked for of a model that does not move. */
export function nothingMoves(): MaquetteError {
  return new MaquetteError('invalid_request', 'A time was given, but the model has no animations.', {
    remedy: 'Leave `time` out to draw the model as it is.',
  });
}
