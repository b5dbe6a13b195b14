import { isMainThread } from 'node:worker_threads';
import { lockDown } from './lock-down.ts';

// Imported by flag into every thread of a sandboxed process; the main thread locks itself down in `child.ts`, once it
// holds its channel to the parent.
if (!isMainThread) lockDown();
