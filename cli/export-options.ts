import { extname } from 'node:path';
import { z } from 'zod';
import { EXPORT_FORMATS, ExportFormat, ExportOptions, exportProblems } from '#contracts/model/export-format.ts';
import { LengthUnit } from '#contracts/model/length-unit.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';

/** Options of commands that write a model. */
export const EXPORT_OPTIONS: Record<string, CommandOption> = {
  format: {
    type: 'string',
    value: 'NAME',
    help: `of the model in a .zip: ${ExportFormat.options.join(', ')} (gltf by default); otherwise the name of OUT says it`,
  },
  unit: { type: 'string', value: 'UNIT', help: `of lengths in the file: ${LengthUnit.options.join(', ')}` },
  up: { type: 'string', value: 'AXIS', help: 'the axis that points up in the file: y, z' },
  ascii: { type: 'boolean', help: 'text in place of binary numbers, in formats that have both' },
  animation: { type: 'string', value: 'NAME', help: 'the pose to write, in formats without animation' },
  time: { type: 'string', value: 'SECONDS', help: 'of that animation' },
};

/** Where and how a model is to be written. */
export interface ExportTarget {
  options: ExportOptions;
  /** Whether all files go into one zip. */
  zipped: boolean;
}

/**
 * What the name of the output and the options ask for.
 *
 * @throws UsageError when they name no format, contradict each other, or ask for what the format does not leave open
 */
export function exportTarget(output: string, values: CommandCall['values']): ExportTarget {
  const ending = extname(output).toLowerCase();
  const zipped = ending === '.zip';
  const named = ExportFormat.options.find((format) => EXPORT_FORMATS[format].ending === ending);
  if (!zipped && !named) throw new UsageError(`${output}: the name has to end in ${listEndings()}`);
  const format = values.format ?? named ?? 'gltf';
  if (named && format !== named) {
    throw new UsageError(`--format ${format} contradicts the name ${output}: leave one of them out, or write a .zip`);
  }
  return { options: exportChoices(format, values), zipped };
}

/**
 * A format with the choices that the options make.
 *
 * @throws UsageError when there is no such format, or it does not leave open what they ask for
 */
export function exportChoices(format: unknown, values: CommandCall['values']): ExportOptions {
  const parsed = ExportOptions.safeParse({
    format,
    ...(values.unit !== undefined && { unit: values.unit }),
    ...(values.up !== undefined && { up: values.up }),
    ...(values.ascii === true && { encoding: 'text' }),
    ...(values.animation !== undefined && { animation: values.animation }),
    ...(values.time !== undefined && { time: Number(values.time) }),
  });
  if (!parsed.success) throw new UsageError(z.prettifyError(parsed.error));
  const [problem] = exportProblems(parsed.data);
  if (problem) throw new UsageError(problem.message);
  return parsed.data;
}

function listEndings(): string {
  return [...ExportFormat.options.map((format) => EXPORT_FORMATS[format].ending), '.zip'].join(', ');
}
