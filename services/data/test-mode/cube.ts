import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';

/** A cube of one metre that stands on the ground, as an OBJ file. */
const CUBE = `o Cube
v -0.5 0 0.5
v 0.5 0 0.5
v 0.5 1 0.5
v -0.5 1 0.5
v -0.5 0 -0.5
v 0.5 0 -0.5
v 0.5 1 -0.5
v -0.5 1 -0.5
f 1 2 3 4
f 6 5 8 7
f 2 6 7 3
f 5 1 4 8
f 4 3 7 8
f 5 6 2 1
`;

/** The cube that stands for models which shall succeed in test mode, stored if it is not. */
export async function storeCube(objects: ObjectStore): Promise<SourceFile> {
  const { sha256, bytes } = await objects.put(
    (async function* () {
      yield Buffer.from(CUBE);
    })(),
  );
  return { name: 'cube.obj', sha256, bytes };
}
