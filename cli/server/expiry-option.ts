import { UsageError } from '../command.ts';

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** When something is to end, as the API takes it: of `30m`, `12h`, `7d`, or a time. @throws UsageError */
export function expiryFrom(value: string | boolean | undefined, now = Date.now()): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [, count, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(value) ?? [];
  const at = unit === undefined ? Date.parse(value) : now + Number(count) * (UNIT_MS[unit] as number);
  if (Number.isNaN(at)) throw new UsageError(`--expires ${value}: give 30m, 12h, 7d or a time such as 2027-01-31`);
  if (at <= now) throw new UsageError(`--expires ${value}: that is over already`);
  return new Date(at).toISOString();
}
