import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { sandboxClosed, sandboxCrashed, taskCanceled } from './errors.ts';
import { launchCommand } from './launch-command.ts';
import type { Protection } from './namespaces.ts';
import { probeProtection } from './protection.ts';
import type { Sandbox, SandboxLimits, SandboxOptions, SandboxRun } from './sandbox.ts';
import { SandboxProcess } from './sandbox-process.ts';
import { findSystemTools, type SystemTools } from './system-tools.ts';
import { closeSessionFolder, emptyFolder, openSessionFolder, touchSessionFolder } from './task-folder.ts';

const TASKS_PER_PROCESS = 200;
const IDLE_BYTES = 96 * 1024 ** 2;
const IDLE_INTERVAL_MS = 5_000;
/** How long threads may take to let go of what a task left. */
const SETTLE_MS = 150;
/** How many processes may end under a task before it began in them. */
const LOST_PROCESSES = 3;
/** After this many failed starts in a row, tasks are refused instead of waiting. */
const START_FAILURES = 3;
const RESTART_DELAY_MS = 100;
const RESTART_DELAY_MAX_MS = 10_000;

/**
 * Starts a pool of sandboxed processes. Resolves when they are being started; the first tasks wait until one is warm.
 *
 * What protects, in layers: the process is Node with its permission model (reads the project's code and its own
 * folder, writes its own folder, starts nothing), with network modules, signals and unpermitted threads taken away from
 * JavaScript; where the system allows it, namespaces and no capabilities (own root file system, processes and network)
 * hold native code as well; resource limits of the kernel; memory, time and output watched from outside. A process is
 * used by one task at a time and by many tasks in turn, so what one task breaks without being noticed the next ones
 * meet: `tasksPerProcess` bounds that.
 *
 * @param permitted what the system permits, where it shall not be found out
 */
export async function createSandbox<Input, Output>(
  options: SandboxOptions,
  permitted?: Protection,
): Promise<Sandbox<Input, Output>> {
  const tools = findSystemTools();
  await mkdir(options.folder, { recursive: true });
  // Found out while the server goes on starting.
  const protection = permitted ? Promise.resolve(permitted) : probeProtection(tools, options.folder);
  const session = await openSessionFolder(options.folder, options.name);
  return new SandboxPool<Input, Output>(options, tools, protection, session);
}

function logProtection(options: SandboxOptions, protection: Protection): void {
  options.logger?.info({ sandbox: options.name, processes: options.size, ...protection }, 'sandbox protection');
  if (protection.namespaces === 'none') {
    options.logger?.warn(
      { sandbox: options.name },
      'this system permits no namespaces: the sandbox relies on the permission model of Node alone',
    );
  }
}

interface Waiter {
  resolve(process: SandboxProcess): void;
  reject(error: MaquetteError): void;
}

