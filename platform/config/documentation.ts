import type { Definition } from './definition.ts';
import { DEFINITIONS, variableOf } from './definitions.ts';

/** `docs/configuration.md`, made of the definitions; a test keeps the file up to date. */
export function configurationDocument(): string {
  const definitions: Record<string, Definition> = DEFINITIONS;
  const groups = Map.groupBy(Object.entries(definitions), ([, definition]) => definition.group);
  const sections = [...groups].map(([group, entries]) => {
    const rows = entries.map(([name, { default: value, description }]) => {
      return `| \`${variableOf(name)}\` | \`${name}\` | ${value === undefined ? '' : `\`${value}\``} | ${description} |`;
    });
    return `## ${group}\n\n| Variable | In the file | Default | What it does |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return [
    '# Configuration\n',
    'Settings come from environment variables, then from `maquette.config.json` in the working directory (a JSON object with the names of the second column), then from the defaults. Every problem is reported at the start, all at once. Sizes are written like `512MiB` or `2GiB`. Tracing is switched on by the standard variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.\n',
    'This page is generated from `platform/config/definitions` by `npm run docs`.\n',
    ...sections,
  ].join('\n');
}
