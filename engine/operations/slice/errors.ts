import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A cut would take the whole model away. */
export function nothingLeft(keep: string, offset: number, low: number, high: number): MaquetteError {
  const [at, from, to] = [offset, low, high].map((value) => Number(value.toPrecision(6)));
  return new MaquetteError(
    'operation_impossible',
    `Nothing of the model lies ${keep} the plane at ${at} m: along the normal it reaches from ${from} to ${to} m.`,
    { remedy: 'Choose an `offset` in between, an `at` between 0 and 1, or the other side.' },
  );
}
