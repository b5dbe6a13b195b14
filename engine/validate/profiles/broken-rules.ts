import type { ProfileVerdict, RuleResult } from '#contracts/profiles/verdict.ts';

/** The rules for which a model fails a profile. */
export function brokenRules({ rules }: ProfileVerdict): RuleResult[] {
  return rules.filter(({ outcome, severity }) => outcome === 'failed' && severity === 'error');
}
