import { halfBits } from '../../../texture/exr/half.ts';
import { splitType, type UsdReference, type UsdType, type UsdValue } from '../usd-layer.ts';
import type { ByteSink } from './byte-sink.ts';
import { CRATE_TYPE, NUMBER_TYPES, type NumberStore } from './crate-types.ts';
import { compressIntegers } from './integer-coding.ts';
import type { StringTables } from './string-tables.ts';

/** What a field holds: the type, flags, and in the lower 48 bits the value itself or where it lies in the file. */
export type ValueRep = bigint;

const IS_ARRAY = 1n << 63n;
const IS_INLINED = 1n << 62n;
const IS_COMPRESSED = 1n << 61n;

/** Shorter arrays of integers are stored as they are. */
const LEAST_COMPRESSED = 16;

const EXPLICIT_ITEMS = 0b11;
const PREPENDED_ITEMS = 1 << 5;

/** Writes values into the body of a crate file and says how fields refer to them. Equal arrays are written once. */
export class ValueWriter {
  readonly #sink: ByteSink;
  readonly #tables: StringTables;
  readonly #numbers: ReadonlyMap<string, number>;
  /** What was written of an array, by its type. */
  readonly #written = new Map<UsdValue, Map<string, ValueRep>>();

  /** @param pathNumbers the number of each path of the layer */
  constructor(sink: ByteSink, tables: StringTables, pathNumbers: ReadonlyMap<string, number>) {
    this.#sink = sink;
    this.#tables = tables;
    this.#numbers = pathNumbers;
  }

  value(type: UsdType, value: UsdValue): ValueRep {
    if (typeof value !== 'object') return this.#scalar(type, value);
    const known = this.#written.get(value)?.get(type);
    if (known !== undefined) return known;
    const rep = this.#object(type, value);
    const byType = this.#written.get(value) ?? new Map<string, ValueRep>();
    this.#written.set(value, byType.set(type, rep));
    return rep;
  }

  bool(value: boolean): ValueRep {
    return inlined(CRATE_TYPE.bool, value ? 1 : 0);
  }

