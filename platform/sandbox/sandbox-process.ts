import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Logger } from '../telemetry/logger.ts';
import {
  memoryLimitExceeded,
  mib,
  outputLimitExceeded,
  sandboxCrashed,
  taskCanceled,
  timeLimitExceeded,
} from './errors.ts';
import { encodeFrame, FrameReader, MESSAGE_LIMIT_BYTES } from './frames.ts';
import { type LaunchCommand, NICENESS } from './launch-command.ts';
import { ChildMessage, type ParentMessage } from './messages.ts';
import { residentMemory } from './resident-memory.ts';
import type { SandboxLimits, SandboxUsage } from './sandbox.ts';
import { folderBytes } from './task-folder.ts';

/** How often a busy process's memory is looked at. */
const MEMORY_INTERVAL_MS = 60;
/** How often a busy process's folder is measured. */
const FOLDER_INTERVAL_MS = 400;
/** A canceled task has this long to stop by itself. */
const CANCEL_GRACE_MS = 500;
const START_TIMEOUT_MS = 60_000;
/** Standard output and error that are kept, for the log. */
const STREAM_TAIL_BYTES = 16 * 1024;
/** Standard output and error that one process may write in all before it counts as an attack. */
const STREAM_LIMIT_BYTES = 16 * 1024 ** 2;
/** Messages that a task may send at once, and beside that for each second it runs; `child.ts` sends 20 a second. */
const MESSAGE_BURST = 500;
const MESSAGES_PER_SECOND = 100;
/** Pictures that a task may show at once, and beside that for each second it runs: they are long. */
const PICTURE_BURST = 5;
const PICTURES_PER_SECOND = 1;
const OUT_OF_MEMORY = /out of memory|OOMErrorHandler|Array buffer allocation failed/i;

/** What to run. */
export interface ProcessTask {
  input: unknown;
  limits: SandboxLimits;
  signal: AbortSignal | undefined;
  onProgress: ((share: number, stage: string) => void) | undefined;
  onPicture: ((bytes: Uint8Array, about: unknown) => void) | undefined;
}

interface Running {
  id: number;
  task: ProcessTask;
  resolve(output: unknown): void;
  reject(error: MaquetteError): void;
}

/** One warm child process and everything that watches it. Dead after the first violation. */
export class SandboxProcess {
  /** Its own folder. */
  readonly folder: string;
  /** Settles when it can take a task; rejects when it died before that. */
  readonly ready: Promise<void>;
  /** Resolves when the process and everything it started are gone. */
  readonly ended: Promise<void>;
  /** Tasks run so far. */
  tasks = 0;
  /** Tasks of which it said that they began. */
  begun = 0;
  /** Resident memory when it was ready for its first task. */
  warmBytes = 0;
  /** When its last task ended, by `performance.now()`. */
  idleSince = 0;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #logger: Logger | undefined;
  readonly #startupLimits: SandboxLimits;
  #running: Running | null = null;
  #nextId = 1;
  #dead = false;
  #stopped = false;
  #destroyed = false;
  #cause: MaquetteError | null = null;
  #tail = '';
  #messages = 0;
  #pictures = 0;
  #countedSince = performance.now();
  #streamBytes = 0;
  #becomeReady: () => void = () => {};

