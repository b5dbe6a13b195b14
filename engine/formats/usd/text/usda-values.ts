import type { UsdaScanner } from './usda-scanner.ts';

/** Values inside values; dictionaries of production have a few levels. */
const MAX_NESTING = 64;

/** What the name of a type says about how its values are written. */
export interface ValueType {
  kind: 'number' | 'word' | 'asset' | 'truth' | 'unknown';
  /** Numbers of one element. */
  size: number;
  isArray: boolean;
  isQuaternion: boolean;
  array: { from(values: Iterable<number>): ArrayLike<number> };
}

const KINDS: [kind: ValueType['kind'], names: RegExp][] = [
  ['word', /^(?:string|token|pathExpression|opaque|group)$/],
  ['asset', /^asset$/],
  ['truth', /^bool$/],
  ['number', /^(?:u?int(?:64)?|uchar|timecode|(?:int|half|float|double)[234]?|quat[fdh]|(?:matrix[234]|frame4)d)$/],
  ['number', /^(?:point|vector|normal|color|texCoord)[234][fdh]$/],
];

/** The type of a name such as `point3f[]` or `matrix4d` (OpenUSD, `Sdf` value types). */
export function valueType(name: string): ValueType {
  const isArray = name.endsWith('[]');
  const scalar = isArray ? name.slice(0, -2) : name;
  const isQuaternion = scalar.startsWith('quat');
  const width = scalar.endsWith('64') ? 1 : Number(/([234])[fdh]?$/.exec(scalar)?.[1] ?? 1);
  return {
    kind: KINDS.find(([, names]) => names.test(scalar))?.[0] ?? 'unknown',
    size: isQuaternion ? 4 : /^(?:matrix|frame)/.test(scalar) ? width * width : width,
    isArray,
    isQuaternion,
    array: /int|uchar/.test(scalar) && !/64|point/.test(scalar) ? Int32Array : floats(scalar),
  };
}

function floats(scalar: string): ValueType['array'] {
  return /double|d$|timecode|64/.test(scalar) ? Float64Array : Float32Array;
}

/**
 * Reads a value of an attribute, in the shapes in which crate layers have them: numbers in one flat array, quaternions
 * with the real part last, asset paths without their marks. Undefined for `None`, which hides weaker values.
 */
export function readTyped(scanner: UsdaScanner, type: ValueType): unknown {
  if (scanner.takeWord('None')) return undefined;
  if (type.kind === 'number') return readNumbers(scanner, type);
  if (type.kind === 'unknown') return readPlain(scanner);
  const one = (): unknown => {
    if (type.kind === 'truth') return readTruth(scanner);
    return type.kind === 'asset' ? (scanner.asset() ?? scanner.string()) : (scanner.string() ?? scanner.path());
  };
  if (!type.isArray) return one() ?? scanner.fail('A value is missing here');
  scanner.expect('[');
  const out: unknown[] = [];
  while (!scanner.take(']')) {
    out.push(one() ?? scanner.fail('A value is missing here'));
    scanner.take(',');
  }
  return out;
}

function readNumbers(scanner: UsdaScanner, type: ValueType): unknown {
  if (type.isArray) {
    if (!scanner.take('[')) scanner.fail('"[" is missing here');
    const values = scanner.numbersUpTo(']');
    if (values.length % type.size !== 0)
      scanner.fail(`A list holds ${values.length} numbers, ${type.size} to an element`);
    return type.array.from(type.isQuaternion ? realLast(values) : values);
  }
  if (type.size === 1) return scanner.number() ?? scanner.fail('A number is missing here');
  if (!scanner.take('(')) scanner.fail('"(" is missing here');
  const values = scanner.numbersUpTo(')');
  if (values.length !== type.size) scanner.fail(`A value has ${values.length} numbers in place of ${type.size}`);
  return type.isQuaternion ? realLast(values) : values;
}

/** Text has the real part of quaternions first. */
function realLast(values: number[]): number[] {
  for (let i = 0; i + 3 < values.length; i += 4) {
    const real = values[i]!;
    values.copyWithin(i, i + 1, i + 4);
    values[i + 3] = real;
  }
  return values;
}

function readTruth(scanner: UsdaScanner): boolean | null {
  if (scanner.takeWord('true')) return true;
  if (scanner.takeWord('false')) return false;
  const number = scanner.number();
  return number === null ? null : number !== 0;
}

/** Values at times: `{ 0: 1.5, 10: 2 }`. Times at which there is none are left out. */
export function readSamples(scanner: UsdaScanner, type: ValueType): { times: number[]; values: unknown[] } {
  scanner.expect('{');
  const samples: { time: number; value: unknown }[] = [];
  while (!scanner.take('}')) {
    const time = scanner.number() ?? scanner.fail('A time is missing here');
    scanner.expect(':');
    const value = readTyped(scanner, type);
    if (value !== undefined) samples.push({ time, value });
    scanner.take(',');
  }
  samples.sort((a, b) => a.time - b.time);
  return { times: samples.map(({ time }) => time), values: samples.map(({ value }) => value) };
}

/** Reads a value of metadata, which is written without a type. */
export function readPlain(scanner: UsdaScanner, level = 0): unknown {
  if (level > MAX_NESTING) scanner.fail('Values are nested too deep');
  if (scanner.take('{')) return readDictionary(scanner, level);
  for (const [open, close] of [
    ['[', ']'],
    ['(', ')'],
  ] as const) {
    if (!scanner.take(open)) continue;
    const out: unknown[] = [];
    while (!scanner.take(close)) {
      out.push(readPlain(scanner, level + 1));
      scanner.take(',');
    }
    return out;
  }
  if (scanner.takeWord('true')) return true;
  if (scanner.takeWord('false')) return false;
  if (scanner.takeWord('None')) return null;
  return scanner.string() ?? scanner.asset() ?? scanner.path() ?? scanner.number() ?? scanner.name();
}

/** `{ string author = "me" }`, and maps of other keys: `{ <a>: <b> }`. */
function readDictionary(scanner: UsdaScanner, level: number): Record<string, unknown> {
  const out: Record<string, unknown> = Object.create(null);
  while (!scanner.take('}')) {
    const plain = scanner.string() ?? scanner.path() ?? scanner.number();
    if (plain !== null) {
      scanner.expect(':');
      out[String(plain)] = readPlain(scanner, level + 1);
    } else {
      const type = scanner.type();
      const key = scanner.string() ?? (scanner.peek() === '=' ? type : scanner.name());
      scanner.expect('=');
      out[key] =
        type === 'dictionary' || key === type ? readPlain(scanner, level + 1) : readTyped(scanner, valueType(type));
    }
    scanner.take(',');
  }
  return out;
}