  token(text: string): ValueRep {
    return inlined(CRATE_TYPE.token, this.#tables.token(text));
  }

  int(value: number): ValueRep {
    return inlined(CRATE_TYPE.int, value);
  }

  /** `def`; other specifiers do not occur. */
  specifier(): ValueRep {
    return inlined(CRATE_TYPE.specifier, 0);
  }

  variability(uniform: boolean): ValueRep {
    return inlined(CRATE_TYPE.variability, uniform ? 1 : 0);
  }

  double(value: number): ValueRep {
    if (Math.fround(value) === value) return inlined(CRATE_TYPE.double, floatBits(value));
    const at = this.#begin();
    this.#sink.f64(value);
    return stored(CRATE_TYPE.double, at);
  }

  tokenVector(tokens: readonly string[]): ValueRep {
    const at = this.#begin();
    this.#tokens(tokens);
    return stored(CRATE_TYPE.tokenVector, at);
  }

  /** A list that is put in front of those of weaker layers. */
  prependedTokens(tokens: readonly string[]): ValueRep {
    const at = this.#begin();
    this.#sink.u8(PREPENDED_ITEMS);
    this.#tokens(tokens);
    return stored(CRATE_TYPE.tokenListOp, at);
  }

  /** A list that replaces those of weaker layers. */
  explicitPaths(paths: readonly string[]): ValueRep {
    const at = this.#begin();
    this.#sink.u8(EXPLICIT_ITEMS);
    this.#sink.u64(paths.length);
    for (const path of paths) this.#sink.u32(this.#path(path));
    return stored(CRATE_TYPE.pathListOp, at);
  }

  /** A reference to a root prim of another layer. */
  prependedReference({ asset, prim }: UsdReference): ValueRep {
    const at = this.#begin();
    this.#sink.u8(PREPENDED_ITEMS);
    this.#sink.u64(1);
    this.#sink.u32(this.#tables.string(asset));
    this.#sink.u32(this.#path(`/${prim}`));
    // Offset and scale of its time, and no custom data.
    this.#sink.f64(0);
    this.#sink.f64(1);
    this.#sink.u64(0);
    return stored(CRATE_TYPE.referenceListOp, at);
  }

  timeSamples(type: UsdType, times: readonly number[], values: readonly UsdValue[]): ValueRep {
    const reps = values.map((value) => this.value(type, value));
    const timesAt = this.#begin();
    this.#sink.u64(times.length);
    for (const time of times) this.#sink.f64(time);
    const at = this.#begin();
    // Both parts say how far ahead they begin: right behind.
    this.#sink.u64(8);
    this.#sink.u64(stored(CRATE_TYPE.doubleVector, timesAt));
    this.#sink.u64(8);
    this.#sink.u64(reps.length);
    for (const rep of reps) this.#sink.u64(rep);
    return stored(CRATE_TYPE.timeSamples, at);
  }

  #scalar(type: UsdType, value: boolean | number | string): ValueRep {
    if (typeof value === 'boolean') return this.bool(value);
    if (typeof value === 'string') {
      if (type === 'string') return inlined(CRATE_TYPE.string, this.#tables.string(value));
      return inlined(type === 'asset' ? CRATE_TYPE.asset : CRATE_TYPE.token, this.#tables.token(value));
    }
    if (type === 'double') return this.double(value);
    return type === 'int' ? this.int(value) : inlined(CRATE_TYPE.float, floatBits(value));
  }

  #object(type: UsdType, value: readonly string[] | ArrayLike<number>): ValueRep {
    const { scalar, isArray } = splitType(type);
    const numbers = NUMBER_TYPES[scalar];
    if (!numbers) {
      if (value.length === 0) return stored(CRATE_TYPE.token, 0) | IS_ARRAY;
      const at = this.#begin();
      this.#tokens(value as readonly string[]);
      return stored(CRATE_TYPE.token, at) | IS_ARRAY;
    }
    if (!isArray) {
      const at = this.#begin();
      this.#sink.array(pack(value as ArrayLike<number>, numbers.store));
      return stored(numbers.crate, at);
    }
    if (value.length === 0) return stored(numbers.crate, 0) | IS_ARRAY;
    const at = this.#begin();
    this.#sink.u64(value.length / numbers.width);
    const packed = pack(value as ArrayLike<number>, numbers.store);
    if (numbers.store !== 'int' || value.length < LEAST_COMPRESSED) {
      this.#sink.array(packed);
      return stored(numbers.crate, at) | IS_ARRAY;
    }
    const compressed = compressIntegers(packed);
    this.#sink.u64(compressed.length);
    this.#sink.raw(compressed);
    return stored(numbers.crate, at) | IS_ARRAY | IS_COMPRESSED;
  }

  #tokens(tokens: readonly string[]): void {
    this.#sink.u64(tokens.length);
    for (const token of tokens) this.#sink.u32(this.#tables.token(token));
  }

  #path(path: string): number {
    const number = this.#numbers.get(path);
    if (number === undefined) throw new Error(`The layer has no ${path}.`);
    return number;
  }

  #begin(): number {
    this.#sink.align(8);
    return this.#sink.length;
  }
}

function inlined(type: number, payload: number): ValueRep {
  return (BigInt(type) << 48n) | IS_INLINED | BigInt(payload >>> 0);
}

function stored(type: number, at: number): ValueRep {
  return (BigInt(type) << 48n) | BigInt(at);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

function floatBits(value: number): number {
  float[0] = value;
  return bits[0]!;
}

function pack(values: ArrayLike<number>, store: NumberStore): Float32Array | Float64Array | Int32Array | Uint16Array {
  switch (store) {
    case 'float':
      return values instanceof Float32Array ? values : Float32Array.from(values);
    case 'double':
      return values instanceof Float64Array ? values : Float64Array.from(values);
    case 'int':
      return values instanceof Int32Array ? values : Int32Array.from(values);
    case 'half':
      return Uint16Array.from(values, halfBits);
  }
}