  constructor(command: LaunchCommand, folder: string, limits: SandboxLimits, logger?: Logger) {
    this.folder = folder;
    this.#logger = logger;
    this.#startupLimits = limits;
    this.#child = spawn(command.file, command.args, {
      cwd: folder,
      env: command.env,
      // A group of its own, so that one signal reaches whatever it started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    this.#channel = this.#child.stdio[3] as Duplex;
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    this.ready.catch(() => {});
    const startTimeout = setTimeout(
      () => this.#destroy(sandboxCrashed('the worker process did not start')),
      START_TIMEOUT_MS,
    );
    this.#becomeReady = () => {
      clearTimeout(startTimeout);
      ready.resolve();
    };
    this.#child.once('error', (error) => {
      this.#end(sandboxCrashed(`the worker process could not be started: ${error.message}`, error));
      if (this.#child.pid === undefined) ended.resolve();
    });
    this.#child.once('exit', () => {
      this.#dead = true;
      this.#killGroup();
    });
    this.#child.once('close', (code, signal) => {
      clearTimeout(startTimeout);
      const error = this.#cause ?? this.#explain(code, signal);
      this.#end(error);
      ready.reject(error);
      ended.resolve();
    });
    this.#listen();
    this.#comeAfterServer();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can take another task. */
  get alive(): boolean {
    return !this.#dead && this.#cause === null;
  }

  /** Whether it ended with nobody having ended it, and for no limit that it broke. */
  get endedByItself(): boolean {
    return this.#dead && !this.#stopped && !this.#destroyed;
  }

  /** Resident memory at the moment, in bytes. */
  async residentBytes(): Promise<number> {
    return this.pid === undefined || this.#dead ? 0 : residentMemory(this.pid);
  }

  /**
   * Runs one task to its end, whatever that is. Not while another runs.
   * @throws MaquetteError as `Sandbox.run`; the process is dead afterwards unless the task itself threw.
   */
  async execute(task: ProcessTask): Promise<{ output: unknown; usage: SandboxUsage }> {
    const baseBytes = await folderBytes(this.folder);
    if (task.signal?.aborted) throw taskCanceled();
    const id = this.#nextId++;
    this.tasks += 1;
    const outcome = new Promise<unknown>((resolve, reject) => {
      this.#running = { id, task, resolve, reject };
      this.#messages = 0;
      this.#pictures = 0;
      this.#countedSince = performance.now();
    });
    const timeout = setTimeout(() => this.#destroy(timeLimitExceeded(task.limits.seconds)), task.limits.seconds * 1000);
    const watching = new AbortController();
    const usage: SandboxUsage = { peakBytes: 0 };
    let grace: NodeJS.Timeout | undefined;
    const cancel = () => {
      this.#send({ type: 'cancel', id });
      grace = setTimeout(() => this.#destroy(taskCanceled()), CANCEL_GRACE_MS);
    };
    task.signal?.addEventListener('abort', cancel, { once: true });
    try {
      if (!this.alive) throw this.#cause ?? sandboxCrashed('the worker process ended before its task began');
      this.#send({ type: 'run', id, input: task.input });
      void this.#watchMemory(task.limits.memoryBytes, usage, watching.signal);
      void this.#watchFolder(baseBytes, task.limits.outputBytes, watching.signal);
      const output = await outcome;
      this.freeze();
      usage.peakBytes = Math.max(usage.peakBytes, await this.residentBytes());
      await this.#checkFolder(baseBytes, task.limits.outputBytes);
      return { output, usage };
    } catch (thrown) {
      // A task that stops because it was told to may say so in its own words.
      throw task.signal?.aborted ? taskCanceled() : thrown;
    } finally {
      this.#running = null;
      clearTimeout(timeout);
      clearTimeout(grace);
      watching.abort();
      task.signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Stops the process where it is, so that its folder stays as it is while it is read. (Whatever code a task left
   * running could otherwise swap a file for a link between the check and the copy.)
   */
  freeze(): void {
    this.#signalGroup('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.#signalGroup('SIGCONT');
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stopped = true;
    this.#destroy(sandboxCrashed('the worker process was stopped'));
  }

  #listen(): void {
    const reader = new FrameReader(MESSAGE_LIMIT_BYTES);
    this.#channel.on('error', () => {});
    this.#channel.on('data', (chunk: Buffer) => {
      if (!this.alive) return;
      try {
        for (const body of reader.push(chunk)) this.#receive(ChildMessage.parse(JSON.parse(body)));
      } catch (thrown) {
        this.#destroy(sandboxCrashed('the worker process sent something that is not a message', thrown));
      }
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('error', () => {});
      stream?.on('data', (chunk: Buffer) => {
        this.#streamBytes += chunk.length;
        this.#tail = (this.#tail + chunk.toString('utf8')).slice(-STREAM_TAIL_BYTES);
        if (this.#streamBytes > STREAM_LIMIT_BYTES && this.alive) {
          this.#destroy(outputLimitExceeded(`the work printed more than ${mib(STREAM_LIMIT_BYTES)}`));
        }
      });
    }
  }

  #receive(message: ChildMessage): void {
    if (message.type === 'ready') {
      this.#becomeReady();
      return;
    }
    const seconds = (performance.now() - this.#countedSince) / 1000;
    if (++this.#messages > MESSAGE_BURST + seconds * MESSAGES_PER_SECOND) throw new Error('a flood of messages');
    if (message.type === 'picture' && ++this.#pictures > PICTURE_BURST + seconds * PICTURES_PER_SECOND) {
      throw new Error('a flood of pictures');
    }
    const running = this.#running;
    if (running === null || message.id !== running.id) return;
    switch (message.type) {
      case 'started':
        this.begun += 1;
        break;
      case 'progress':
        running.task.onProgress?.(message.share, message.stage);
        break;
      case 'picture':
        running.task.onPicture?.(Buffer.from(message.base64, 'base64'), message.about);
        break;
      case 'done':
        this.#running = null;
        running.resolve(message.output);
        break;
      case 'failed':
        this.#running = null;
        this.#logTail('the task failed');
        running.reject(
          message.error.code === 'memory_limit_exceeded'
            ? memoryLimitExceeded(running.task.limits.memoryBytes)
            : MaquetteError.fromValue(definedOnly(message.error)),
        );
        break;
    }
  }

  async #watchMemory(limitBytes: number, usage: SandboxUsage, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.alive) {
      const bytes = await this.residentBytes();
      if (signal.aborted) return;
      usage.peakBytes = Math.max(usage.peakBytes, bytes);
      if (bytes > limitBytes) this.#destroy(memoryLimitExceeded(limitBytes));
      await pause(MEMORY_INTERVAL_MS, signal);
    }
  }

  async #watchFolder(baseBytes: number, limitBytes: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(FOLDER_INTERVAL_MS, signal);
      if (signal.aborted || !this.alive) return;
      await this.#checkFolder(baseBytes, limitBytes).catch(() => {});
    }
  }

  async #checkFolder(baseBytes: number, limitBytes: number): Promise<void> {
    try {
      const made = (await folderBytes(this.folder)) - baseBytes;
      if (made > limitBytes)
        throw outputLimitExceeded(`the work made ${mib(made)} of files; the limit is ${mib(limitBytes)}`);
    } catch (thrown) {
      // Files may vanish while they are counted; that is no violation.
      if (!(thrown instanceof MaquetteError)) return;
      this.#destroy(thrown);
      throw thrown;
    }
  }

  #explain(code: number | null, signal: NodeJS.Signals | null): MaquetteError {
    const limits = this.#running?.task.limits ?? this.#startupLimits;
    if (OUT_OF_MEMORY.test(this.#tail)) return memoryLimitExceeded(limits.memoryBytes);
    if (signal === 'SIGXFSZ')
      return outputLimitExceeded(`the work wrote a file larger than ${mib(limits.outputBytes)}`);
    if (signal === 'SIGXCPU') return timeLimitExceeded(limits.seconds);
    const how = signal === null ? `with exit status ${code}` : `by ${signal}`;
    return sandboxCrashed(`the worker process ended unexpectedly (${how})`);
  }

  /** Nothing more is expected of the process. */
  #end(error: MaquetteError): void {
    this.#dead = true;
    this.#cause ??= error;
    const running = this.#running;
    this.#running = null;
    running?.reject(this.#cause);
    if (error.code === 'sandbox_crashed' && !this.#stopped) this.#logTail(error.message);
  }

  #destroy(cause: MaquetteError): void {
    // What comes after its own end changes nothing about it.
    if (!this.#dead) this.#destroyed = true;
    this.#cause ??= cause;
    this.#killGroup();
  }

  #killGroup(): void {
    this.#signalGroup('SIGKILL');
    if (!this.#dead) this.#child.kill('SIGKILL');
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.pid === undefined || process.platform === 'win32') return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone.
    }
  }

  #send(message: ParentMessage): void {
    if (this.#channel.writable) this.#channel.write(encodeFrame(message));
  }

  /**
   * When the machine runs out of memory, the kernel ends this process before the server; when it runs out of cores,
   * the server goes first. (A process group of its own is a session of its own, which the scheduler may weigh as one,
   * whatever `nice` says about its processes; see sched(7), autogroup.)
   */
  #comeAfterServer(): void {
    if (process.platform !== 'linux' || this.pid === undefined) return;
    writeFile(`/proc/${this.pid}/oom_score_adj`, '800').catch(() => {});
    writeFile(`/proc/${this.pid}/autogroup`, String(NICENESS)).catch(() => {});
  }

  #logTail(message: string): void {
    const tail = this.#tail.trim();
    if (tail !== '') this.#logger?.warn({ pid: this.pid, printed: tail.slice(-4_000) }, message);
    this.#tail = '';
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same object without the keys whose value is undefined. */
function definedOnly<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
