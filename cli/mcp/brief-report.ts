import type { ValidationReport } from '#contracts/model/model-report.ts';
import type { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { groupIssues } from '../group-issues.ts';

/** A report for a model to read, whose room is bounded: what was found in many places is said once. */
export function briefReport<R extends { validation: ValidationReport }>(report: R) {
  const { validation } = report;
  return { ...report, validation: { ...validation, issues: groupIssues(validation.issues) } };
}

/** What a recipe did: of each operation what it says itself and the triangles, the costs of the whole in full. */
export function briefRecipeReport(report: OptimizeReport) {
  const operations = report.operations.map(({ operation, node, before, after, notes }) => ({
    operation: operation.type,
    ...(node !== null && { node }),
    triangles: [before.triangles, after.triangles],
    notes,
  }));
  return { ...report, operations };
}
