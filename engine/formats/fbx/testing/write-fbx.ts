import { zlibSync } from 'fflate';

/** A node to be written: `['Vertices', [new Float64Array(…)]]`, `['Model', [1n, 'Cube\0\x01Model', 'Mesh'], [children]]`. */
export type WritableNode = [name: string, values: WritableValue[], children?: WritableNode[]];

/** Integers as `bigint` are 64-bit, as numbers 32-bit where they are whole; `{ double }` forces a double. */
export type WritableValue =
  | number
  | bigint
  | string
  | { double: number }
  | Uint8Array
  | Float64Array
  | Float32Array
  | Int32Array
  | BigInt64Array;

export interface WriteOptions {
  /** Default 7400; from 7500 on headers are 64-bit. */
  version?: number;
  /** Default true. */
  compress?: boolean;
}

/** Writes a binary FBX file for tests and benchmarks. */
export function writeBinaryFbx(nodes: readonly WritableNode[], options: WriteOptions = {}): Uint8Array {
  const writer = new BinaryWriter(options.version ?? 7400, options.compress ?? true);
  return writer.write(nodes);
}

class BinaryWriter {
  private readonly version: number;
  private readonly compress: boolean;
  private readonly wide: boolean;
  private bytes = new Uint8Array(1 << 16);
  private length = 0;

  constructor(version: number, compress: boolean) {
    this.version = version;
    this.compress = compress;
    this.wide = version >= 7500;
  }

  write(nodes: readonly WritableNode[]): Uint8Array {
    this.raw(new TextEncoder().encode('Kaydara FBX Binary  \0\x1a\0'));
    this.u32(this.version);
    for (const node of nodes) this.node(node);
    this.raw(new Uint8Array(this.wide ? 25 : 13));
    return this.bytes.slice(0, this.length);
  }

  private node([name, values, children]: WritableNode): void {
    const start = this.length;
    const size = this.wide ? 8 : 4;
    this.raw(new Uint8Array(size * 3));
    const title = new TextEncoder().encode(name);
    this.raw(Uint8Array.of(title.length));
    this.raw(title);
    const valuesStart = this.length;
    for (const value of values) this.value(value);
    const valuesEnd = this.length;
    if (children) {
      for (const child of children) this.node(child);
      this.raw(new Uint8Array(this.wide ? 25 : 13));
    }
    this.header(start, this.length, values.length, valuesEnd - valuesStart);
  }

  private header(at: number, end: number, count: number, size: number): void {
    const view = new DataView(this.bytes.buffer);
    for (const [index, value] of [end, count, size].entries()) {
      if (this.wide) view.setBigUint64(at + index * 8, BigInt(value), true);
      else view.setUint32(at + index * 4, value, true);
    }
  }

  private value(value: WritableValue): void {
    if (typeof value === 'string') {
      this.block('S', new TextEncoder().encode(value));
    } else if (value instanceof Uint8Array) {
      this.block('R', value);
    } else if (typeof value === 'bigint') {
      this.letter('L');
      this.raw(new Uint8Array(BigInt64Array.of(value).buffer));
    } else if (typeof value === 'number' || 'double' in value) {
      const number = typeof value === 'number' ? value : value.double;
      const whole = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
      this.letter(whole ? 'I' : 'D');
      this.raw(new Uint8Array(whole ? Int32Array.of(number).buffer : Float64Array.of(number).buffer));
    } else {
      this.array(value);
    }
  }

  private array(array: Float64Array | Float32Array | Int32Array | BigInt64Array): void {
    this.letter(
      array instanceof Float64Array
        ? 'd'
        : array instanceof Float32Array
          ? 'f'
          : array instanceof Int32Array
            ? 'i'
            : 'l',
    );
    const plain = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const packed = this.compress ? zlibSync(plain, { level: 1 }) : plain;
    this.u32(array.length);
    this.u32(this.compress ? 1 : 0);
    this.u32(packed.length);
    this.raw(packed);
  }

