import { formatCount, modelMalformed } from '../errors.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { GrowableFloat32, GrowableInt32 } from '../obj/growable.ts';
import { PLY_SIZES, type PlyElement, type PlyHeader, type PlyType } from './parse-header.ts';
import { createColumn, isFloatList, type PlyTable } from './ply-data.ts';

/** Rows between two reports of the progress. */
const ROWS_TOLD = 65_536;

/**
 * Reads the elements of a binary PLY file. The declared counts are compared with the bytes that are there first.
 *
 * @throws MaquetteError `model_malformed` with the byte where the file ends too early
 */
export function readBinaryPly(
  bytes: Uint8Array,
  header: PlyHeader,
  name: string,
  progress: ImportProgress = NO_PROGRESS,
): PlyTable[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = header.encoding === 'little';
  const tables: PlyTable[] = [];
  let position = header.dataStart;
  for (const element of header.elements) {
    const least = element.properties.reduce((sum, property) => sum + PLY_SIZES[property.list ?? property.type], 0);
    if (least * element.count > view.byteLength - position)
      throw tooShort(name, element, Math.floor((view.byteLength - position) / least), view.byteLength);
    if (least === 0) continue;
    const table: PlyTable = { name: element.name, count: element.count, columns: new Map(), lists: new Map() };
    position = element.properties.some((property) => property.list)
      ? readRows(view, position, little, element, table, name, progress)
      : readColumns(view, position, little, element, table, least);
    progress(position / view.byteLength);
    tables.push(table);
  }
  return tables;
}

function readColumns(
  view: DataView,
  start: number,
  little: boolean,
  element: PlyElement,
  table: PlyTable,
  stride: number,
): number {
  let offset = start;
  for (const property of element.properties) {
    const column = createColumn(property.type, element.count);
    const get = reader(view, property.type, little);
    for (let i = 0, at = offset; i < element.count; i++, at += stride) column[i] = get(at);
    table.columns.set(property.name, column);
    offset += PLY_SIZES[property.type];
  }
  return start + stride * element.count;
}

function readRows(
  view: DataView,
  start: number,
  little: boolean,
  element: PlyElement,
  table: PlyTable,
  name: string,
  progress: ImportProgress,
): number {
  const fields = element.properties.map((property) => {
    const column = property.list ? null : createColumn(property.type, element.count);
    const first = property.list ? new Uint32Array(element.count + 1) : null;
    const values = property.list ? (isFloatList(property) ? new GrowableFloat32() : new GrowableInt32()) : null;
    return {
      property,
      column,
      first,
      values,
      size: PLY_SIZES[property.type],
      get: reader(view, property.type, little),
      countSize: property.list ? PLY_SIZES[property.list] : 0,
      getCount: property.list ? reader(view, property.list, little) : null,
    };
  });
  let at = start;
  const length = view.byteLength;
  // Most lists are triangles.
  for (const { values } of fields) values?.expect(Math.min(element.count * 3, length));
  for (let row = 0; row < element.count; row++) {
    if (row % ROWS_TOLD === 0) progress(at / length);
    for (const { column, first, values, size, get, countSize, getCount } of fields) {
      if (getCount && first && values) {
        if (at + countSize > length) throw tooShort(name, element, row, length);
        const count = getCount(at);
        at += countSize;
        if (count < 0 || count * size > length - at) {
          throw modelMalformed(
            `${name}: byte ${formatCount(at - countSize)}`,
            `The list of ${element.name} ${formatCount(row)} declares ${formatCount(count)} values; the file has ${formatCount(length - at)} bytes left.`,
          );
        }
        for (let i = 0; i < count; i++, at += size) values.push(get(at));
        first[row + 1] = values.length;
      } else if (column) {
        if (at + size > length) throw tooShort(name, element, row, length);
        column[row] = get(at);
        at += size;
      }
    }
  }
  for (const { property, column, first, values } of fields) {
    if (column) table.columns.set(property.name, column);
    else if (first && values) table.lists.set(property.name, { first, values: values.view() });
  }
  return at;
}

function reader(view: DataView, type: PlyType, little: boolean): (at: number) => number {
  switch (type) {
    case 'int8':
      return (at) => view.getInt8(at);
    case 'uint8':
      return (at) => view.getUint8(at);
    case 'int16':
      return (at) => view.getInt16(at, little);
    case 'uint16':
      return (at) => view.getUint16(at, little);
    case 'int32':
      return (at) => view.getInt32(at, little);
    case 'uint32':
      return (at) => view.getUint32(at, little);
    case 'float32':
      return (at) => view.getFloat32(at, little);
    case 'float64':
      return (at) => view.getFloat64(at, little);
  }
}

function tooShort(name: string, element: PlyElement, rows: number, length: number): Error {
  return modelMalformed(
    `${name}: byte ${formatCount(length)}`,
    `The header declares ${formatCount(element.count)} elements "${element.name}", but the file ends after ${formatCount(rows)}.`,
  );
}
