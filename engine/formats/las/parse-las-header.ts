import { formatCount, formatUnsupported, modelMalformed } from '../errors.ts';

/** The parts of a LAS header that are used. */
export interface LasHeader {
  version: string;
  generator: string;
  /** Byte of the first point. */
  pointsStart: number;
  /** Point record format, 0 to 10. */
  format: number;
  /** Bytes of a point. */
  stride: number;
  count: number;
  compressed: boolean;
  scale: [number, number, number];
  offset: [number, number, number];
  /** Metres of a unit of x and y, and of z. */
  metres: [horizontal: number, vertical: number];
  /** Whether x and y are degrees of longitude and latitude. */
  geographic: boolean;
}

/** Bytes of the point record formats 0 to 10 without extra bytes (LAS 1.4 R15, tables 7 to 17). */
export const LAS_POINT_BYTES = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67] as const;

/** EPSG codes of lengths. */
const UNITS: Record<number, number> = { 9001: 1, 9002: 0.3048, 9003: 1200 / 3937, 9005: 0.3047972654, 9036: 1000 };

/**
 * Parses the header of LAS 1.0 to 1.4 and the units of its coordinate system.
 *
 * @throws MaquetteError `model_malformed`, `format_unsupported` for point formats above 10
 */
export function parseLasHeader(bytes: Uint8Array, name: string): LasHeader {
  if (bytes.byteLength < 227)
    throw modelMalformed(`${name}: byte ${bytes.byteLength}`, 'The file ends inside the header of 227 bytes.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (start: number, length: number): string =>
    new TextDecoder('latin1')
      .decode(bytes.subarray(start, start + length))
      .replace(/\0[\s\S]*$/, '')
      .trim();
  if (text(0, 4) !== 'LASF')
    throw modelMalformed(`${name}: byte 0`, 'The file does not begin with the signature "LASF".');
  const minor = view.getUint8(25);
  const headerSize = view.getUint16(94, true);
  const formatByte = view.getUint8(104);
  const format = formatByte & 0x3f;
  const stride = view.getUint16(105, true);
  const least = LAS_POINT_BYTES[format];
  if (least === undefined)
    throw formatUnsupported(
      name,
      `The points have the record format ${format}; formats 0 to 10 are read.`,
      'Export the cloud as LAS 1.4 with a standard point format.',
    );
  if (stride < least)
    throw modelMalformed(
      `${name}: byte 105`,
      `A point is declared to take ${stride} bytes; record format ${format} takes ${least}.`,
    );
  let count = view.getUint32(107, true);
  if (minor >= 4 && headerSize >= 255 && bytes.byteLength >= 255) {
    const wide = view.getBigUint64(247, true);
    if (wide > 0n) count = Number(wide);
  }
  const triple = (at: number): [number, number, number] => [
    view.getFloat64(at, true),
    view.getFloat64(at + 8, true),
    view.getFloat64(at + 16, true),
  ];
  const scale = triple(131);
  const offset = triple(155);
  if (![...scale, ...offset].every(Number.isFinite) || scale.includes(0)) {
    throw modelMalformed(
      `${name}: byte 131`,
      `The scale (${scale.join(', ')}) or offset (${offset.join(', ')}) of the coordinates is none.`,
    );
  }
  const pointsStart = view.getUint32(96, true);
  if (pointsStart < 227 || pointsStart > bytes.byteLength) {
    throw modelMalformed(
      `${name}: byte 96`,
      `The points are declared to begin at byte ${formatCount(pointsStart)}; the file has ${formatCount(bytes.byteLength)}.`,
    );
  }
  return {
    version: `${view.getUint8(24)}.${minor}`,
    generator: text(58, 32),
    pointsStart,
    format,
    stride,
    count,
    compressed: (formatByte & 0xc0) !== 0,
    scale,
    offset,
    ...readUnits(view, headerSize, pointsStart, view.getUint32(100, true)),
  };
}

/** Looks through the variable length records for GeoTIFF keys or a coordinate system in WKT. */
function readUnits(
  view: DataView,
  start: number,
  end: number,
  records: number,
): Pick<LasHeader, 'metres' | 'geographic'> {
  let metres: [number, number] = [1, 1];
  let geographic = false;
  let at = start;
  for (let i = 0; i < Math.min(records, 10_000) && at + 54 <= end; i++) {
    const id = view.getUint16(at + 18, true);
    const length = view.getUint16(at + 20, true);
    const body = at + 54;
    if (body + length > end) break;
    if (id === 34735) {
      for (let key = body + 8; key + 8 <= body + length; key += 8) {
        const value = view.getUint16(key + 6, true);
        const name = view.getUint16(key, true);
        if (name === 1024) geographic = value === 2;
        if (name === 3076) metres = [UNITS[value] ?? 1, UNITS[value] ?? 1];
        if (name === 4099) metres = [metres[0], UNITS[value] ?? metres[1]];
      }
    } else if (id === 2112) {
      const wkt = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + body, length));
      const factors = [...wkt.matchAll(/(?:LENGTH)?UNIT\s*\[\s*"[^"]*"\s*,\s*([\d.eE+-]+)/g)].map((found) =>
        Number(found[1]),
      );
      if (/^\s*(GEOGCS|GEOGCRS|GEODCRS)/.test(wkt)) geographic = true;
      else if (factors.length > 0 && factors.at(-1)! > 0.01) metres = [factors.at(-1)!, factors.at(-1)!];
    }
    at = body + length;
  }
  return { metres, geographic };
}
