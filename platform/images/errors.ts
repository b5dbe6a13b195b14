import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** The bytes are no image that can be decoded. */
export function malformedImage(mimeType: string, cause: unknown): MaquetteError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MaquetteError(
    'image_malformed',
    `The image (${mimeType || 'of unknown type'}) cannot be decoded: ${reason}.`,
    {
      cause,
      remedy: 'Export the texture again as PNG or JPEG.',
    },
  );
}
