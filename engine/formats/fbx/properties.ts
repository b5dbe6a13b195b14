import { child, type FbxNode, type FbxValue, textAt, toNumber } from './fbx-node.ts';

/** One property of an object. */
export interface FbxProperty {
  name: string;
  /** `KString`, `double`, `ColorRGB`, `Lcl Translation`, … */
  type: string;
  /** `A` animatable, `U` made by the user, … */
  flags: string;
  values: FbxValue[];
}

/** The properties of an object (`Properties70` or `Properties60`), with those of its class's template behind them. */
export class Properties {
  private readonly own = new Map<string, FbxProperty>();
  /** Versions of one program spell their names differently. */
  private readonly folded = new Map<string, FbxProperty>();
  private readonly template: Properties | null;

  constructor(node: FbxNode | undefined, template: Properties | null = null) {
    this.template = template;
    const table = child(node, 'Properties70') ?? child(node, 'Properties60');
    for (const entry of table?.children ?? []) {
      const modern = entry.name === 'P';
      if (!modern && entry.name !== 'Property') continue;
      const first = modern ? 4 : 3;
      this.set({
        name: textAt(entry, 0),
        type: textAt(entry, 1),
        flags: textAt(entry, first - 1),
        values: entry.values.slice(first),
      });
    }
  }

  set(property: FbxProperty): void {
    this.own.set(property.name, property);
    this.folded.set(property.name.toLowerCase(), property);
  }

  /** The property, or its default in the template; without regard to case where there is no exact one. */
  get(name: string): FbxProperty | undefined {
    return this.own.get(name) ?? this.folded.get(name.toLowerCase()) ?? this.template?.get(name);
  }

  /** Whether the object itself states the property. */
  has(name: string): boolean {
    return this.folded.has(name.toLowerCase());
  }

  number(name: string): number | undefined {
    const value = toNumber(this.get(name)?.values[0]);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.get(name)?.values[0];
    return typeof value === 'string' ? value : undefined;
  }

  /** Three finite numbers; `undefined` where the property is missing or something else. */
  vector(name: string): [number, number, number] | undefined {
    const values = this.get(name)?.values;
    if (!values || values.length < 3) return undefined;
    const [x, y, z] = values.slice(0, 3).map((value) => toNumber(value) ?? Number.NaN);
    return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z) ? [x!, y!, z!] : undefined;
  }

  /** What users added, as plain values for `extras`; null where there is nothing. */
  extras(): Record<string, unknown> | null {
    const out: Record<string, unknown> = {};
    for (const property of this.own.values()) {
      if (!property.flags.includes('U') || property.name === '__proto__') continue;
      const values = property.values.map((value) => (typeof value === 'bigint' ? Number(value) : value));
      const plain = values.filter((value) => typeof value === 'string' || Number.isFinite(value));
      if (plain.length === 0 || plain.length !== values.length) continue;
      out[property.name] = plain.length === 1 ? plain[0] : plain;
    }
    return Object.keys(out).length > 0 ? out : null;
  }

  /** All properties that the object itself states. */
  list(): FbxProperty[] {
    return [...this.own.values()];
  }
}
