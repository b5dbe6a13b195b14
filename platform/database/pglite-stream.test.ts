import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { PgliteStream } from './pglite-stream.ts';

const connect = (worker: Worker) => new Client({ stream: () => new PgliteStream(worker, 1) }).connect();

describe('PgliteStream', () => {
  it('breaks the connection when the worker ends before it answers', async () => {
    const worker = new Worker(`require('node:worker_threads').parentPort.once('message', () => process.exit(1))`, {
      eval: true,
    });
    await expect(connect(worker)).rejects.toThrow('the embedded database has ended');
  });

  it('refuses at once to connect to a worker that has ended', async () => {
    const worker = new Worker('', { eval: true });
    await once(worker, 'exit');
    await expect(connect(worker)).rejects.toThrow('the embedded database has ended');
  });
});
