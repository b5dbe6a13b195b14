// One thread of the renderer. Plain JavaScript on purpose: a worker that has to load Node's type stripper first starts
// about 50 ms later, and a cold render has not many of those.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ run(task: number, thread: number): void } | undefined} */
let kernel;

/** @type {{ decode(job: number): number } | undefined} */
let decoder;

function collectGarbage() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

parentPort.on('message', (message) => {
  let result;
  try {
    switch (message.kind) {
      case 'open':
        kernel = new WebAssembly.Instance(message.module, { env: { memory: message.memory } }).exports;
        break;
      case 'decode':
        decoder ??= new WebAssembly.Instance(message.module, { env: { memory: message.memory } }).exports;
        result = decoder.decode(message.job) !== 0;
        break;
      case 'run':
        kernel.run(message.task, workerData.thread);
        break;
      case 'close':
        kernel = undefined;
        decoder = undefined;
        // Memory is given back only when no thread can reach it any more.
        collectGarbage();
        break;
    }
    parentPort.postMessage({ id: message.id, result });
  } catch (error) {
    parentPort.postMessage({ id: message.id, error: String(error?.stack ?? error) });
  }
});
