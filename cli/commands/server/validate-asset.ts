import { type Command, EXIT } from '../../command.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { printFindings, printVerdict } from '../validate.ts';

/** `maquette validate ASSET`: what a server found, and what a profile of it says; exit status 1 as of a file. */
export const validateAsset: Command = {
  name: 'validate',
  summary:
    'Shows what a server found in an asset, and whether it keeps to a profile. The exit status is 1 when it has errors or fails the profile.',
  usage: 'ASSET [options]',
  positionals: [1, 1],
  options: {
    'validation-profile': {
      type: 'string',
      value: 'NAME',
      help: 'limits to keep to: a built-in profile, or one of the organisation',
    },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [word] }) {
    const id = idFrom('asset', word);
    const profile = values['validation-profile'];
    const wish = typeof profile === 'string' ? { profile } : {};
    const { validation, checks, sourcePolygons, verdict } = await (await clientFrom(values)).assets.report(id, wish);
    if (values.json)
      console.log(JSON.stringify({ ...validation, checks, sourcePolygons, ...(verdict && { verdict }) }));
    else {
      printFindings(validation);
      if (verdict) printVerdict(verdict);
    }
    if (validation.errors > 0 || verdict?.passed === false) process.exitCode = EXIT.input;
  },
};
