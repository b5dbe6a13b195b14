import type { Worker } from 'node:worker_threads';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import {
  type CollapseTask,
  collapseEdges,
  type EdgeCollapser,
  type SimplifiedTriangles,
} from '#engine/operations/simplify/collapse-edges.ts';
import { sharedBytes, shareTasks } from './shared-tasks.ts';

/** Below so many triangles, all tasks together, one thread is as fast as several. */
const FEWEST = 4000;
/**
 * How many triangles are asked for before the threads start. Starting them takes as long as collapsing 50,000: it is of
 * no use to a process that ends with its first small model, and soon pays in one that lives on.
 */
export const WORTH_STARTING = { once: 200_000, often: 50_000 } as const;
/** Threads beside the main one. More would each hold memory of their own, and models have few large meshes. */
const MOST_THREADS = 3;
/** What is shared with other threads at a time: about a million triangles. It stays for the next model. */
const SHARED_BYTES = 32 * 2 ** 20;

/** An answer of a thread; no result where it failed. */
interface Answer {
  round: number;
  index: number;
  result: SimplifiedTriangles | null;
}

/** Tasks that threads take one after another. */
interface Round {
  id: number;
  tasks: readonly CollapseTask[];
  /** One number, shared: the next task to take. */
  next: Int32Array<SharedArrayBuffer>;
  results: SimplifiedTriangles[];
  /** Whose results are not there yet. */
  missing: Set<number>;
  ended: PromiseWithResolvers<SimplifiedTriangles[]>;
}

/**
 * The main thread and some others, which take tasks from one counter: a thread that starts late or has no processor
 * takes fewer. What no other thread can do, the main thread does.
 */
export class CollapseThreads implements EdgeCollapser {
  readonly #count: number;
  readonly #worthStarting: number;
  #workers: Worker[] = [];
  #memory = new SharedArrayBuffer(0);
  #round: (Round & { id: number }) | null = null;
  #rounds = 0;
  /** Triangles of all tasks so far. */
  #asked = 0;
  #turn: Promise<unknown> = Promise.resolve();

  /**
   * @param threads at most so many, the main one among them
   * @param worthStarting triangles from which on the others start
   */
  constructor(threads: number, worthStarting: number = WORTH_STARTING.once) {
    this.#count = Math.min(threads - 1, MOST_THREADS);
    this.#worthStarting = worthStarting;
  }

  collapse(tasks: readonly CollapseTask[]): Promise<SimplifiedTriangles[]> {
    const turn = this.#turn.then(() => this.#collapse(tasks));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Ends the threads. What they were doing is done here; the next tasks start others. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  async #collapse(tasks: readonly CollapseTask[]): Promise<SimplifiedTriangles[]> {
    await MeshoptSimplifier.ready;
    const triangles = tasks.reduce((sum, { indices }) => sum + indices.length / 3, 0);
    this.#asked += triangles;
    const isWorth = tasks.length > 1 && triangles >= FEWEST && this.#asked >= this.#worthStarting;
    if (this.#count < 1 || !isWorth) return tasks.map(collapseEdges);
    await this.#startMissing();
    // The largest first, so that all end at about the same time.
    const order = [...tasks.keys()].sort((a, b) => tasks[b]!.indices.length - tasks[a]!.indices.length || a - b);
    const { shared, own } = this.#divide(order, tasks);
    const results: SimplifiedTriangles[] = [];
    const round = this.#begin(shared.map((index) => tasks[index]!));
    try {
      for (const index of own) results[index] = collapseEdges(tasks[index]!);
      this.#takePart(round);
      for (const [at, result] of (await round.ended.promise).entries()) results[shared[at]!] = result;
    } catch (error) {
      this.#round = null;
      // They may still be reading what the next tasks will overwrite.
      await this.close();
      throw error;
    } finally {
      this.#round = null;
      for (const worker of this.#workers) worker.unref();
    }
    return results;
  }

  /** What does not fit into shared memory is the main thread's own. */
  #divide(order: readonly number[], tasks: readonly CollapseTask[]): { shared: number[]; own: number[] } {
    const shared: number[] = [];
    const own: number[] = [];
    let bytes = 0;
    for (const index of order) {
      const more = sharedBytes(tasks[index]!);
      (bytes + more <= SHARED_BYTES ? shared : own).push(index);
      if (bytes + more <= SHARED_BYTES) bytes += more;
    }
    if (this.#memory.byteLength < bytes) this.#memory = new SharedArrayBuffer(bytes);
    return { shared, own };
  }

  /** Lets the threads begin. */
  #begin(tasks: readonly CollapseTask[]): Round {
    const round: Round = {
      id: this.#rounds++,
      tasks,
      next: new Int32Array(new SharedArrayBuffer(4)),
      results: [],
      missing: new Set(tasks.keys()),
      ended: Promise.withResolvers(),
    };
    this.#round = round;
    const memory = this.#memory;
    const message = { round: round.id, memory, next: round.next, tasks: shareTasks(tasks, memory) };
    for (const worker of this.#workers) {
      worker.ref();
      worker.postMessage(message);
    }
    return round;
  }

  #takePart(round: Round): void {
    const take = () => Atomics.add(round.next, 0, 1);
    for (let index = take(); index < round.tasks.length; index = take()) this.#settle(round, index, null);
    if (round.tasks.length === 0) round.ended.resolve([]);
  }

  /** Takes the result of a task; where a thread has failed, it is done here. */
  #settle(round: Round, index: number, result: SimplifiedTriangles | null): void {
    try {
      round.results[index] = result ?? collapseEdges(round.tasks[index]!);
    } catch (error) {
      round.ended.reject(error);
    }
    round.missing.delete(index);
    if (round.missing.size === 0) round.ended.resolve(round.results);
  }

  async #startMissing(): Promise<void> {
    if (this.#workers.length === this.#count) return;
    // Loaded where it is asked for: few runs of the command line come to it.
    const threads = await import('node:worker_threads');
    while (this.#workers.length < this.#count) this.#workers.push(this.#start(threads.Worker));
  }

  #start(Thread: typeof Worker): Worker {
    const worker = new Thread(new URL('./collapse-thread.js', import.meta.url), { execArgv: [] });
    worker.unref();
    worker.on('message', ({ round, index, result }: Answer) => {
      if (this.#round?.id === round) this.#settle(this.#round, index, result);
    });
    const lost = () => this.#lose(worker);
    worker.on('error', lost);
    worker.on('exit', lost);
    return worker;
  }

  /** A thread has ended: whatever it was doing is done here, and another one starts for the next tasks. */
  #lose(worker: Worker): void {
    this.#workers = this.#workers.filter((other) => other !== worker);
    const round = this.#round;
    // Which of them were its own nobody knows; results that come twice are the same.
    if (round) for (const index of [...round.missing]) this.#settle(round, index, null);
  }
}
