import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A scanner has found something. */
export function fileInfected(name: string, finding: string): MaquetteError {
  return new MaquetteError('file_infected', `The virus scanner rejects ${name}: ${finding.slice(0, 200)}.`, {
    remedy: 'Check the machine that the file comes from, and upload a clean one.',
    where: name,
  });
}

/** Nothing is taken that was not scanned. */
export function scannerAway(cause: unknown): MaquetteError {
  return new MaquetteError('unavailable', 'The virus scanner gives no verdict at the moment, so nothing is taken.', {
    remedy: 'Upload again later. Operators: check MAQUETTE_SCAN.',
    cause,
  });
}
