import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { GateResult } from '#contracts/operations/optimize-report.ts';
import { brokenRules } from '../validate/profiles/broken-rules.ts';

/**
 * The result of a recipe breaks some of its gates.
 *
 * @param output JSON pointer to the output in a graph; empty for the only result of a list
 */
export function gateFailed(failed: readonly GateResult[], output = ''): MaquetteError {
  const errors = failed.flatMap((result) =>
    messagesOf(result).map((message) => ({ pointer: `${output}/gates/${result.gate}`, message })),
  );
  const list = errors.map(({ pointer, message }) => `${pointer.slice(output.length + 7)}: ${message}`).join('; ');
  return new MaquetteError(
    'gate_failed',
    `${output === '' ? 'The result' : `The result ${output.split('/').at(-1)}`} breaks ${failed.length === 1 ? 'a limit' : 'limits'} of the recipe: ${list}.`,
    {
      errors,
      remedy: remedyOf(failed),
    },
  );
}

/** What is wrong: of a profile each rule that is broken. */
function messagesOf({ limit, value, verdict }: GateResult): string[] {
  if (verdict) return brokenRules(verdict).map(({ message }) => `the profile ${verdict.profile} fails at ${message}`);
  if (value === null) return [`the limit is ${limit}, and nothing could be measured`];
  return [`the result has ${value}, the limit is ${limit}`];
}

/** What to do: of a profile what its rules say, each once. */
function remedyOf(failed: readonly GateResult[]): string {
  const ofRules = failed.flatMap(({ verdict }) => (verdict ? brokenRules(verdict).map(({ remedy }) => remedy) : []));
  const general = 'Loosen the limit, or take less away: a smaller error, more triangles, larger textures.';
  return [...new Set([...ofRules, ...(failed.some(({ verdict }) => !verdict) ? [general] : [])])].join(' ');
}

/** No choice of the parameters comes below a target. */
export function targetUnreachable(
  what: 'bytes' | 'triangles',
  target: number,
  reached: number,
  output = '',
): MaquetteError {
  return new MaquetteError(
    'target_unreachable',
    `The recipe comes down to ${reached} ${what} at best; the target is ${target}.`,
    {
      errors: [{ pointer: `${output}/target/${what}`, message: `${reached} was reached` }],
      remedy:
        what === 'bytes'
          ? 'Raise the target, or add what makes files smaller: `strip`, `textures` with webp, `meshopt` or `draco`.'
          : 'Raise the target, or remove parts of the model first.',
    },
  );
}

/** Unfolding so many triangles would take minutes. */
export function tooManyToUnwrap(triangles: number, limit: number): MaquetteError {
  return new MaquetteError(
    'model_too_large',
    `The model has ${triangles} triangles to unwrap; the limit is ${limit}.`,
    { remedy: 'Put `simplify` before, or `bake`, which does both and keeps the look of the fine model.' },
  );
}

/** Each chart takes a texel and its padding at least. */
export function chartsDoNotFit(charts: number, resolution: number, padding: number): MaquetteError {
  return new MaquetteError(
    'model_too_large',
    `${charts} charts with ${padding} texels between them do not fit into a square of ${resolution} texels.`,
    { remedy: 'Raise `resolution`, lower `padding`, or put `simplify` before.' },
  );
}

/** Not even a pixel and its padding is left to each material. */
export function atlasTooSmall(materials: number, maxSize: number, padding: number): MaquetteError {
  return new MaquetteError(
    'invalid_request',
    `${materials} materials with ${padding} pixels about each do not fit into ${maxSize} × ${maxSize} pixels.`,
    { remedy: 'Raise `maxSize`, or lower `padding`.' },
  );
}
