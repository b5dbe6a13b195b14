import type { z } from 'zod';

/** What a value of each type of JSON Schema is called. */
const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  record: 'an object',
  object: 'an object',
  null: '`null`',
};
const UNITS: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
};
const FORMS: Record<string, string> = {
  datetime: 'give a time of RFC 3339 such as 2026-01-31T12:00:00Z',
  email: 'give an e-mail address',
  url: 'give a URL',
};

/**
 * What to do about a value that a schema refuses, where the schema itself does not say it; undefined where that is left to
 * Zod. To be given as `error` of a parse.
 */
export function issueMessage(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue.expected, issue.input);
    case 'unrecognized_keys':
      return `there is no ${issue.keys.map((key) => `\`${key}\``).join(', ')}; leave it out`;
    case 'invalid_value':
      return `give ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return bound('at least', issue.origin, issue.minimum, issue.inclusive ?? true, 'more than');
    case 'too_big':
      return bound('at most', issue.origin, issue.maximum, issue.inclusive ?? true, 'less than');
    case 'invalid_format':
      return FORMS[issue.format];
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : choice(issue.options);
    default:
      return undefined;
  }
}

function ofType(expected: string, input: unknown): string {
  const wanted = KINDS[expected] ?? expected;
  if (input === undefined) return `is missing: give ${wanted}`;
  return typeof input === 'number' && expected === 'int' ? `${input} is not ${wanted}` : `give ${wanted}`;
}

/** Of an object that says of itself which of several it is, by one field. */
function choice(options: unknown): string | undefined {
  const words = Array.isArray(options) ? options.filter((option) => option !== undefined) : [];
  return words.length > 0 ? `give one of ${words.join(', ')}` : undefined;
}

function bound(words: string, origin: string, limit: number | bigint, inclusive: boolean, strict: string): string {
  const unit = UNITS[origin]?.[Number(limit) === 1 ? 0 : 1];
  return `give ${inclusive ? words : strict} ${limit}${unit === undefined ? '' : ` ${unit}`}`;
}
