import { join } from 'node:path';
import { z } from 'zod';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { RenderStats } from '#contracts/jobs/job-kinds.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { environmentMissing, modelMissing } from './errors.ts';
import { ENVIRONMENT_FILE, GLB_FILE } from './sandbox/render-input.ts';

/** What a sandboxed process says a render took; it has read untrusted bytes, so it is parsed. */
export const TaskStats = RenderStats.extend({ warnings: z.array(z.string().max(2_000)).max(1_000) });

/** Puts a stored model into a task's folder. @throws MaquetteError `storage_failed` */
export async function copyModel(objects: ObjectStore, glb: BlobReference, folder: string): Promise<void> {
  await objects.copyTo(glb.sha256, join(folder, GLB_FILE)).catch((error: unknown) => {
    throw modelMissing(error);
  });
}

/** Puts a stored picture into a task's folder. @throws MaquetteError `storage_failed` */
export async function copyEnvironment(
  objects: ObjectStore,
  picture: BlobReference | undefined,
  folder: string,
): Promise<void> {
  if (picture === undefined) return;
  await objects.copyTo(picture.sha256, join(folder, ENVIRONMENT_FILE)).catch((error: unknown) => {
    throw environmentMissing(error);
  });
}
