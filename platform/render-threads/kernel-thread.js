// One thread of the renderer. Plain JavaScript on purpose: a worker that has to load Node's type stripper first starts
// about 50 ms later, and a cold render has not many of those.
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread with no kernel yet: what it does with a message, and answers.
 *
 * @param {number} thread its number
 */
export function kernelThread(thread) {
  /** @type {{ run(task: number, thread: number): void } | undefined} */
  let kernel;
  return (message) => {
    switch (message.kind) {
      case 'open':
        kernel = instantiate(message);
        return undefined;
      case 'decode':
        return decodeAll(message);
      case 'run':
        return kernel.run(message.task, thread);
      case 'close':
        kernel = undefined;
        // Memory is given back only when no thread can reach it any more.
        collectGarbage();
        return undefined;
    }
  };
}

function instantiate({ module, memory }) {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

/** Decodes jobs until none is left for this thread; which of its own were in order. */
function decodeAll({ module, memory, jobs, next }) {
  const decoder = instantiate({ module, memory });
  const decoded = [];
  for (let i = Atomics.add(next, 0, 1); i < jobs.length; i = Atomics.add(next, 0, 1)) {
    try {
      if (decoder.decode(jobs[i])) decoded.push(i);
    } catch {
      // Damaged data can lead beyond the end of memory.
    }
  }
  return decoded;
}

function collectGarbage() {
  // Loaded here: a cold render comes to its end before.
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  process.getBuiltinModule('node:vm').runInNewContext('gc')();
}

if (workerData?.kernelThread !== undefined) {
  const answer = kernelThread(workerData.kernelThread);
  parentPort.on('message', (message) => {
    try {
      parentPort.postMessage({ id: message.id, result: answer(message) });
    } catch (error) {
      parentPort.postMessage({ id: message.id, error: String(error?.stack ?? error) });
    }
  });
}
