import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A sample model, made. */
export interface MadeSample {
  name: string;
  fileName: string;
  bytes: Uint8Array;
}

/** Makes the sample models one after another in a thread of their own, in the order of `SAMPLES`. */
export async function* makeSamples(): AsyncGenerator<MadeSample> {
  const thread = new Worker(new URL('./sample-thread.ts', import.meta.url));
  const made: MadeSample[] = [];
  let ended = false;
  const changed = () => Promise.race([once(thread, 'message'), once(thread, 'exit')]);
  thread.on('message', (sample: MadeSample) => made.push(sample));
  thread.on('exit', () => {
    ended = true;
  });
  try {
    while (true) {
      const sample = made.shift();
      if (sample) yield sample;
      else if (ended) return;
      else await changed();
    }
  } finally {
    await thread.terminate();
  }
}
