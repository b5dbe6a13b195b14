import { ModelLimits } from '#contracts/model/model-limits.ts';
import { validateModel } from '#engine/process/validate-model.ts';
import { type Command, EXIT } from '../command.ts';
import { readModelFiles } from '../model-files.ts';

/** `maquette validate MODEL`: every finding with its place and what to do; exit status 1 when there are errors. */
export const validate: Command = {
  name: 'validate',
  summary: 'Checks a model against the rules of its format. The exit status is 1 when it breaks one.',
  usage: 'MODEL [--json]',
  positionals: [1, 1],
  options: {},
  async run({ values, positionals }) {
    const files = await readModelFiles(positionals[0] as string);
    const { validation: report } = await validateModel(files, ModelLimits.parse({}));
    if (values.json) console.log(JSON.stringify(report));
    else {
      for (const { severity, code, pointer, message, remedy } of report.issues) {
        console.log(`${severity} ${code} ${pointer}\n  ${message}\n  ${remedy}`);
      }
      console.log(`${report.errors} errors, ${report.warnings} warnings, ${report.infos} notes`);
    }
    if (report.errors > 0) process.exitCode = EXIT.input;
  },
};
