import type { ModelFile } from '#engine/formats/model-file.ts';
import type { Random } from '../random.ts';

/** Damages the files of a model, the main one first. Gives new files; the given ones stay as they are. */
export type Mutator = (files: readonly ModelFile[], random: Random) => ModelFile[];

/** Damages the bytes of one file; the given ones stay as they are. */
export type BytesMutator = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Damages the model itself. */
export function onMain(mutate: BytesMutator): Mutator {
  return ([main, ...others], random) => [{ name: main!.name, bytes: mutate(main!.bytes, random) }, ...others];
}

/** Damages any one of the files. */
export function onAny(mutate: BytesMutator): Mutator {
  return (files, random) => {
    const chosen = random.below(files.length);
    return files.map((file, index) =>
      index === chosen ? { name: file.name, bytes: mutate(file.bytes, random) } : file,
    );
  };
}
