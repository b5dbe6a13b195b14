import { openAsBlob } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { ModelSource, UploadOptions } from '#sdk/assets.ts';
import type { UploadFile } from '#sdk/uploads.ts';
import { readModelFiles } from '../model-files.ts';
import type { KeptUploads } from './kept-uploads.ts';

/** Models of so many bytes go in parts, which a broken connection or a stopped command does not begin anew. */
const IN_PARTS_BYTES = 16 * 1024 * 1024;

/**
 * A model and the files that it refers to, to be uploaded: read while they are sent, so that size does not matter.
 *
 * @throws MaquetteError `not_found` when the model cannot be read
 */
export async function modelSource(path: string): Promise<UploadFile[]> {
  const files = await readModelFiles(path);
  return Promise.all(files.map(async ({ name }) => ({ name, data: await openAsBlob(join(dirname(path), name)) })));
}

/** How a model is sent: as a new asset, or as a version of one. */
export type Send = (source: ModelSource, options: UploadOptions) => Promise<Asset>;

/**
 * Sends a model. A large one goes on where an earlier call stopped, whatever stopped it.
 *
 * @param onResume told of bytes that are there already, before the first is sent
 * @param onShare told how much of the model is sent, 0 to 1
 */
export async function sendModel(
  path: string,
  send: Send,
  kept: KeptUploads,
  { onResume, onShare }: { onResume: (bytes: number) => void; onShare: (share: number) => void },
): Promise<Asset> {
  const files = await modelSource(path);
  const total = files.reduce((sum, { data }) => sum + data.size, 0);
  if (total < IN_PARTS_BYTES) return send(files, {});
  const paths = new Map(files.map(({ name }) => [name, join(dirname(path), name)]));
  const resume = await kept.find(paths);
  const noted: Promise<void>[] = [];
  let isFirst = resume.size > 0;
  const asset = await send(files, {
    resume,
    onBegun: (name, id) => noted.push(kept.add(paths.get(name) ?? name, id)),
    onProgress: ({ sent }) => {
      if (isFirst && sent > 0) onResume(sent);
      isFirst = false;
      onShare(sent / total);
    },
  });
  await Promise.all(noted);
  await kept.forget(paths.values());
  return asset;
}
