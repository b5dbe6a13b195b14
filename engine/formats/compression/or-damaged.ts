import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { modelMalformed } from '../errors.ts';

/** What a decompressor gives; its errors mean that the file is damaged. @throws MaquetteError `model_malformed` */
export function orDamaged<T>(name: string, unpack: () => T): T {
  try {
    return unpack();
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw modelMalformed(name, `The compressed data is damaged: ${reason.slice(0, 200)}.`, undefined, cause);
  }
}
