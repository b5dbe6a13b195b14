import type { ValidationReport } from '#contracts/model/model-report.ts';

type Issue = ValidationReport['issues'][number];

/** One finding at however many places. */
export type IssueGroup = Omit<Issue, 'pointer'> & {
  /** The first places. */
  pointers: string[];
  /** How many places there are in the list. */
  count: number;
};

/** Places that are named of each finding. */
const NAMED = 3;

/** Findings for a reader: what is said of many places in the same words is said once. In the order of the first of each. */
export function groupIssues(issues: readonly Issue[]): IssueGroup[] {
  const groups = new Map<string, IssueGroup>();
  for (const { pointer, ...finding } of issues) {
    const key = JSON.stringify(finding);
    const group = groups.get(key) ?? { ...finding, pointers: [], count: 0 };
    groups.set(key, group);
    group.count += 1;
    if (group.pointers.length < NAMED) group.pointers.push(pointer);
  }
  return [...groups.values()];
}
