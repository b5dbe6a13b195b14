import type { ImageRequest } from '#contracts/render/image-request.ts';

/** What a task is told; the model lies in the folder as `model.glb`. */
export interface RenderInput {
  request: ImageRequest;
  /** Most memory that the renderer's scene may take. */
  memoryLimit: number;
}

/** Names of files in the task's folder. */
export const GLB_FILE = 'model.glb';
export const IMAGE_FILE = 'image';

/** Parameter of the task module's URL: threads of one render, known when the process starts. */
export const THREADS_PARAMETER = 'threads';
