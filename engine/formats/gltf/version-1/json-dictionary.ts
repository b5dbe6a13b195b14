/** A JSON object whose values nobody has looked at. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One of the dictionaries of glTF 1.0: objects by their ids, which become numbers in the order of the file. */
export class JsonDictionary {
  readonly entries: [id: string, value: Json][];
  private readonly numbers = new Map<string, number>();

  constructor(source: unknown) {
    this.entries = isObject(source)
      ? Object.entries(source).filter((entry): entry is [string, Json] => isObject(entry[1]))
      : [];
    for (const [index, [id]] of this.entries.entries()) this.numbers.set(id, index);
  }

  /** The number of an id; -1, which the check of the structure reports, where it does not exist. */
  number(id: unknown): number {
    return this.numbers.get(String(id)) ?? -1;
  }

  get(id: unknown): Json | undefined {
    return this.entries[this.number(id)]?.[1];
  }
}
