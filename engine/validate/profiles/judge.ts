import { CheckCode } from '#contracts/model/check-codes.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import { MeasureName } from '#contracts/profiles/measure-names.ts';
import { ListName, type Profile, type ProfileRule, type RuleSubject } from '#contracts/profiles/profile.ts';
import type { ProfileVerdict, RuleResult } from '#contracts/profiles/verdict.ts';
import { CHECKS } from '../checks/check-table.ts';
import { LISTS, MEASURES } from './measures.ts';

/** Judges a model by a profile, from its report alone. */
export function judge(profile: Profile, report: ModelReport): ProfileVerdict {
  const rules = profile.rules.map((rule) => resultOf(rule, report));
  return {
    profile: profile.name,
    passed: rules.every(({ outcome, severity }) => outcome !== 'failed' || severity === 'warning'),
    rules,
  };
}

/** What a subject is, and what to do when it breaks a limit. */
export function subjectText(of: RuleSubject): { text: string; remedy: string } {
  const check = CheckCode.safeParse(of);
  if (check.success) return { text: CHECKS[check.data].measures, remedy: CHECKS[check.data].remedy };
  const list = ListName.safeParse(of);
  return list.success ? LISTS[list.data] : MEASURES[MeasureName.parse(of)];
}

function resultOf(rule: ProfileRule, report: ModelReport): RuleResult {
  const list = ListName.safeParse(rule.of);
  if (list.success) return judgeList(rule, LISTS[list.data].of(report));
  const check = CheckCode.safeParse(rule.of);
  if (!check.success) return judgeNumber(rule, MEASURES[MeasureName.parse(rule.of)].of(report));
  if (!report.checks) {
    return {
      ...commonOf(rule),
      outcome: 'failed',
      value: null,
      message: `${rule.of} was not measured when this model was processed`,
      remedy: 'Upload the model again: it was processed by a version without this check.',
    };
  }
  return judgeNumber(rule, report.checks.find(({ code }) => code === check.data)?.value ?? null);
}

function judgeNumber(rule: ProfileRule, value: number | null): RuleResult {
  const { of, min, max } = rule;
  if (value === null) return notApplicable(rule);
  const failed = (min !== undefined && value < min) || (max !== undefined && value > max);
  return withOutcome(rule, failed, value, `${of}: ${figure(value)}, ${limitText(min, max)}`);
}

function judgeList(rule: ProfileRule, entries: string[]): RuleResult {
  const { of, only = [] } = rule;
  if (entries.length === 0) return notApplicable(rule);
  const others = entries.filter((entry) => !only.includes(entry));
  const message = `${of}: ${entries.join(', ')}; allowed: ${only.join(', ') || 'none'}`;
  return withOutcome(rule, others.length > 0, others, message);
}

function commonOf({ of, severity, source }: ProfileRule): Pick<RuleResult, 'of' | 'severity' | 'source'> {
  return { of, severity, ...(source !== undefined && { source }) };
}

function notApplicable(rule: ProfileRule): RuleResult {
  const message = `${rule.of}: the model has nothing of the kind`;
  return { ...commonOf(rule), outcome: 'not_applicable', value: null, message, remedy: '' };
}

function withOutcome(rule: ProfileRule, failed: boolean, value: RuleResult['value'], message: string): RuleResult {
  const remedy = failed ? (rule.why ?? subjectText(rule.of).remedy) : '';
  return { ...commonOf(rule), outcome: failed ? 'failed' : 'passed', value, message, remedy };
}

function limitText(min: number | undefined, max: number | undefined): string {
  if (max === undefined) return `at least ${figure(min!)}`;
  if (min === undefined) return max === 0 ? 'none allowed' : `at most ${figure(max)}`;
  return `from ${figure(min)} to ${figure(max)}`;
}

/** Whole numbers in full, others with four digits. */
function figure(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}
