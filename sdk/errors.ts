import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { PublicError } from '#contracts/events/envelope.ts';
import type { Problem } from '#contracts/rest/problem.ts';

/** A failed answer as the error that the server threw: code, fault, message, remedy and single findings. */
export async function errorOf(answer: Response): Promise<MaquetteError> {
  const text = await answer.text().catch(() => '');
  const problem = parseProblem(text);
  if (problem) return MaquetteError.fromValue({ ...problem, message: problem.detail } as ErrorValue);
  return new MaquetteError('internal', `The server answered ${answer.status} without saying why.`, { cause: text });
}

/** What a failed asset, job or render says of itself, as an error to be thrown. */
export function failureOf({ remedy, ...error }: PublicError): MaquetteError {
  return MaquetteError.fromValue({ ...error, ...(remedy !== null && { remedy }) } as ErrorValue);
}

/** A request that got no answer. */
export function unreachable(url: string, cause: unknown): MaquetteError {
  return new MaquetteError('unavailable', `${url} does not answer.`, {
    cause,
    remedy:
      'location' in globalThis
        ? 'Check the address, that the server runs, and that it allows the origin of this page (docs/access.md).'
        : 'Check the address, and that the server runs.',
  });
}

/** @throws MaquetteError when another server than Maquette, such as its storage, refuses what it is sent */
export async function errorIfRefused(url: string, answer: Response): Promise<void> {
  const text = await answer.text();
  if (answer.ok) return;
  throw new MaquetteError('remote_failed', `${url} answered ${answer.status}: ${text.slice(0, 300)}`);
}

function parseProblem(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Partial<Problem>;
    return typeof value.code === 'string' && typeof value.detail === 'string' ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}
