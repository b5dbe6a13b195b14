import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelEmpty, modelMalformed } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import { buildTables } from '../ply/build-tables.ts';
import { createColumn, type PlyNumbers, type PlyTable } from '../ply/ply-data.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TokenScanner } from '../token-scanner.ts';
import { decompressLzf } from './decompress-lzf.ts';
import { type PcdField, type PcdHeader, parsePcdHeader } from './parse-pcd-header.ts';

/** What PCD calls differently than PLY. */
const NAMES: Record<string, string> = { normal_x: 'nx', normal_y: 'ny', normal_z: 'nz' };

/**
 * Reads PCD (Point Cloud Library; text, binary and compressed): points with colours, normals and further numbers,
 * which become application-specific attributes. Points that a scanner left without a position are left out.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export async function importPcd(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { name, bytes } = main;
  const header = parsePcdHeader(bytes, name);
  if (header.points === 0) throw modelEmpty(name, 'The PCD file has no points.');
  const stride = header.fields.reduce((sum, { size, count }) => sum + size * count, 0);
  checkDecodedBytes(name, header.points * (stride + 32), limits);
  const columns = header.data === 'ascii' ? readText(bytes, header, name) : readBinary(bytes, header, stride, name);
  unpackColors(columns);
  const { table, dropped } = withPositions({ name: 'vertex', count: header.points, columns, lists: new Map() }, name);
  return buildTables([table], { format: 'PCD', comments: [], generator: null, dropped }, main, files, limits);
}

type Columns = Map<string, PlyNumbers>;

function createColumns({ fields, points }: PcdHeader): { column: PlyNumbers | null; field: PcdField }[] {
  return fields.map((field) => ({
    field,
    // Padding is called `_`; of several numbers, such as a histogram, there is no attribute.
    column: field.name === '_' || field.count !== 1 ? null : createColumn(field.type, points),
  }));
}

function named(columns: ReturnType<typeof createColumns>): Columns {
  const out: Columns = new Map();
  for (const { column, field } of columns) if (column) out.set(NAMES[field.name] ?? field.name, column);
  return out;
}

function readText(bytes: Uint8Array, header: PcdHeader, name: string): Columns {
  const columns = createColumns(header);
  const numbers = header.fields.reduce((sum, { count }) => sum + count, 0);
  const scanner = new TokenScanner(bytes);
  scanner.pos = header.dataStart;
  scanner.line = header.dataLine;
  if (header.points * numbers * 2 > bytes.length - header.dataStart + 1) throw tooFew(header, bytes, name);
  for (let point = 0; point < header.points; point++) {
    for (const { column, field } of columns) {
      for (let k = 0; k < field.count; k++) {
        if (!scanner.skipBlanks())
          throw modelMalformed(
            `${name}: line ${formatCount(scanner.line)}`,
            `The file ends at point ${formatCount(point)} of ${formatCount(header.points)}.`,
          );
        const value = scanner.number();
        if (column) column[point] = value;
      }
    }
  }
  return named(columns);
}

function readBinary(bytes: Uint8Array, header: PcdHeader, stride: number, name: string): Columns {
  const isPacked = header.data === 'binary_compressed';
  const data = isPacked ? unpack(bytes, header, stride, name) : bytes.subarray(header.dataStart);
  if (data.length < stride * header.points) throw tooFew(header, bytes, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columns = createColumns(header);
  let offset = 0;
  for (const { column, field } of columns) {
    const bytesOfField = field.size * field.count;
    // Compressed files keep all numbers of a field together.
    const start = isPacked ? offset * header.points : offset;
    const step = isPacked ? bytesOfField : stride;
    if (column) for (let i = 0; i < header.points; i++) column[i] = readNumber(view, start + i * step, field);
    offset += bytesOfField;
  }
  return named(columns);
}

function readNumber(view: DataView, at: number, { type }: PcdField): number {
  switch (type) {
    case 'int8':
      return view.getInt8(at);
    case 'uint8':
      return view.getUint8(at);
    case 'int16':
      return view.getInt16(at, true);
    case 'uint16':
      return view.getUint16(at, true);
    case 'int32':
      return view.getInt32(at, true);
    case 'uint32':
      return view.getUint32(at, true);
    case 'float32':
      return view.getFloat32(at, true);
    case 'float64':
      return view.getFloat64(at, true);
  }
}

function unpack(bytes: Uint8Array, header: PcdHeader, stride: number, name: string): Uint8Array {
  const where = `${name}: byte ${formatCount(header.dataStart)}`;
  if (bytes.length < header.dataStart + 8) throw modelMalformed(where, 'The file ends before its compressed points.');
  const view = new DataView(bytes.buffer, bytes.byteOffset + header.dataStart, 8);
  const packed = view.getUint32(0, true);
  const size = view.getUint32(4, true);
  const start = header.dataStart + 8;
  if (start + packed > bytes.length || size !== stride * header.points) {
    throw modelMalformed(
      where,
      `It declares ${formatCount(packed)} compressed bytes for ${formatCount(size)}; the file has ${formatCount(bytes.length - start)}, and ${formatCount(header.points)} points take ${formatCount(stride * header.points)}.`,
    );
  }
  const out = decompressLzf(bytes.subarray(start, start + packed), size);
  if (!out) throw modelMalformed(where, 'The compressed points are damaged.');
  return out;
}

function tooFew(header: PcdHeader, bytes: Uint8Array, name: string) {
  return modelMalformed(
    `${name}: byte ${formatCount(header.dataStart)}`,
    `The header declares ${formatCount(header.points)} points, more than the ${formatCount(bytes.length - header.dataStart)} bytes behind it can hold.`,
  );
}

/** Colours are the bytes of one number: blue lowest, then green and red, then alpha. */
function unpackColors(columns: Columns): void {
  const packed = columns.get('rgba') ?? columns.get('rgb');
  if (!packed) return;
  const hasAlpha = columns.has('rgba');
  columns.delete('rgb');
  columns.delete('rgba');
  const bits =
    packed instanceof Float32Array
      ? new Uint32Array(packed.buffer, packed.byteOffset, packed.length)
      : Uint32Array.from(packed);
  const channel = (shift: number): Uint8Array => Uint8Array.from(bits, (value) => value >>> shift);
  columns.set('red', channel(16)).set('green', channel(8)).set('blue', channel(0));
  if (hasAlpha) columns.set('alpha', channel(24));
}

function withPositions(table: PlyTable, name: string): { table: PlyTable; dropped: number } {
  const axes = ['x', 'y', 'z'].map((axis) => table.columns.get(axis));
  if (axes.some((column) => !column))
    throw modelMalformed(name, 'The points of the PCD file have no fields x, y and z.');
  const kept: number[] = [];
  for (let i = 0; i < table.count; i++) if (axes.every((column) => Number.isFinite(column![i]))) kept.push(i);
  const dropped = table.count - kept.length;
  if (kept.length === 0) throw modelEmpty(name, `None of the ${formatCount(table.count)} points has a position.`);
  if (dropped === 0) return { table, dropped };
  const columns: Columns = new Map();
  for (const [title, column] of table.columns) {
    const out = column.slice(0, kept.length);
    for (const [to, from] of kept.entries()) out[to] = column[from]!;
    columns.set(title, out);
  }
  return { table: { ...table, count: kept.length, columns }, dropped };
}
