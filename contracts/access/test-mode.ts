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

/** How a job ends, whatever it would have done: with an error, or not at all until it is canceled. */
export type TestOutcome = { type: 'fails'; code: ErrorCode } | { type: 'stays' };

/**
 * What the name of an asset asks for in test mode: `test-process-fails-model_malformed`, `test-render-stays`,
 * `test-recipe-fails-gate_failed`, anywhere in it. What asks for nothing, or for no code that there is, is done as ever.
 */
export function testOutcomeOf(name: string, kind: JobKind): TestOutcome | undefined {
  for (const [, work, , code] of name.matchAll(/\btest-(process|recipe|render)-(stays|fails-([a-z_]+))/g)) {
    if (work !== WORK[kind]) continue;
    if (code === undefined) return { type: 'stays' };
    if (Object.hasOwn(ERROR_CODES, code)) return { type: 'fails', code: code as ErrorCode };
  }
  return undefined;
}
