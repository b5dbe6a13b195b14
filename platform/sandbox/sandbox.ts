import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** Limits of one task in a sandbox. */
export interface SandboxLimits {
  /** Resident memory of the process; more kills it with `memory_limit_exceeded`. */
  memoryBytes: number;
  /** Wall clock of one task; more kills it with `time_limit_exceeded`. */
  seconds: number;
  /** Bytes that a task may leave in its folder (input files not counted); more kills it with `output_limit_exceeded`. */
  outputBytes: number;
}

/** How a pool of sandboxed processes is made. */
export interface SandboxOptions {
  /** For logs and metrics, e.g. `geometry`. */
  name: string;
  /** File URL of the module whose `run` export (a `SandboxTask`) the processes execute. */
  entry: URL;
  /** Processes kept warm, and tasks at once. */
  size: number;
  limits: SandboxLimits;
  /** Up to where a run may raise its time and its output; no further than `limits` unless given. */
  ceilings?: Partial<Pick<SandboxLimits, 'seconds' | 'outputBytes'>>;
  /** Parent of the tasks' folders. */
  folder: string;
  /** What the processes may do beyond computing; nothing by default. */
  allow?: { workers?: boolean; addons?: boolean };
  /** A process is replaced after this many tasks; 200 by default. */
  tasksPerProcess?: number;
  /** A process with nothing to do that holds this much more than when it was new is replaced; 96 MiB by default. */
  idleBytes?: number;
  logger?: Logger;
  metrics?: Metrics | undefined;
}

/** What a task module exports as `run`: JSON in, JSON out, files in its own folder. */
export type SandboxTask<Input, Output> = (input: Input, context: SandboxTaskContext) => Promise<Output>;

export interface SandboxTaskContext {
  /** The task's own folder: the only place to read from and write to. */
  folder: string;
  /** Aborts when the task is canceled; a task that goes on regardless is killed soon after. */
  signal: AbortSignal;
  /** Reports progress, 0 to 1, and a stage. */
  progress(share: number, stage: string): void;
  /**
   * Shows a picture of what is being made, and says what it is, as JSON. It never matters for the task: one that is too
   * long for a message is not sent.
   */
  picture(bytes: Uint8Array, about: unknown): void;
}

/** What a run took, seen from outside. */
export interface SandboxUsage {
  /** Most resident memory of the process, looked at some times a second; 0 where that cannot be known. */
  peakBytes: number;
}

/** One run of a task. */
export interface SandboxRun<Input, Collected, Output> {
  input: Input;
  /** Puts the input files into the task's folder. */
  prepare(folder: string): Promise<void>;
  /** Takes the output files out of the folder, before it is removed. */
  collect(folder: string, output: Output, usage: SandboxUsage): Promise<Collected>;
  signal?: AbortSignal;
  onProgress?(share: number, stage: string): void;
  /** Takes what the task shows meanwhile. Neither bytes nor words are trusted. */
  onPicture?(bytes: Uint8Array, about: unknown): void;
  /** Other limits for this run: lower ones, or more time and output up to the pool's ceilings. */
  limits?: Partial<SandboxLimits>;
}

/**
 * A pool of warm child processes in which untrusted bytes are parsed: Node's permission model, no network, limits on
 * memory, time and output, killed and replaced when they are broken. See `docs/sandbox.md`.
 */
export interface Sandbox<Input, Output> {
  /**
   * Runs one task; waits for a free process.
   * @throws MaquetteError what the task threw, as it threw it; `memory_limit_exceeded`, `time_limit_exceeded`,
   * `output_limit_exceeded`, `canceled`, or `sandbox_crashed` when the process died.
   */
  run<Collected>(task: SandboxRun<Input, Collected, Output>): Promise<Collected>;
  /** Whether its processes can be started; the reason when they cannot. */
  ready(): { ready: true } | { ready: false; reason: string };
  /** Ends the processes and removes their folders. */
  close(): Promise<void>;
}
