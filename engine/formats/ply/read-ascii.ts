import { formatCount, modelMalformed } from '../errors.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { GrowableFloat32, GrowableInt32 } from '../obj/growable.ts';
import { TokenScanner } from '../token-scanner.ts';
import type { PlyElement, PlyHeader } from './parse-header.ts';
import { createColumn, isFloatList, type PlyTable } from './ply-data.ts';

/** Rows between two reports of the progress. */
const ROWS_TOLD = 16_384;

/**
 * Reads the elements of a PLY file in text form.
 *
 * @throws MaquetteError `model_malformed` with the line of what is no number, or where the file ends too early
 */
export function readAsciiPly(
  bytes: Uint8Array,
  header: PlyHeader,
  name: string,
  progress: ImportProgress = NO_PROGRESS,
): PlyTable[] {
  const scanner = new TokenScanner(bytes);
  while (scanner.pos < header.dataStart) scanner.nextLine();
  const tables: PlyTable[] = [];
  for (const element of header.elements) {
    // A value and what separates it take at least two bytes.
    const room = (bytes.length - scanner.pos + 1) / 2;
    if (element.count * element.properties.length > room) {
      throw modelMalformed(
        `${name}: line ${formatCount(scanner.line)}`,
        `The header declares ${formatCount(element.count)} elements "${element.name}" of ${element.properties.length} values; the file has ${formatCount(bytes.length - scanner.pos)} bytes left.`,
      );
    }
    if (element.properties.length > 0) tables.push(readTable(scanner, element, name, progress));
  }
  return tables;
}

function readTable(scanner: TokenScanner, element: PlyElement, name: string, progress: ImportProgress): PlyTable {
  const table: PlyTable = { name: element.name, count: element.count, columns: new Map(), lists: new Map() };
  const fields = element.properties.map((property) => ({
    property,
    column: property.list ? null : createColumn(property.type, element.count),
    first: property.list ? new Uint32Array(element.count + 1) : null,
    values: property.list ? (isFloatList(property) ? new GrowableFloat32() : new GrowableInt32()) : null,
  }));
  for (let row = 0; row < element.count; row++) {
    if (row % ROWS_TOLD === 0) progress(scanner.pos / scanner.bytes.length);
    for (const { column, first, values } of fields) {
      const value = number(scanner, element, row, name);
      if (column) column[row] = value;
      else if (first && values) {
        if (!(value >= 0) || value > scanner.bytes.length - scanner.pos) {
          throw modelMalformed(
            `${name}: line ${formatCount(scanner.line)}`,
            `A list of ${element.name} ${formatCount(row)} declares ${value} values; the file has ${formatCount(scanner.bytes.length - scanner.pos)} bytes left.`,
          );
        }
        for (let i = 0; i < value; i++) values.push(number(scanner, element, row, name));
        first[row + 1] = values.length;
      }
    }
  }
  for (const { property, column, first, values } of fields) {
    if (column) table.columns.set(property.name, column);
    else if (first && values) table.lists.set(property.name, { first, values: values.view() });
  }
  return table;
}

function number(scanner: TokenScanner, element: PlyElement, row: number, name: string): number {
  if (!scanner.skipBlanks()) {
    throw modelMalformed(
      `${name}: line ${formatCount(scanner.line)}`,
      `The header declares ${formatCount(element.count)} elements "${element.name}", but the file ends after ${formatCount(row)}.`,
    );
  }
  const start = scanner.pos;
  const value = scanner.number();
  if (Number.isNaN(value)) {
    const text = new TextDecoder('latin1').decode(scanner.bytes.subarray(start, Math.min(scanner.pos, start + 40)));
    if (!/^[-+]?(nan|inf|1\.#)/i.test(text)) {
      throw modelMalformed(`${name}: line ${formatCount(scanner.line)}`, `"${text}" stands where a number should.`);
    }
  }
  return value;
}
