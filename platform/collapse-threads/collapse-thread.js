// One thread that collapses edges. Plain JavaScript on purpose: a worker that has to load Node's type stripper first
// starts about 50 ms later.
import { parentPort } from 'node:worker_threads';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';

await MeshoptSimplifier.ready;

parentPort.on('message', ({ round, memory, next, tasks }) => {
  const floats = (at, length) => new Float32Array(memory, at, length);
  // Whoever is free takes the next one, the main thread as well: one counter tells which that is.
  for (let index = Atomics.add(next, 0, 1); index < tasks.length; index = Atomics.add(next, 0, 1)) {
    const { positions, attributes, locks, indices, weights, target, error, flags } = tasks[index];
    try {
      const [left, reached] = MeshoptSimplifier.simplifyWithAttributes(
        new Uint32Array(memory, indices.at, indices.length),
        floats(positions.at, positions.length),
        3,
        floats(attributes.at, attributes.length),
        weights.length,
        weights,
        new Uint8Array(memory, locks.at, locks.length),
        target,
        error,
        flags,
      );
      parentPort.postMessage({ round, index, result: { indices: left, error: reached } }, [left.buffer]);
    } catch {
      // The main thread does it again, and says what was wrong. What is left of this one's memory is not to be trusted.
      parentPort.postMessage({ round, index, result: null });
      process.exit(1);
    }
  }
});
