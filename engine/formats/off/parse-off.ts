import { formatCount, modelMalformed } from '../errors.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { LineScanner } from '../obj/line-scanner.ts';
import type { PlyNumbers, PlyTable } from '../ply/ply-data.ts';

/** What the letters in front of `OFF` say that each vertex has, in the order in which it stands there. */
interface OffLayout {
  dimensions: 3 | 4;
  normals: boolean;
  colors: boolean;
  texcoords: boolean;
}

/** A vertex and a face take at least so many bytes: `0 0 0` and `0`, with the end of the line. */
const VERTEX_BYTES = 6;
const FACE_BYTES = 2;
const MAX_CORNERS = 1 << 20;

/**
 * Parses text OFF (Geomview's Object File Format, in all its spellings: `OFF`, `COFF`, `NOFF`, `STOFF`, `4OFF` and
 * their combinations) into tables in the terms of PLY. One vertex or face stands on a line; colours behind them may be
 * there without being announced.
 *
 * @throws MaquetteError `model_malformed` with the line
 */
export function parseOff(bytes: Uint8Array, name: string): PlyTable[] {
  return new OffParser(bytes, name).parse();
}

class OffParser {
  private readonly scanner: LineScanner;
  private readonly name: string;
  private row: number[] = [];

  constructor(bytes: Uint8Array, name: string) {
    this.scanner = new LineScanner(bytes);
    this.name = name;
  }

  parse(): PlyTable[] {
    const layout = this.readKeyword();
    const [vertices, faces] = this.readCounts();
    const { bytes, pos } = this.scanner;
    if (vertices! * VERTEX_BYTES + faces! * FACE_BYTES > bytes.length - pos + VERTEX_BYTES) {
      this.fail(
        `The header declares ${formatCount(vertices!)} vertices and ${formatCount(faces!)} faces, more than the ${formatCount(bytes.length - pos)} bytes behind it can hold.`,
      );
    }
    return [this.readVertices(vertices!, layout), this.readFaces(faces!)];
  }

  /** The word in front of `OFF` may be missing altogether. */
  private readKeyword(): OffLayout {
    this.nextLine('the keyword OFF');
    const start = this.scanner.pos;
    const word = this.scanner.word().toUpperCase();
    const found = /^(ST)?(C)?(N)?(4)?(N)?OFF$/.exec(word);
    if (!found) this.fail(`The file begins with "${word.slice(0, 20)}" and not with OFF.`);
    if (this.scanner.rest().toUpperCase().startsWith('BINARY'))
      this.fail('This is a binary OFF file; only the text form is read. Convert it to text, PLY or STL.');
    // Some writers put the counts on the line of the keyword.
    this.scanner.pos = start;
    this.scanner.word();
    return {
      texcoords: found?.[1] !== undefined,
      colors: found?.[2] !== undefined,
      normals: found?.[3] !== undefined,
      dimensions: found?.[4] === undefined ? 3 : 4,
    };
  }

  private readCounts(): number[] {
    if (!this.hasMore()) this.nextLine('the counts of vertices and faces');
    this.readRow();
    const counts = this.row.slice(0, 2);
    if (counts.length < 2 || counts.some((count) => !Number.isInteger(count) || count < 0))
      this.fail('The numbers of vertices and faces are missing.');
    return counts;
  }

