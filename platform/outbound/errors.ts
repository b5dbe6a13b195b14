import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A URL that the server does not go to. */
export function urlRefused(url: string, why: string, remedy: string): MaquetteError {
  return new MaquetteError('url_refused', `${shown(url)} is not fetched: ${why}.`, { remedy, where: shown(url) });
}

/** The name has no address. */
export function hostUnknown(host: string, cause: unknown): MaquetteError {
  return new MaquetteError('remote_refused', `There is no address for ${host}.`, {
    remedy: 'Check the spelling of the host in the URL.',
    cause,
  });
}

/** An answer that will be the same next time. */
export function remoteRefused(url: string, why: string, remedy: string, cause?: unknown): MaquetteError {
  return new MaquetteError('remote_refused', `${shown(url)} ${why}.`, { remedy, where: shown(url), cause });
}

/** A failure that may be over soon: it is worth another try. */
export function remoteFailed(url: string, why: string, cause?: unknown): MaquetteError {
  return new MaquetteError('remote_failed', `${shown(url)} ${why}.`, {
    remedy: 'Try again later; if it stays so, ask whoever runs that server.',
    where: shown(url),
    cause,
  });
}

/** More bytes than may come. */
export function remoteTooLarge(url: string, limitBytes: number): MaquetteError {
  return new MaquetteError('payload_too_large', `${shown(url)} has more than ${limitBytes} bytes.`, {
    remedy: 'Make the file smaller, or ask the operator to raise the upload limit.',
    where: shown(url),
  });
}

/** A URL as messages show it: without what may be secret in its query, and of bounded length. */
export function shown(url: string): string {
  const plain = url.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}
