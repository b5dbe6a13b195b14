import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { createSandbox } from '#platform/sandbox/create-sandbox.ts';
import type { SandboxLimits } from '#platform/sandbox/sandbox.ts';
import type { ProcessInput } from '#services/geometry/sandbox/process-input.ts';
import { type CaseId, makeCase } from './cases.ts';
import { type FuzzReport, FuzzTally } from './fuzz-report.ts';
import { judge, type Outcome } from './judge.ts';

/** Small, so that a bomb is noticed at once; formats are no different in larger ones. */
const MEMORY_BYTES = 512 * 1024 ** 2;
const OUTPUT_BYTES = 256 * 1024 ** 2;

/** Processes are kept as long as the next file has room: to start one costs more than to read twenty small files. */
const IDLE_BYTES = 192 * 1024 ** 2;

const MODEL_LIMITS = ModelLimits.parse({
  fileBytes: 64 * 1024 ** 2,
  decodedBytes: 96 * 1024 ** 2,
  triangles: 1_000_000,
  nodes: 50_000,
  texturePixels: 4096 * 4096,
  archiveEntries: 2000,
});

export interface FuzzRun {
  seed: number;
  cases: readonly CaseId[];
  /** Sandboxed processes, each with a file at a time. */
  parallel: number;
  /** Limit of a case in seconds of wall clock: a machine that does much else beside this needs more than a quiet one. */
  seconds: number;
  /** Ends the run early; what was done until then is reported. */
  signal?: AbortSignal;
  onOutcome?(outcome: Outcome, done: number): void;
}

/** Makes every case and has the geometry service's sandbox read it as an upload. */
export async function runFuzz({ seed, cases, parallel, seconds, signal, onOutcome }: FuzzRun): Promise<FuzzReport> {
  const limits: SandboxLimits = { memoryBytes: MEMORY_BYTES, seconds, outputBytes: OUTPUT_BYTES };
  const folder = await mkdtemp(join(tmpdir(), 'maquette-fuzz-'));
  const sandbox = await createSandbox<ProcessInput, unknown>({
    name: 'fuzz',
    entry: new URL('../../services/geometry/sandbox/process-task.ts', import.meta.url),
    size: parallel,
    limits,
    folder,
    idleBytes: IDLE_BYTES,
  });
  const startedAt = performance.now();
  const tally = new FuzzTally();
  let next = 0;
  let done = 0;
  let servicePeakBytes = 0;
  const work = async (): Promise<void> => {
    for (let id = cases[next++]; id && !signal?.aborted; id = cases[next++]) {
      const made = await makeCase(seed, id);
      if (!made) continue;
      const outcome = await judge(made, sandbox, { model: MODEL_LIMITS, seconds });
      servicePeakBytes = Math.max(servicePeakBytes, process.memoryUsage.rss());
      tally.add(outcome);
      onOutcome?.(outcome, ++done);
    }
  };
  try {
    // One more than there are processes, so that none waits while files are made and results are judged.
    await Promise.all(Array.from({ length: parallel + 1 }, work));
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
  return tally.report({
    seed,
    limits: { memoryBytes: MEMORY_BYTES, seconds },
    seconds: Math.round((performance.now() - startedAt) / 1000),
    servicePeakBytes,
  });
}
