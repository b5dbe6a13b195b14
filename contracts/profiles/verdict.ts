import { z } from 'zod';
import { RuleSubject } from './profile.ts';

/** What came of one rule. */
export const RuleResult = z.object({
  of: RuleSubject,
  severity: z.enum(['error', 'warning']),
  outcome: z
    .enum(['passed', 'failed', 'not_applicable'])
    .describe('`not_applicable` where the model has nothing that the rule is about'),
  value: z
    .union([z.number(), z.array(z.string())])
    .nullable()
    .describe('What the model has; of lists, the entries that do not pass. Null where it was not measured'),
  message: z.string().describe('What was measured, and the limit'),
  remedy: z.string().describe('What to do; empty unless the rule failed'),
  source: z.string().optional().describe('Where the limit comes from'),
});

/** What a profile says about a model. */
export const ProfileVerdict = z.object({
  profile: z.string(),
  passed: z.boolean().describe('No rule of severity `error` failed'),
  rules: z.array(RuleResult),
});

export type RuleResult = z.infer<typeof RuleResult>;
export type ProfileVerdict = z.infer<typeof ProfileVerdict>;
