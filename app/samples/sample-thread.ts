import { parentPort } from 'node:worker_threads';
import { SAMPLES } from './samples.ts';

// Painting textures takes seconds of computing, which must not hold up the server's event loop.
for (const { name, fileName, make } of SAMPLES) {
  parentPort?.postMessage({ name, fileName, bytes: await make() });
}