  private block(letter: string, bytes: Uint8Array): void {
    this.letter(letter);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  private letter(letter: string): void {
    this.raw(Uint8Array.of(letter.charCodeAt(0)));
  }

  private u32(value: number): void {
    this.raw(new Uint8Array(Uint32Array.of(value).buffer));
  }

  private raw(bytes: Uint8Array): void {
    while (this.length + bytes.length > this.bytes.length) {
      const grown = new Uint8Array(this.bytes.length * 2);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/** The same tree as a text file. Names are written `Class::name` instead of `name\0\x01Class`. */
export function writeTextFbx(nodes: readonly WritableNode[], version = 7400): Uint8Array {
  const digits = String(version);
  const lines = [`; FBX ${digits[0]}.${digits[1]}.${digits[2]} project file`];
  const write = ([name, values, children]: WritableNode, indent: string): void => {
    const text = values.map((value) => textValue(value, indent)).join(', ');
    lines.push(`${indent}${name}: ${text}${children ? ' {' : ''}`);
    for (const child of children ?? []) write(child, `${indent}\t`);
    if (children) lines.push(`${indent}}`);
  };
  for (const node of nodes) write(node, '');
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

function textValue(value: WritableValue, indent: string): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') {
    const [name, type] = value.split('\0\x01');
    return `"${type === undefined ? value : `${type}::${name}`}"`;
  }
  if (value instanceof Uint8Array) return `"${btoa(String.fromCharCode(...value))}"`;
  if ('double' in value) return String(value.double);
  return `*${value.length} {\n${indent}\ta: ${value.join(',')}\n${indent}}`;
}

export interface GridOptions extends WriteOptions {
  /** Quads along each side. */
  side: number;
  /** Nodes to add to `Objects` and `Connections`. */
  objects?: WritableNode[];
  connections?: WritableNode[];
  settings?: WritableNode[];
}

/** The tree of a file with one wavy grid of quads: normals per corner, indexed texture coordinates, one material. */
export function gridFbx({ side, objects = [], connections = [], settings = [] }: GridOptions): WritableNode[] {
  const stride = side + 1;
  const positions = new Float64Array(stride * stride * 3);
  const uvs = new Float64Array(stride * stride * 2);
  for (let row = 0; row < stride; row++) {
    for (let column = 0; column < stride; column++) {
      const at = row * stride + column;
      positions.set([column, Math.sin(column / 9) * Math.cos(row / 7), -row], at * 3);
      uvs.set([column / side, row / side], at * 2);
    }
  }
  const corners = new Int32Array(side * side * 4);
  const uvIndex = new Int32Array(corners.length);
  const normals = new Float64Array(corners.length * 3);
  let at = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const a = row * stride + column;
      for (const [k, corner] of [a, a + 1, a + stride + 1, a + stride].entries()) {
        corners[at] = k === 3 ? ~corner : corner;
        uvIndex[at] = corner;
        const x = positions[corner * 3]!;
        const z = -positions[corner * 3 + 2]!;
        const nx = (-Math.cos(x / 9) * Math.cos(z / 7)) / 9;
        const nz = (-Math.sin(x / 9) * Math.sin(z / 7)) / 7;
        const length = Math.hypot(nx, 1, nz);
        normals.set([nx / length, 1 / length, nz / length], at * 3);
        at++;
      }
    }
  }
  const layer = (name: string, mapping: string, reference: string, data: WritableNode[]): WritableNode => [
    name,
    [0],
    [['MappingInformationType', [mapping]], ['ReferenceInformationType', [reference]], ...data],
  ];
  return [
    ['FBXHeaderExtension', [], [['Creator', ['grid']]]],
    ['GlobalSettings', [], [['Properties70', [], settings]]],
    [
      'Objects',
      [],
      [
        [
          'Geometry',
          [10n, 'Grid\0\x01Geometry', 'Mesh'],
          [
            ['Vertices', [positions]],
            ['PolygonVertexIndex', [corners]],
            layer('LayerElementNormal', 'ByPolygonVertex', 'Direct', [['Normals', [normals]]]),
            layer('LayerElementUV', 'ByPolygonVertex', 'IndexToDirect', [
              ['Name', ['map1']],
              ['UV', [uvs]],
              ['UVIndex', [uvIndex]],
            ]),
            layer('LayerElementMaterial', 'AllSame', 'IndexToDirect', [['Materials', [Int32Array.of(0)]]]),
          ],
        ],
        ['Model', [20n, 'Grid\0\x01Model', 'Mesh'], [['Properties70', [], []]]],
        ['Material', [30n, 'Paint\0\x01Material', ''], [['ShadingModel', ['phong']]]],
        ...objects,
      ],
    ],
    ['Connections', [], [['C', ['OO', 20n, 0n]], ['C', ['OO', 10n, 20n]], ['C', ['OO', 30n, 20n]], ...connections]],
  ];
}
