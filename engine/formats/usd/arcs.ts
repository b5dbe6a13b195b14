/** A reference or payload: a prim of a layer, and its place in the time of the layer that refers to it. */
export interface Arc {
  /** Empty for the layer itself. */
  asset: string;
  /** Empty for the default prim. */
  prim: string;
  /** Time there is `offset + scale × time` here, in time codes. */
  offset: number;
  scale: number;
}

/** An arc as one text, as fields of layers hold it: `@file@<prim> (offset = 5; scale = 2)`. */
export function arcText({ asset, prim, offset, scale }: Arc): string {
  const time = offset === 0 && scale === 1 ? '' : ` (offset = ${offset}; scale = ${scale})`;
  return `@${asset}@${prim === '' ? '' : `<${prim}>`}${time}`;
}

/** The inverse of `arcText`; numbers that are none, and a time that stands still, are left out. */
export function readArc(text: string): Arc {
  const [, asset = '', prim = '', offset, scale] =
    /^(?:@+([^@]*)@+)?\s*(?:<([^>]*)>)?\s*(?:\(offset = (\S+); scale = (\S+)\))?/.exec(text) ?? [];
  return { asset, prim, offset: finite(Number(offset ?? 0), 0), scale: finite(Number(scale ?? 1), 1) || 1 };
}

/** A value that is a number one can count with, or else another one. */
export function finite(value: unknown, otherwise: number): number {
  return Number.isFinite(value) ? (value as number) : otherwise;
}
