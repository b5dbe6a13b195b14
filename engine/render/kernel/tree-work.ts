// Sets of triangles and subtrees are taken from the queue and worked on until none is left.

import { buildTaken } from './bvh-build';
import { refitSubtree } from './refit';
import { closeSet, setCount, setFirst, setMesh, takeSet } from './set-queue';

/** Works on what waits until `items` items of the task are done and nothing waits any more. */
export function workOnTrees(items: i32, thread: i32): void {
  while (takeSet(items)) {
    if (setCount < 0) refitSubtree(setMesh, setFirst);
    else buildTaken(thread);
    closeSet();
  }
}
