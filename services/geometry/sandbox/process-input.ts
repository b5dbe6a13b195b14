import type { ModelLimits } from '#contracts/model/model-limits.ts';

/** What a task is told: the client's names of the files, which lie in the folder as `input-0`, `input-1`, … */
export interface ProcessInput {
  names: string[];
  limits: ModelLimits;
}

/** Name of a source file in the folder: the client's own could lead anywhere. */
export function inputFile(index: number): string {
  return `input-${index}`;
}

/** Name of the file that a task leaves in its folder. */
export const GLB_FILE = 'model.glb';
