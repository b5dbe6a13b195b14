import { setImmediate } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { renderFailed } from '#engine/render/errors.ts';
import { kernelThread } from './kernel-thread.js';

/** What a thread is told. */
export type Message =
  | { kind: 'open'; module: WebAssembly.Module; memory: WebAssembly.Memory }
  /** Threads take one job after another; the answer is the indices of those that a thread found in order. */
  | { kind: 'decode'; module: WebAssembly.Module; memory: WebAssembly.Memory; jobs: number[]; next: Int32Array }
  | { kind: 'run'; task: number }
  | { kind: 'close' };

/** A thread of the renderer. */
export interface KernelThread {
  /** Sends a message and waits for the answer. @throws MaquetteError `internal` when the thread fails */
  call(message: Message): Promise<unknown>;
  end(): Promise<void>;
}

/** A worker that answers one message after another; it keeps the process alive only while one is open. */
export class KernelWorker implements KernelThread {
  readonly #worker: Worker;
  readonly #open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #next = 0;
  #failure: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.on('message', ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (this.#open.size === 0) this.#worker.unref();
      if (error === undefined) call?.resolve(result);
      else call?.reject(renderFailed(`A render thread failed: ${error}`));
    });
    this.#worker.on('error', (error) => this.#fail(renderFailed('A render thread failed.', error)));
    this.#worker.on('exit', (code) => this.#fail(renderFailed(`A render thread ended with status ${code}.`)));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#open.values()) call.reject(this.#failure);
    this.#open.clear();
  }

  async call(message: Message): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const id = this.#next++;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    this.#worker.ref();
    this.#worker.postMessage({ ...message, id });
    return answer.promise;
  }

  async end(): Promise<void> {
    this.#failure ??= renderFailed('The render threads were closed.');
    await this.#worker.terminate();
  }
}

/** The calling thread in place of a worker: it answers when it has nothing else to do, and does nothing else meanwhile. */
export class CallingThread implements KernelThread {
  readonly #answer: (message: Message) => unknown;

  constructor(thread: number) {
    this.#answer = kernelThread(thread);
  }

  async call(message: Message): Promise<unknown> {
    await setImmediate();
    try {
      return this.#answer(message);
    } catch (error) {
      throw renderFailed(`A render thread failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  async end(): Promise<void> {}
}