  private readVertices(count: number, layout: OffLayout): PlyTable {
    const { dimensions, normals, colors, texcoords } = layout;
    const columns = new Map<string, PlyNumbers>();
    const add = (names: string[]): Float64Array[] =>
      names.map((title) => {
        const column = new Float64Array(count);
        columns.set(title, column);
        return column;
      });
    const position = add(['x', 'y', 'z']);
    const normal = normals ? add(['nx', 'ny', 'nz']) : [];
    const texcoord = texcoords ? add(['s', 't']) : [];
    let color: Float64Array[] = [];
    const plain = dimensions + normal.length + texcoord.length;
    for (let i = 0; i < count; i++) {
      this.nextLine(`vertex ${formatCount(i)} of ${formatCount(count)}`);
      this.readRow();
      const { row } = this;
      if (row.length < plain) this.fail(`Vertex ${formatCount(i)} has ${row.length} numbers instead of ${plain}.`);
      const w = dimensions === 4 ? row[3]! || 1 : 1;
      for (let k = 0; k < 3; k++) {
        position[k]![i] = row[k]! / w;
        if (normals) normal[k]![i] = row[dimensions + k]!;
      }
      const extra = row.length - plain;
      // Unannounced colours are taken from the first vertex on, or not at all.
      if (extra >= 3 && (colors || i === 0 || color.length > 0)) {
        if (color.length === 0) color = add(extra >= 4 ? ['red', 'green', 'blue', 'alpha'] : ['red', 'green', 'blue']);
        for (const [k, column] of color.entries()) column[i] = row[dimensions + normal.length + k] ?? 0;
      }
      for (const [k, column] of texcoord.entries()) column[i] = row[row.length - 2 + k]!;
    }
    return { name: 'vertex', count, columns, lists: new Map() };
  }

  private readFaces(count: number): PlyTable {
    const first = new Uint32Array(count + 1);
    const values = new GrowableInt32();
    const channels = Array.from({ length: 4 }, () => new Float64Array(count).fill(Number.NaN));
    let colored = 0;
    for (let face = 0; face < count; face++) {
      this.nextLine(`face ${formatCount(face)} of ${formatCount(count)}`);
      this.readRow();
      const { row } = this;
      const corners = row[0]!;
      if (!Number.isInteger(corners) || corners < 0 || corners > MAX_CORNERS || row.length < corners + 1)
        this.fail(`Face ${formatCount(face)} declares ${corners} corners and has ${Math.max(0, row.length - 1)}.`);
      for (let i = 1; i <= corners; i++) values.push(row[i]!);
      first[face + 1] = values.length;
      // One number alone is the place of a colour in a map that the file does not have.
      const rest = row.length - corners - 1;
      if (rest < 3) continue;
      colored++;
      for (let k = 0; k < 4; k++) channels[k]![face] = row[corners + 1 + k] ?? Number.NaN;
    }
    const columns = new Map<string, PlyNumbers>();
    if (colored > 0) fillColors(channels, columns);
    return { name: 'face', count, columns, lists: new Map([['vertex_indices', { first, values: values.view() }]]) };
  }

  private hasMore(): boolean {
    const { scanner } = this;
    return scanner.skipBlanks() && scanner.bytes[scanner.pos] !== HASH;
  }

  /** Moves to the next line that says something. */
  private nextLine(what: string): void {
    const { scanner } = this;
    if (scanner.pos > 0) scanner.nextLine();
    while (!this.hasMore()) {
      if (scanner.done) this.fail(`The file ends before ${what}.`);
      scanner.nextLine();
    }
  }

  /** All numbers that are left on the line. */
  private readRow(): void {
    this.row.length = 0;
    while (this.hasMore()) {
      const value = this.scanner.number();
      if (Number.isNaN(value)) this.fail('A word stands where a number should be.');
      this.row.push(value);
    }
  }

  private fail(message: string): never {
    throw modelMalformed(`${this.name}: line ${formatCount(this.scanner.line)}`, message);
  }
}

const HASH = 0x23;

/** Faces without a colour become light grey; without any alpha, there is none. */
function fillColors(channels: Float64Array[], columns: Map<string, PlyNumbers>): void {
  const isBytes = channels.slice(0, 3).some((channel) => channel.some((value) => value > 1));
  const names = ['red', 'green', 'blue', 'alpha'];
  for (const [k, channel] of channels.entries()) {
    if (k === 3 && channel.every(Number.isNaN)) continue;
    const blank = k === 3 ? 1 : 0.8;
    columns.set(
      names[k]!,
      Uint8Array.from(channel, (value) =>
        Math.round(Math.min(255, Math.max(0, Number.isNaN(value) ? blank * 255 : isBytes ? value : value * 255))),
      ),
    );
  }
}
