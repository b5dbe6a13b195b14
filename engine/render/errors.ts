import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The environment cannot be used. */
export function invalidEnvironment(message: string, cause?: unknown, remedy?: string): MaquetteError {
  return new MaquetteError('environment_invalid', message, {
    cause,
    remedy:
      remedy ??
      'Give an equirectangular picture, twice as wide as high, as Radiance .hdr or OpenEXR, or choose one of the ' +
        'environments that come with Maquette.',
  });
}

/** The model has nothing that can be drawn. */
export function nothingToDraw(message: string): MaquetteError {
  return new MaquetteError('model_empty', message, {
    remedy: 'Check that the default scene holds meshes with positions and that their values are finite.',
  });
}

/** The render would need more memory than it may have. Sizes in bytes. */
export function renderTooLarge(needed: number, limit: number, parts: Record<string, number>): MaquetteError {
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-GB')} MiB`;
  const listed = Object.entries(parts).map(([name, bytes]) => `${name} ${mebibytes(bytes)}`);
  return new MaquetteError(
    'render_too_large',
    `The render needs ${mebibytes(needed)} of memory and may use ${mebibytes(limit)}: ${listed.join(', ')}.`,
    { remedy: 'Ask for a smaller image, simplify the model or reduce its textures, or raise the memory limit.' },
  );
}

/** The render was stopped by its caller. */
export function renderCanceled(): MaquetteError {
  return new MaquetteError('canceled', 'The render was canceled.');
}

/** A thread of the renderer ended or trapped. */
export function renderFailed(message: string, cause?: unknown): MaquetteError {
  return new MaquetteError('internal', message, { cause });
}
