import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { ModelReport } from '#contracts/model/model-report.ts';
import { normalise } from '#engine/formats/normalise.ts';
import { openModel } from '#engine/process/open-model.ts';
import { validateGltf } from '#engine/validate/validate-gltf.ts';
import type { Sandbox } from '#platform/sandbox/sandbox.ts';
import { GLB_FILE, inputFile, type ProcessInput } from '#services/geometry/sandbox/process-input.ts';
import { type CaseId, type FuzzCase, writeCaseId } from './cases.ts';
import { FUZZ_FORMATS } from './formats.ts';

/** What is wrong with how a case ended; `null` for a model that validates or an error that says what is wrong. */
export type Verdict =
  | 'crash'
  | 'internal'
  | 'hang'
  | 'time_limit'
  | 'memory_limit'
  | 'unclear_error'
  | 'invalid_report'
  | 'invalid_glb'
  | 'unsettled_glb';

/** How a case ended. */
export interface Outcome {
  id: CaseId;
  source: string;
  /** `accepted`, or the code of the error. */
  code: string;
  verdict: Verdict | null;
  /** The message of an error, or what is wrong with the result. */
  message: string;
  /** From when the files lay in the sandbox to its answer. */
  seconds: number;
  /** Of the sandboxed process, as far as it was seen; for errors unknown. */
  peakBytes: number | null;
}

/** How much longer than its limit a task may take until it has been ended: more where the limit says that all is slow. */
const graceOf = (seconds: number): number => Math.max(3, seconds / 4);

/** What the sandboxed process says: the same as the service parses. */
interface TaskOutput {
  report: unknown;
}

/** Has a sandbox read a case as an upload is read, and judges how that ended. */
export async function judge(
  fuzzCase: FuzzCase,
  sandbox: Sandbox<ProcessInput, unknown>,
  limits: { model: ModelLimits; seconds: number },
): Promise<Outcome> {
  const { id, source, files } = fuzzCase;
  let startedAt = performance.now();
  let seconds = 0;
  const ended = { id, source };
  try {
    const { glb, report, peakBytes } = await sandbox.run({
      input: { names: files.map((file) => file.name), limits: limits.model },
      async prepare(folder) {
        for (const [index, file] of files.entries()) await writeFile(join(folder, inputFile(index)), file.bytes);
        startedAt = performance.now();
      },
      async collect(folder, output, usage) {
        seconds = (performance.now() - startedAt) / 1000;
        const { report } = output as TaskOutput;
        return { glb: new Uint8Array(await readFile(join(folder, GLB_FILE))), report, peakBytes: usage.peakBytes };
      },
    });
    const flaw = await findFlaw(glb, report, limits.model);
    return {
      ...ended,
      code: 'accepted',
      verdict: flaw?.verdict ?? null,
      message: flaw?.message ?? '',
      seconds,
      peakBytes,
    };
  } catch (thrown) {
    seconds = (performance.now() - startedAt) / 1000;
    const error = MaquetteError.from(thrown);
    const verdict = seconds > limits.seconds + graceOf(limits.seconds) ? 'hang' : verdictOf(error);
    const where = error.where ? ` (${error.where})` : '';
    return { ...ended, code: error.code, verdict, message: error.message + where, seconds, peakBytes: null };
  }
}

function verdictOf(error: MaquetteError): Verdict | null {
  if (error.code === 'sandbox_crashed') return 'crash';
  if (error.fault === 'system') return 'internal';
  if (error.code === 'time_limit_exceeded') return 'time_limit';
  if (error.code === 'memory_limit_exceeded' || error.code === 'output_limit_exceeded') return 'memory_limit';
  const clear = error.message.length > 10 && error.remedy && error.where !== undefined;
  return clear ? null : 'unclear_error';
}

/** What is wrong with a model that was accepted: the report, the GLB's validation, or that reading it corrects it again. */
async function findFlaw(
  glb: Uint8Array,
  report: unknown,
  limits: ModelLimits,
): Promise<{ verdict: Verdict; message: string } | null> {
  const parsed = ModelReport.safeParse(report);
  if (!parsed.success) return { verdict: 'invalid_report', message: parsed.error.message.slice(0, 500) };
  try {
    const opened = await openModel([{ name: 'model.glb', bytes: glb }], limits);
    if (opened.kind !== 'gltf') return { verdict: 'invalid_glb', message: `It is taken for ${opened.format}.` };
    const validation = await validateGltf(opened.asset);
    const error = validation.issues.find(({ severity }) => severity === 'error');
    if (error) return { verdict: 'invalid_glb', message: `${error.code} ${error.pointer}: ${error.message}` };
    const { document, corrections } = await opened.read();
    const again = [...opened.corrections, ...corrections, ...normalise(document, 'model.glb')];
    if (again.length > 0) return { verdict: 'unsettled_glb', message: again.map(({ message }) => message).join(' ') };
    return null;
  } catch (thrown) {
    return { verdict: 'invalid_glb', message: `It cannot be read again: ${MaquetteError.from(thrown).message}` };
  }
}

/** Whether an outcome breaks what is promised: limits that third parties' native code runs into do not. */
export function isFailure({ id, verdict }: Outcome): boolean {
  if (verdict === null || verdict === 'unsettled_glb') return false;
  const limited = verdict === 'time_limit' || verdict === 'memory_limit';
  return !(limited && FUZZ_FORMATS[id.format]?.native);
}

/** `gltf:17 internal: Cannot read …` */
export function describeOutcome({ id, source, verdict, code, message, seconds }: Outcome): string {
  return `${writeCaseId(id)} of ${source}: ${verdict ?? code} after ${seconds.toFixed(1)} s: ${message}`;
}
