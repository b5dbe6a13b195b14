import { openAsBlob } from 'node:fs';
import { dirname, join } from 'node:path';
import type { UploadFile } from '#sdk/uploads.ts';
import { readModelFiles } from '../model-files.ts';

/**
 * A model and the files that it refers to, to be uploaded: read while they are sent, so that size does not matter.
 *
 * @throws MaquetteError `not_found` when the model cannot be read
 */
export async function modelSource(path: string): Promise<UploadFile[]> {
  const files = await readModelFiles(path);
  return Promise.all(files.map(async ({ name }) => ({ name, data: await openAsBlob(join(dirname(path), name)) })));
}
