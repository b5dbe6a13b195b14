import { extname } from 'node:path';
import { ImageFormat, ImageRequest } from '#contracts/render/image-request.ts';
import { checkImageRequest, completeImage, imageProblems } from '#contracts/render/image-rules.ts';
import { REQUEST_FIELDS, type RequestField } from '#contracts/render/request-text.ts';
import { valueText } from '#contracts/render/value-text.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';
import { refuseIdleOptions } from './idle-options.ts';

/** The format comes from the ending of the output file. */
const FIELDS = REQUEST_FIELDS.filter(({ name }) => name !== 'format');

/** Options that describe an image: one for each field of `ImageRequest`, under its name in small letters and dashes. */
export const IMAGE_OPTIONS: Record<string, CommandOption> = Object.fromEntries(
  FIELDS.map((field) => [optionOf(field.name), imageOption(field)]),
);

/**
 * The request that the options and the ending of the output file make.
 * @throws UsageError with every option that does not fit, alone or beside others; MaquetteError `render_too_large`.
 */
export function imageRequestFrom(values: CommandCall['values'], output: string): ImageRequest {
  const format = extname(output).slice(1).toLowerCase().replace('jpeg', 'jpg');
  const parsed = ImageRequest.safeParse({ format, ...imageFieldsFrom(values) });
  if (parsed.success) {
    const problems = imageProblems(parsed.data).map(
      ({ pointer, message }) => `--${optionOf(pointer.split('/')[1] ?? '')}: ${message}`,
    );
    if (problems.length > 0) throw new UsageError(problems.join('\n'));
    refuseIdleOptions(values, parsed.data);
    checkImageRequest(parsed.data);
    return completeImage(parsed.data);
  }
  const problems = parsed.error.issues.map(({ path: [field, ...inside], message }) => {
    if (field === 'format') return `${output}: the name has to end in ${endings()}`;
    return `--${optionOf(String(field))}: ${[...inside.map(String), message].join(': ')}`;
  });
  throw new UsageError(problems.join('\n'));
}

/** The fields of an image that are given as options, as far as they can be read. */
export function imageFieldsFrom(values: CommandCall['values']): Partial<Record<keyof ImageRequest, unknown>> {
  const given = FIELDS.map((field) => {
    const value = values[optionOf(field.name)];
    return [field.name, typeof value === 'string' ? field.read(value) : value];
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The endings that an output file may have, for people. */
export function endings(): string {
  const all = ImageFormat.options.map((format) => `.${format}`);
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** The option of a field: `fieldOfView` is `field-of-view`. */
export function optionOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, '-$&').toLowerCase();
}

function imageOption({ name, form, description, default: fallback }: RequestField): CommandOption {
  const said = description ?? '';
  const item = form.kind === 'list' ? form.item : form;
  const choices = 'choices' in item ? item.choices : [];
  const listed = choices.every((choice) => said.includes(`\`${choice}\``)) ? '' : choices.join(', ');
  const help = [said, listed].filter((part) => part !== '').join(': ');
  const standard = fallback === undefined ? '' : ` (${valueText(fallback)} by default)`;
  if (form.kind === 'boolean' && fallback !== true) return { type: 'boolean', help: lowerFirst(help) };
  return { type: 'string', value: placeholder(name, form), help: lowerFirst(help) + standard };
}

function placeholder(name: string, form: RequestField['form']): string {
  if (form.kind === 'number') return form.whole ? 'N' : 'NUMBER';
  if (form.kind === 'boolean') return 'true|false';
  return form.kind === 'list' ? `${optionOf(name).toUpperCase()},…` : optionOf(name).toUpperCase();
}

function lowerFirst(text: string): string {
  return text.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase()).replaceAll('`', '');
}
