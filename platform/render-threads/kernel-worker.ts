import { Worker } from 'node:worker_threads';
import { renderFailed } from '#engine/render/errors.ts';

/** What `kernel-thread.js` is told. */
type Message =
  | { kind: 'open'; module: WebAssembly.Module; memory: WebAssembly.Memory }
  | { kind: 'decode'; module: WebAssembly.Module; memory: WebAssembly.Memory; job: number }
  | { kind: 'run'; task: number }
  | { kind: 'close' };

/** A worker thread that answers one message after another; it keeps the process alive only while one is open. */
export class KernelWorker {
  readonly #worker: Worker;
  readonly #open = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  #next = 0;
  #failure: Error | undefined;

  constructor(thread: number) {
    this.#worker = new Worker(new URL('./kernel-thread.js', import.meta.url), { workerData: { thread }, execArgv: [] });
    this.#worker.unref();
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

  /** Sends a message and waits for the answer, which is `decode`'s alone. `onError` runs before a failure is passed on. */
  async call(message: Message, onError?: () => void): Promise<unknown> {
    if (this.#failure) throw this.#failure;
    const id = this.#next++;
    const answer = Promise.withResolvers<unknown>();
    this.#open.set(id, answer);
    this.#worker.ref();
    this.#worker.postMessage({ ...message, id });
    try {
      return await answer.promise;
    } catch (error) {
      onError?.();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#failure ??= renderFailed('The render threads were closed.');
    await this.#worker.terminate();
  }
}
