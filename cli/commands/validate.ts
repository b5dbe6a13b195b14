import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ValidationReport } from '#contracts/model/model-report.ts';
import { ProfileName } from '#contracts/profiles/built-in.ts';
import type { ProfileVerdict } from '#contracts/profiles/verdict.ts';
import { validateModel } from '#engine/process/validate-model.ts';
import { judge } from '#engine/validate/profiles/judge.ts';
import { type Command, EXIT } from '../command.ts';
import { groupIssues } from '../group-issues.ts';
import { readModelFiles } from '../model-files.ts';
import { polygonsText } from '../polygons-text.ts';
import { readProfile } from '../profile-file.ts';

/** `maquette validate MODEL`: every finding with its place and what to do; exit status 1 when there are errors. */
export const validate: Command = {
  name: 'validate',
  summary:
    'Checks a model: the rules of its format, its geometry, textures and animations, and the limits of a profile. The exit status is 1 when it has errors or fails the profile. An asset of a server takes the place of MODEL by its id: `maquette validate ast_… --help`.',
  usage: 'MODEL [options]',
  positionals: [1, 1],
  options: {
    profile: {
      type: 'string',
      value: 'NAME|FILE',
      help: `limits to keep to: ${ProfileName.options.join(', ')}, or a profile of your own as a .json file (docs/validation.md)`,
    },
  },
  async run({ values, positionals }) {
    const profile = typeof values.profile === 'string' ? await readProfile(values.profile) : null;
    const files = await readModelFiles(positionals[0] as string);
    const { validation, report } = await validateModel(files, ModelLimits.parse({}));
    const verdict = profile && report && judge(profile, report);
    if (values.json) {
      const checks = report?.checks ?? [];
      const sourcePolygons = report?.sourcePolygons ?? null;
      console.log(JSON.stringify({ ...validation, checks, sourcePolygons, ...(profile && { verdict }) }));
    } else {
      printFindings(validation);
      if (report?.sourcePolygons) console.log(`polygons of the source: ${polygonsText(report.sourcePolygons)}`);
      if (verdict) printVerdict(verdict);
    }
    if (validation.errors > 0 || verdict?.passed === false) process.exitCode = EXIT.input;
  },
};

/** Prints what validation found, with what to do about it. */
export function printFindings({ issues, errors, warnings, infos }: ValidationReport): void {
  for (const { severity, code, pointers, count, message, remedy } of groupIssues(issues)) {
    const others = count > pointers.length ? ` and ${count - pointers.length} more` : '';
    console.log(`${severity} ${code} ${pointers.join(', ')}${others}\n  ${message}\n  ${remedy}`);
  }
  console.log(`${errors} errors, ${warnings} warnings, ${infos} notes`);
}

/** Prints what a profile says of a model, rule by rule. */
export function printVerdict({ profile, passed, rules }: ProfileVerdict): void {
  console.log('');
  for (const { outcome, severity, message, remedy, source } of rules) {
    const word = outcome === 'failed' ? severity : outcome === 'passed' ? 'passed' : 'skipped';
    console.log(`${word.padEnd(8)} ${message}${source ? ` (${source})` : ''}`);
    if (remedy) console.log(`         ${remedy}`);
  }
  console.log(`profile ${profile}: ${passed ? 'passed' : 'failed'}`);
}
