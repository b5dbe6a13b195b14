import { z } from 'zod';
import { ImageRequest } from './image-request.ts';

/** How the value of a field is written where there is only text: in a query string or on a command line. */
export type TextForm =
  /** As it is: one of some words or, when it is open, something else. */
  | { kind: 'text'; choices: readonly string[]; open: boolean }
  /** `range` tells people from where to where, e.g. `5 to 120`. */
  | { kind: 'number'; whole: boolean; range: string }
  /** `true` or `false`. */
  | { kind: 'boolean' }
  /** Items with commas between them. */
  | { kind: 'list'; item: TextForm }
  /** JSON, or a short form: the numbers of an object or tuple with commas between them. */
  | { kind: 'structure'; choices: readonly string[] };

/** One field of an image request, as text carries it. */
export interface RequestField {
  name: keyof ImageRequest;
  /** Of the value, without its default. */
  schema: z.ZodType;
  /** The value when nothing is given; undefined when there is none. */
  default: unknown;
  description: string | undefined;
  form: TextForm;
  /** The value that a text stands for. What cannot be read stays text, for the schema to refuse. */
  read(text: string): unknown;
}

/**
 * Short forms beyond those that follow from a field's schema. A function gives the text back when it is none of them.
 *
 * A colour needs no `#`: it would have to be written `%23` in a query string, and begins a comment in a shell.
 */
const SHORT_FORMS: { readonly [K in keyof ImageRequest]?: (text: string) => unknown } = {
  background: (text) => (/^[0-9a-fA-F]{6}$/.test(text) ? `#${text}` : text),
};

const STRUCTURE: TextForm = { kind: 'structure', choices: [] };

/**
 * The fields of `ImageRequest` in order. The query of a render by URL, the options of the command line and their
 * documentation are made of this table, so a field that is added to the schema is in all of them.
 */
export const REQUEST_FIELDS: readonly RequestField[] = Object.entries(ImageRequest.shape).map(([key, field]) => {
  const name = key as keyof ImageRequest;
  const { schema, description, fallback } = unwrap(field);
  const form = formOf(schema, name);
  const short = SHORT_FORMS[name];
  const read = (text: string) => {
    const value = short?.(text) ?? text;
    return typeof value === 'string' ? readText(schema, value) : value;
  };
  return { name, schema, default: fallback, description, form, read };
});

interface Unwrapped {
  schema: z.ZodType;
  description: string | undefined;
  fallback: unknown;
}

/** What is inside `.default()`, `.optional()` and the like; a description counts wherever it stands. */
function unwrap(field: z.ZodType): Unwrapped {
  if (field instanceof z.ZodDefault) {
    const inner = unwrap(field.unwrap() as z.ZodType);
    return { ...inner, description: field.description ?? inner.description, fallback: field.def.defaultValue };
  }
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable) {
    const inner = unwrap(field.unwrap() as z.ZodType);
    return { ...inner, description: field.description ?? inner.description };
  }
  return { schema: field, description: field.description, fallback: undefined };
}

/** @throws Error at start-up, when a field has a type that no text stands for: it needs an entry here. */
function formOf(schema: z.ZodType, name: string): TextForm {
  if (schema instanceof z.ZodEnum) return { kind: 'text', choices: schema.options.map(String), open: false };
  if (schema instanceof z.ZodLiteral) return { kind: 'text', choices: [...schema.values].map(String), open: false };
  // Formats of text, such as a URL, are classes of their own.
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat)
    return { kind: 'text', choices: [], open: true };
  if (schema instanceof z.ZodNumber) return { kind: 'number', whole: isWhole(schema), range: rangeOf(schema) };
  if (schema instanceof z.ZodBoolean) return { kind: 'boolean' };
  if (schema instanceof z.ZodArray) {
    const item = formOf(schema.element as z.ZodType, name);
    return item.kind === 'list' || item.kind === 'structure' ? STRUCTURE : { kind: 'list', item };
  }
  if (schema instanceof z.ZodObject || schema instanceof z.ZodTuple) return STRUCTURE;
  if (schema instanceof z.ZodUnion) {
    const forms = optionsOf(schema).map((option) => formOf(option, name));
    const choices = forms.flatMap((form) => ('choices' in form ? form.choices : []));
    const texts = forms.filter((form) => form.kind === 'text');
    if (texts.length < forms.length) return { kind: 'structure', choices };
    return { kind: 'text', choices, open: texts.some(({ open }) => open) };
  }
  throw new Error(`ImageRequest.${name}: there is no form in text for its type ${schema.def.type}`);
}

function rangeOf(schema: z.ZodNumber): string {
  const { minValue: least, maxValue: most } = schema;
  const from = least !== null && schema.safeParse(least).success ? `${least} to` : `above ${least}, to`;
  return `${from} ${most}`;
}

function readText(schema: z.ZodType, text: string): unknown {
  if (schema instanceof z.ZodNumber) {
    const number = text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : text;
  }
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (schema instanceof z.ZodArray) {
    if (text.startsWith('[')) return readJson(text);
    if (text === '') return [];
    return text.split(',').map((item) => readText(schema.element as z.ZodType, item.trim()));
  }
  if (schema instanceof z.ZodObject || schema instanceof z.ZodTuple) return readStructure(schema, text);
  if (schema instanceof z.ZodUnion) {
    for (const option of optionsOf(schema)) {
      const value = readText(option, text);
      if (value !== text) return value;
    }
  }
  return text;
}

/** JSON, or the numbers of an object or tuple in order: `45,20` for azimuth and elevation. */
function readStructure(schema: z.ZodObject | z.ZodTuple, text: string): unknown {
  if (/^[[{]/.test(text)) return readJson(text);
  const entries: [string, unknown][] =
    schema instanceof z.ZodObject
      ? Object.entries(schema.shape)
      : schema.def.items.map((item, i): [string, unknown] => [String(i), item]);
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const fits = numbers.length === entries.length && numbers.every(Number.isFinite);
  if (!fits || !entries.every(([, field]) => unwrap(field as z.ZodType).schema instanceof z.ZodNumber)) return text;
  if (schema instanceof z.ZodTuple) return numbers;
  return Object.fromEntries(entries.map(([name], i) => [name, numbers[i]]));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function optionsOf(schema: z.ZodUnion): z.ZodType[] {
  return schema.options.map((option) => unwrap(option as z.ZodType).schema);
}

function isWhole(schema: z.ZodNumber): boolean {
  return schema.format?.includes('int') ?? false;
}
