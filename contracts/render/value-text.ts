/**
 * A value of a request as text carries it: a list with commas between its items, a structure as JSON. What
 * `REQUEST_FIELDS` reads back.
 */
export function valueText(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
