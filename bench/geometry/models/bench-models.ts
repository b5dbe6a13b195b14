import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BallMesh, terrainBall } from './terrain-ball.ts';
import { write3mf } from './write-3mf.ts';
import { writeFbx } from './write-fbx.ts';
import { writeMtl, writeObj } from './write-obj.ts';
import { writeBinaryPly, writeTextPly } from './write-ply.ts';
import { writeBinaryStl, writeTextStl } from './write-stl.ts';

/** Quads from pole to pole of the large ball: a million triangles. */
export const MILLION = 500;

const FILES: Record<string, (mesh: BallMesh) => Uint8Array> = {
  'ball.obj': (mesh) => writeObj(mesh, 'ball.mtl'),
  'ball.mtl': writeMtl,
  'ball-binary.stl': writeBinaryStl,
  'ball-text.stl': writeTextStl,
  'ball-binary.ply': writeBinaryPly,
  'ball-text.ply': writeTextPly,
  'ball.3mf': write3mf,
  'ball.fbx': writeFbx,
};

/**
 * Makes the ball with hills in every format, where it is not there yet.
 *
 * @param rows Quads from pole to pole: `4 × rows²` triangles.
 * @returns The folder.
 */
export async function makeModels(data: string, rows: number): Promise<string> {
  const folder = join(data, `ball-${4 * rows * rows}`);
  await mkdir(folder, { recursive: true });
  let mesh: BallMesh | null = null;
  for (const [name, write] of Object.entries(FILES)) {
    const path = join(folder, name);
    if (existsSync(path)) continue;
    mesh ??= terrainBall(rows);
    // Whole or not at all: a run that is ended leaves no half of a model behind.
    await writeFile(`${path}.part`, write(mesh));
    await rename(`${path}.part`, path);
  }
  return folder;
}
