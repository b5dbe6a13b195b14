import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What one process took. */
export interface Usage {
  /** From the start of the process to its end. */
  seconds: number;
  /** Of processors, in all threads: other work on the machine changes it less. */
  cpuSeconds: number;
  /** Largest resident set. */
  peakMiB: number;
  /** What the program measured by itself. */
  readSeconds?: number;
}

/** A program in several runs: best of the times, most of the memory. */
export interface Summary {
  seconds: number;
  medianSeconds: number;
  cpuSeconds: number;
  readSeconds?: number;
  peakMiB: number;
}

/** A program with its arguments, and under which name its figures stand. */
export interface Contender {
  name: string;
  args: string[];
}

const REPORT = join(import.meta.dirname, 'report-usage.js');
const LIMIT_MINUTES = 5;

/**
 * Runs a Node program in a process of its own. Compiled code is kept between runs, for every program alike.
 *
 * @throws Error with what the program wrote, when it fails
 */
async function measureProcess(args: string[], cache: string): Promise<Usage> {
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', REPORT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    timeout: LIMIT_MINUTES * 60_000,
  });
  const streams = [child.stdout!, child.stderr!, child.stdio[3] as NodeJS.ReadableStream];
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [out, errors, usage] = (await Promise.all(streams.map((stream) => text(stream)))) as [string, string, string];
  const code = await ended;
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error((errors || out || `it ended after ${seconds.toFixed(0)} s`).slice(-400));
  return { seconds, ...(JSON.parse(usage) as Omit<Usage, 'seconds'>) };
}

/**
 * Runs each contender several times, in turns, so that what else the machine does meets all of them. One that fails is
 * not run again.
 *
 * @returns for each its summary, or why there is none
 */
export async function measureInTurns(
  contenders: readonly Contender[],
  rounds: number,
  cache: string,
): Promise<Record<string, Summary | { failed: string }>> {
  const runs = new Map<string, Usage[]>(contenders.map(({ name }) => [name, []]));
  const failed = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, args } of contenders) {
      if (failed.has(name)) continue;
      try {
        runs.get(name)!.push(await measureProcess(args, cache));
      } catch (error) {
        failed.set(name, (error as Error).message);
      }
    }
  }
  return Object.fromEntries(
    contenders.map(({ name }) => {
      const reason = failed.get(name);
      return [name, reason === undefined ? summarise(runs.get(name)!) : { failed: reason }];
    }),
  );
}

function summarise(runs: readonly Usage[]): Summary {
  const best = (values: number[]) => Number(Math.min(...values).toFixed(3));
  const sorted = runs.map(({ seconds }) => seconds).sort((a, b) => a - b);
  const reads = runs.flatMap(({ readSeconds }) => readSeconds ?? []);
  return {
    seconds: best(sorted),
    medianSeconds: Number(sorted[sorted.length >> 1]!.toFixed(3)),
    cpuSeconds: best(runs.map(({ cpuSeconds }) => cpuSeconds)),
    ...(reads.length > 0 && { readSeconds: best(reads) }),
    peakMiB: Math.round(Math.max(...runs.map(({ peakMiB }) => peakMiB))),
  };
}
