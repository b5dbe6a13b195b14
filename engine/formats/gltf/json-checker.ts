import type { ErrorItem } from '#contracts/errors/maquette-error.ts';

export type Json = Record<string, unknown>;

/** As many problems as one error lists. */
const MAX_ITEMS = 20;

/** The verbs of checking untrusted JSON: each notes a problem under its JSON pointer and goes on. */
export class JsonChecker {
  /** The first problems; `count` counts all. */
  readonly items: ErrorItem[] = [];
  count = 0;
  /** The top-level lists by name, for what indices may point at. */
  protected readonly lists = new Map<string, Json[]>();

  protected each(key: string, check: (value: Json, at: string) => void): void {
    for (const [index, value] of (this.lists.get(key) ?? []).entries()) {
      if (this.count > 1000) return;
      check(value, `/${key}/${index}`);
      if (value.name !== undefined && typeof value.name !== 'string') this.add(`/${key}/${index}/name`, 'is no text');
    }
  }

  protected objects(holder: Json, key: string, at: string, required = false): Json[] {
    const value = holder[key];
    if (value === undefined && !required) return [];
    if (!Array.isArray(value)) {
      this.add(`${at}/${key}`, value === undefined ? 'is missing' : 'is no list');
      return [];
    }
    const bad = value.findIndex((item) => !isObject(item));
    if (bad >= 0) {
      this.add(`${at}/${key}/${bad}`, 'is no object');
      return [];
    }
    return value;
  }

  /** An extension of `holder`; null where it has none, or what is no object (glTF 2.0, extension.schema.json). */
  protected extension(holder: Json, name: string, at: string): Json | null {
    if (!isObject(holder.extensions)) return null;
    const value = holder.extensions[name];
    if (value === undefined || isObject(value)) return value ?? null;
    this.add(`${at}/extensions/${name}`, 'is no object');
    return null;
  }

  protected ref(holder: Json, key: string, target: string, at: string, required = false): void {
    const value = holder[key];
    if (value === undefined && !required) return;
    const size = this.lists.get(target)?.length ?? 0;
    if (isIndex(value, size)) return;
    const found = value === undefined ? 'is missing' : `is ${JSON.stringify(value)?.slice(0, 40)}`;
    this.add(`${at}/${key}`, `${found}, but must be an index into "${target}", which has ${size} entries`);
  }

  protected refs(holder: Json, key: string, target: string, at: string, required = false): void {
    const value = holder[key];
    if (value === undefined && !required) return;
    if (!Array.isArray(value)) {
      this.add(`${at}/${key}`, value === undefined ? 'is missing' : 'is no list');
      return;
    }
    const size = this.lists.get(target)?.length ?? 0;
    for (const [index, item] of value.entries()) {
      if (!isIndex(item, size)) {
        this.add(`${at}/${key}/${index}`, `must be an index into "${target}", which has ${size} entries`);
      }
    }
  }

  protected numbers(holder: Json, key: string, at: string, length?: number): void {
    const value = holder[key];
    if (value === undefined) return;
    const good = Array.isArray(value) && value.every((item) => typeof item === 'number');
    if (!good || (length !== undefined && value.length !== length)) {
      this.add(`${at}/${key}`, length === undefined ? 'is no list of numbers' : `is no list of ${length} numbers`);
    }
  }

  protected number(holder: Json, key: string, at: string, required = false): void {
    const value = holder[key];
    if (value === undefined && !required) return;
    if (typeof value !== 'number') this.add(`${at}/${key}`, value === undefined ? 'is missing' : 'is no number');
  }

  protected integer(
    holder: Json,
    key: string,
    at: string,
    min: number,
    required = false,
    max = Number.MAX_SAFE_INTEGER,
  ): void {
    const value = holder[key];
    if (value === undefined && !required) return;
    if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
      this.add(`${at}/${key}`, value === undefined ? 'is missing' : `must be a whole number of at least ${min}`);
    }
  }

  protected string(holder: Json, key: string, at: string): void {
    if (holder[key] !== undefined && typeof holder[key] !== 'string') this.add(`${at}/${key}`, 'is no text');
  }

  protected strings(holder: Json, key: string, at: string): void {
    const value = holder[key];
    if (value === undefined) return;
    if (!Array.isArray(value) || value.some((item) => typeof item !== 'string'))
      this.add(`${at}/${key}`, 'is no list of texts');
  }

  protected add(pointer: string, message: string): void {
    this.count++;
    if (this.items.length < MAX_ITEMS) this.items.push({ pointer, message });
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is an index into a list of `size` entries. */
export function isIndex(value: unknown, size: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;
}