class SandboxPool<Input, Output> implements Sandbox<Input, Output> {
  readonly #options: SandboxOptions;
  readonly #tools: SystemTools;
  readonly #protection: Promise<Protection>;
  readonly #session: string;
  readonly #all = new Set<SandboxProcess>();
  readonly #idle: SandboxProcess[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #idleTimer: NodeJS.Timeout;
  readonly #restarts = new Set<NodeJS.Timeout>();
  #made = 0;
  #startFailures = 0;
  #startError: MaquetteError | null = null;
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: SandboxOptions, tools: SystemTools, protection: Promise<Protection>, session: string) {
    this.#options = options;
    this.#tools = tools;
    this.#protection = protection;
    this.#session = session;
    void protection.then((found) => logProtection(options, found));
    for (let i = 0; i < options.size; i++) void this.#start();
    this.#idleTimer = setInterval(() => void this.#tidy(), IDLE_INTERVAL_MS);
    this.#idleTimer.unref();
  }

  async run<Collected>(task: SandboxRun<Input, Collected, Output>): Promise<Collected> {
    for (let lost = 0; ; lost++) {
      const process = await this.#acquire(task.signal);
      const { begun } = process;
      try {
        return await this.#runIn(process, task);
      } catch (thrown) {
        // What an earlier task left in a process may end it at any moment. That is no fault of this one.
        if (!process.endedByItself || process.begun > begun || lost === LOST_PROCESSES) throw thrown;
      }
    }
  }

  async #runIn<Collected>(process: SandboxProcess, task: SandboxRun<Input, Collected, Output>): Promise<Collected> {
    const startedAt = performance.now();
    let outcome = 'succeeded';
    try {
      await task.prepare(process.folder);
      const { output, usage } = await process.execute({
        input: task.input,
        limits: limitsOf(this.#options, task.limits),
        signal: task.signal,
        onProgress: task.onProgress?.bind(task),
        onPicture: task.onPicture?.bind(task),
      });
      // Not trusted: whoever collects parses it.
      return await task.collect(process.folder, output as Output, usage);
    } catch (thrown) {
      outcome = MaquetteError.from(thrown).code;
      throw thrown;
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      this.#options.metrics?.sandboxSeconds.observe({ pool: this.#options.name, outcome }, seconds);
      await this.#release(process);
    }
  }

  ready(): { ready: true } | { ready: false; reason: string } {
    return this.#startError === null ? { ready: true } : { ready: false, reason: this.#startError.message };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#idleTimer);
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(sandboxClosed(this.#options.name));
    const all = [...this.#all];
    for (const process of all) process.kill();
    await Promise.all(all.map((process) => process.ended));
    await closeSessionFolder(this.#session);
  }

  async #acquire(signal: AbortSignal | undefined): Promise<SandboxProcess> {
    if (this.#closed) throw sandboxClosed(this.#options.name);
    if (signal?.aborted) throw taskCanceled();
    for (let process = this.#idle.pop(); process !== undefined; process = this.#idle.pop()) {
      if (process.alive) return process;
    }
    if (this.#startError !== null) throw this.#startError;
    const { promise, resolve, reject } = Promise.withResolvers<SandboxProcess>();
    const waiter: Waiter = { resolve, reject };
    const cancel = () => {
      const index = this.#waiters.indexOf(waiter);
      if (index >= 0) this.#waiters.splice(index, 1);
      reject(taskCanceled());
    };
    this.#waiters.push(waiter);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async #release(process: SandboxProcess): Promise<void> {
    if (process.alive && process.tasks >= (this.#options.tasksPerProcess ?? TASKS_PER_PROCESS)) process.kill();
    if (!process.alive) {
      // Its end removes the folder and starts another.
      await process.ended;
      return;
    }
    try {
      process.freeze();
      await emptyFolder(process.folder);
      process.thaw();
      if (await this.#holdsTooMuch(process)) this.#replace(process);
      else this.#offer(process);
    } catch (thrown) {
      this.#options.logger?.warn({ err: thrown, sandbox: this.#options.name }, 'a task folder could not be emptied');
      process.kill();
    }
  }

  /** Whether a process keeps so much of its last task's memory that the next one might not have enough. */
  async #holdsTooMuch(process: SandboxProcess): Promise<boolean> {
    const most = process.warmBytes + (this.#options.idleBytes ?? IDLE_BYTES);
    for (let wait = 0; wait <= SETTLE_MS; wait += SETTLE_MS / 3) {
      if ((await process.residentBytes()) <= most) return false;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / 3));
    }
    return process.alive;
  }

  #offer(process: SandboxProcess): void {
    // It may have ended since somebody looked; its end starts another.
    if (!process.alive) return;
    process.idleSince = performance.now();
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve(process);
    else this.#idle.push(process);
  }

  async #start(): Promise<void> {
    if (this.#closed) return;
    const number = ++this.#made;
    const folders = { own: join(this.#session, String(number)), root: join(this.#session, `${number}.root`) };
    try {
      await Promise.all([mkdir(folders.own, { mode: 0o700 }), mkdir(folders.root, { mode: 0o700 })]);
    } catch (thrown) {
      this.#failedStart(sandboxCrashed('the folder of a worker process could not be made', thrown));
      return;
    }
    const protection = await this.#protection;
    if (this.#closed) return;
    const command = launchCommand(this.#options, folders, this.#tools, protection);
    const startedAt = performance.now();
    const process = new SandboxProcess(command, folders.own, this.#options.limits, this.#options.logger);
    this.#all.add(process);
    void process.ended.then(() => this.#ended(process, folders));
    try {
      await process.ready;
    } catch {
      return;
    }
    process.warmBytes = await process.residentBytes();
    this.#startFailures = 0;
    this.#startError = null;
    const ms = Math.round(performance.now() - startedAt);
    this.#options.logger?.debug({ sandbox: this.#options.name, pid: process.pid, ms }, 'sandbox process is warm');
    this.#offer(process);
  }

  async #ended(process: SandboxProcess, folders: { own: string; root: string }): Promise<void> {
    this.#all.delete(process);
    const index = this.#idle.indexOf(process);
    if (index >= 0) this.#idle.splice(index, 1);
    const failure = await process.ready.then(
      () => null,
      (error: unknown) => MaquetteError.from(error),
    );
    if (failure === null) void this.#start();
    else this.#failedStart(failure);
    await Promise.all([
      rm(folders.own, { recursive: true, force: true, maxRetries: 3 }),
      rm(folders.root, { recursive: true, force: true }),
    ]).catch(() => {});
  }

  #failedStart(error: MaquetteError): void {
    if (this.#closed) return;
    this.#startFailures += 1;
    this.#options.logger?.error({ err: error, sandbox: this.#options.name }, 'a sandbox process could not start');
    if (this.#startFailures >= START_FAILURES && this.#all.size === 0) {
      this.#startError = sandboxCrashed(`the sandbox ${this.#options.name} cannot start: ${error.message}`, error);
      for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#startError);
    }
    const delay = Math.min(RESTART_DELAY_MAX_MS, RESTART_DELAY_MS * 2 ** this.#startFailures);
    this.#restarts.add(setTimeout(() => void this.#start(), delay));
  }

  /** Shows that the pool lives, and gives memory back that a large task left behind. */
  async #tidy(): Promise<void> {
    await touchSessionFolder(this.#session);
    for (const process of [...this.#idle]) {
      if (performance.now() - process.idleSince < IDLE_INTERVAL_MS) continue;
      const bytes = (await process.residentBytes()) - process.warmBytes;
      const index = this.#idle.indexOf(process);
      if (index < 0 || bytes <= (this.#options.idleBytes ?? IDLE_BYTES)) continue;
      this.#idle.splice(index, 1);
      this.#replace(process);
    }
  }

  /** Ends a process that keeps memory without need; another takes its place. */
  #replace(process: SandboxProcess): void {
    this.#options.logger?.debug(
      { sandbox: this.#options.name, pid: process.pid },
      'sandbox process replaced to free memory',
    );
    process.kill();
  }
}

/** The limits of a run: its own, as far as the pool lets it have them. */
function limitsOf({ limits, ceilings = {} }: SandboxOptions, own: Partial<SandboxLimits> = {}): SandboxLimits {
  return {
    memoryBytes: Math.min(limits.memoryBytes, own.memoryBytes ?? limits.memoryBytes),
    seconds: Math.min(ceilings.seconds ?? limits.seconds, own.seconds ?? limits.seconds),
    outputBytes: Math.min(ceilings.outputBytes ?? limits.outputBytes, own.outputBytes ?? limits.outputBytes),
  };
}
