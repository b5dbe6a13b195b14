import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { RenderFileRole } from '#contracts/render/render-file.ts';

/** What a task is told; the model lies in the folder as `model.glb`. */
export interface RenderInput {
  request: ImageRequest;
  /** Most memory that the renderer's scene may take. */
  memoryLimit: number;
}

/** What a task hands back. Each file lies in the folder under its name. */
export interface RenderOutput {
  /** The picture first, then its passes. */
  files: { role: RenderFileRole; name: string; width: number; height: number }[];
  stats: { seconds: number; rays: number; triangles: number; peakBytes: number; warnings: string[] };
}

/** Name of the model in the task's folder. */
export const GLB_FILE = 'model.glb';

/** Parameter of the task module's URL: threads of one render, known when the process starts. */
export const THREADS_PARAMETER = 'threads';
