import { ERROR_CODES, type ErrorCode } from '../errors/codes.ts';
import type { JobKind } from '../jobs/job-kinds.ts';
import type { KeyScope } from './policy.ts';

/** What test keys may hold: the work, not the organisation. */
export function isTestScope(scope: KeyScope): boolean {
  return /^(?:projects|assets|renders|jobs|events|webhooks):/.test(scope);
}

/** Work whose end the name of an asset can ask for in test mode, by the kind of its job. */
const WORK: Partial<Record<JobKind, string>> = {
  'geometry.process': 'process',
  'geometry.recipe': 'recipe',
  'render.image': 'render',
  'render.sequence': 'render',
  'render.frames': 'render',
};

/**
 * How a job ends, whatever it would have done: with an error; not at all until it is canceled; or well, as it does with a
 * cube.
 */
export type TestOutcome = { type: 'fails'; code: ErrorCode } | { type: 'stays' } | { type: 'succeeds' };

/**
 * What the name of an asset asks for in test mode: `test-process-fails-model_malformed`, `test-process-succeeds`,
 * `test-render-stays`, `test-recipe-fails-gate_failed`, anywhere in it. What asks for nothing, or for no code that there is,
 * is done as ever; so are renders and recipes that are asked to succeed: of a cube they do.
 */
export function testOutcomeOf(name: string, kind: JobKind): TestOutcome | undefined {
  for (const [, work, how, code = ''] of name.matchAll(
    /\btest-(process|recipe|render)-(stays|succeeds|fails-([a-z_]+))/g,
  )) {
    if (work !== WORK[kind]) continue;
    if (how === 'stays') return { type: 'stays' };
    if (how === 'succeeds') return work === 'process' ? { type: 'succeeds' } : undefined;
    if (Object.hasOwn(ERROR_CODES, code)) return { type: 'fails', code: code as ErrorCode };
  }
  return undefined;
}

/**
 * Whether the description of a webhook asks, by `test-delivery-repeats`, for each of its messages twice: the first answer
 * counts for nothing, as if it had been lost.
 */
export function asksForRepetition(description: string): boolean {
  return /\btest-delivery-repeats\b/.test(description);
}
