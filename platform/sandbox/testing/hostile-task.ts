import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SandboxTaskContext } from '../sandbox.ts';

/** What a hostile task may be told to do. */
export type HostileInput =
  | { do: 'echo'; value: unknown }
  | { do: 'read' | 'write' | 'symlink' | 'thread' | 'bare-thread'; path: string }
  | { do: 'exit-later' | 'report-and-work'; ms: number }
  | { do: 'connect'; how: 'net' | 'http' | 'fetch' | 'builtin'; port: number }
  | { do: 'spawn' | 'kill-parent' | 'environment' | 'loop' | 'heap' | 'buffers' | 'wasm' | 'files' | 'file' }
  | {
      do: 'print' | 'exit' | 'abort' | 'flood' | 'raw-flood' | 'long-frame' | 'garbage' | 'wait' | 'stubborn';
    }
  | {
      do:
        | 'throw'
        | 'throw-plain'
        | 'copy'
        | 'big-result'
        | 'reject-late'
        | 'eval-thread'
        | 'memory'
        | 'pictures'
        | 'picture-flood';
    };

/** Does as told, to show what a sandbox holds and what it reports. */
export async function run(input: HostileInput, context: SandboxTaskContext): Promise<unknown> {
  switch (input.do) {
    case 'echo':
      return input.value;
    case 'read':
      return readFileSync(input.path, 'utf8').length;
    case 'write':
      writeFileSync(input.path, 'x');
      return 'written';
    case 'symlink':
      symlinkSync(input.path, join(context.folder, 'link'));
      return 'linked';
    case 'connect':
      return connect(input.how, input.port);
    case 'spawn': {
      const result = spawnSync('/bin/sh', ['-c', 'id']);
      if (result.error) throw result.error;
      return result.stdout.toString();
    }
    case 'kill-parent':
      process.kill(process.ppid, 'SIGTERM');
      return 'killed';
    case 'environment':
      return { ...process.env };
    case 'loop':
      for (;;);
    case 'heap': {
      const kept: unknown[] = [];
      for (;;) kept.push(Array.from({ length: 1000 }, () => ({ text: String(Math.random()) })));
    }
    case 'buffers': {
      const kept: Uint8Array[] = [];
      for (;;) kept.push(new Uint8Array(16 * 1024 ** 2).fill(1));
    }
    case 'wasm': {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
      for (;;) {
        const before = memory.buffer.byteLength;
        memory.grow(256);
        new Uint8Array(memory.buffer).fill(1, before);
      }
    }
    case 'files':
      for (let i = 0; ; i++) await writeFile(join(context.folder, `file-${i}`), Buffer.alloc(256 * 1024));
    case 'file':
      await writeFile(join(context.folder, 'file'), Buffer.alloc(64 * 1024 ** 2));
      return 'written';
    case 'print':
      for (;;) writeSync(1, 'x'.repeat(64 * 1024));
    case 'exit':
      return process.exit(0);
    case 'abort':
      return process.abort();
    case 'flood':
      for (let i = 0; ; i++) {
        context.progress(0.5, `stage ${i}`);
        if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    case 'report-and-work': {
      const until = performance.now() + input.ms;
      for (let step = 1; step < 5; step++) {
        context.progress(step / 5, `step ${step}`);
        while (performance.now() < until - (input.ms * (4 - step)) / 4);
      }
      return 'done';
    }
    case 'raw-flood': {
      const body = Buffer.from(JSON.stringify({ type: 'progress', id: 1, share: 0.5, stage: 'x' }));
      const frame = Buffer.concat([Buffer.from([0, 0, 0, body.length]), body]);
      for (;;) writeAll(frame);
    }
    case 'long-frame':
      writeAll(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x20]));
      return new Promise(() => setInterval(() => {}, 1000));
    case 'garbage':
      writeAll(Buffer.from([0, 0, 0, 2, 0x7b, 0x7d]));
      return new Promise(() => setInterval(() => {}, 1000));
    case 'wait':
      return new Promise((_, reject) => {
        const timer = setInterval(() => {}, 1000);
        context.signal.addEventListener('abort', () => {
          clearInterval(timer);
          reject(new Error('stopped as told'));
        });
      });
    case 'stubborn':
      return new Promise(() => setInterval(() => {}, 1000));
    case 'throw':
      throw new MaquetteError('model_malformed', 'the model is bad', {
        remedy: 'mend it',
        where: 'line 3',
        errors: [{ pointer: '/nodes/0', message: 'is bad' }],
      });
    case 'throw-plain':
      throw new TypeError('something is undefined');
    case 'copy':
      writeFileSync(
        join(context.folder, 'out.txt'),
        readFileSync(join(context.folder, 'in.txt'), 'utf8').toUpperCase(),
      );
      return { written: true };
    case 'big-result':
      return 'x'.repeat(16 * 1024 ** 2);
    case 'reject-late':
      void Promise.reject(new Error('nobody listens'));
      return new Promise(() => setInterval(() => {}, 1000));
    case 'thread':
      return thread(input.path, {});
    case 'bare-thread':
      return thread(input.path, { execArgv: [] });
    case 'eval-thread':
      return new Worker('require("node:net")', { eval: true }).threadId;
    case 'pictures':
      context.picture(Uint8Array.of(1, 2, 3), { samples: 4 });
      // Longer than a message may be.
      context.picture(new Uint8Array(8 * 1024 ** 2), {});
      context.picture(Uint8Array.of(4), 'anything');
      return 'done';
    case 'picture-flood':
      for (;;) {
        context.picture(new Uint8Array(1024 ** 2), {});
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    case 'exit-later':
      setTimeout(() => process.exit(0), input.ms);
      return 'done';
    case 'memory':
      return process.memoryUsage.rss();
    default:
      throw new Error(`unknown: ${JSON.stringify(input satisfies never)}`);
  }
}

/** Writes to the channel to the parent behind the back of the program that owns it. */
function writeAll(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(3, bytes, at);
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown;
    }
  }
}

async function connect(how: 'net' | 'http' | 'fetch' | 'builtin', port: number): Promise<string> {
  switch (how) {
    case 'net': {
      const { connect } = await import('node:net');
      return new Promise((resolve, reject) => {
        connect(port, '127.0.0.1', () => resolve('connected')).on('error', reject);
      });
    }
    case 'http': {
      const http: typeof import('node:http') = createRequire(import.meta.url)('http');
      return new Promise((resolve, reject) => {
        http.get(`http://127.0.0.1:${port}/`, () => resolve('connected')).on('error', reject);
      });
    }
    case 'fetch':
      await fetch(`http://127.0.0.1:${port}/`);
      return 'connected';
    case 'builtin': {
      const { connect } = process.getBuiltinModule('node:net');
      return new Promise((resolve, reject) => {
        connect(port, '127.0.0.1', () => resolve('connected')).on('error', reject);
      });
    }
  }
}

/** A thread that tries what the process itself may not. */
function thread(secret: string, options: { execArgv?: string[] }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { secret }, ...options });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
