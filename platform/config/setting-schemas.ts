import { isIP } from 'node:net';
import { z } from 'zod';

/** How settings are written: each parses the text of a variable. */
export const port = z.coerce.number().int().min(0).max(65_535);
export const size = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(B|KiB|MiB|GiB|TiB)?$/i, 'give a size such as 512MiB or 2GiB')
  .transform(parseSize);
const UNIT_SECONDS = { s: 1, min: 60, h: 3600 };
export const count = z.coerce.number().int().positive();
export const optionalCount = z.union([z.literal('off').transform(() => null), count], {
  error: 'give a number, or off',
});
const amount = z.number().nonnegative().nullable().optional();
/** A text that is JSON. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('give a JSON object');
    return z.NEVER;
  }
});
export const OrganizationQuota = z.strictObject({
  storage: amount,
  renderSeconds: amount,
  queued: amount,
  running: amount,
});
export const rate = z
  .string()
  .regex(/^(off|[1-9]\d{0,8}\/(s|min|h))$/, 'give a rate such as 600/min, 20/s or 1000/h, or off')
  .transform(parseRate);
export const url = (protocols: RegExp, example: string) => z.string().regex(protocols, `give a URL such as ${example}`);
export const serviceUrl = url(/^https?:\/\/[^\s]+$/, 'http://127.0.0.1:3101');

/** Whether each key of a list is long enough. */
export function isKeyList(keys: string[]): boolean {
  return keys.every((key) => key.length >= 32);
}

/** Whether a text is an address or a network. */
export function isBlock(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 && bits > 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

/** Requests in so many seconds; null: no limit. */
function parseRate(text: string): { quota: number; seconds: number } | null {
  if (text === 'off') return null;
  const [quota, unit] = text.split('/') as [string, keyof typeof UNIT_SECONDS];
  return { quota: Number(quota), seconds: UNIT_SECONDS[unit] };
}

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)/i.exec(text);
  const power = ' KMGT'.indexOf((match?.[2] || ' ').toUpperCase());
  return Math.round(Number(match?.[1]) * 1024 ** power);
}
