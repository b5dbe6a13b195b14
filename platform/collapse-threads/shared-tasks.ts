import type { CollapseTask } from '#engine/operations/simplify/collapse-edges.ts';

/** Where an array lies in shared memory. */
interface Place {
  /** In bytes. */
  at: number;
  /** In elements. */
  length: number;
}

const ARRAYS = ['positions', 'attributes', 'indices', 'locks'] as const;
type SharedArray = (typeof ARRAYS)[number];

/** A task whose arrays lie in shared memory. */
export type SharedTask = Omit<CollapseTask, SharedArray> & { [Name in SharedArray]: Place };

/** What one task takes of shared memory, in bytes. */
export function sharedBytes(task: CollapseTask): number {
  return ARRAYS.reduce((sum, name) => sum + aligned(task[name].byteLength), 0);
}

/** Copies tasks into shared memory, which has room for all of them. */
export function shareTasks(tasks: readonly CollapseTask[], memory: SharedArrayBuffer): SharedTask[] {
  const bytes = new Uint8Array(memory);
  let end = 0;
  const put = (array: CollapseTask[SharedArray]): Place => {
    const at = end;
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    end += aligned(array.byteLength);
    return { at, length: array.length };
  };
  return tasks.map((task) => {
    const [positions, attributes, indices, locks] = ARRAYS.map((name) => put(task[name])) as [
      Place,
      Place,
      Place,
      Place,
    ];
    return { ...task, positions, attributes, indices, locks };
  });
}

function aligned(bytes: number): number {
  return (bytes + 3) & ~3;
}
