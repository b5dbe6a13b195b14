export interface CloudOptions {
  format?: number;
  points?: [number, number, number][];
  offset?: [number, number, number];
  scale?: number;
  records?: Uint8Array;
  compressed?: boolean;
  count?: number;
}

const STRIDES: Record<number, number> = { 0: 20, 3: 34, 7: 36 };

/** A LAS 1.2 file; 1.4 for format 7. */
export function las(options: CloudOptions): Uint8Array {
  const { format = 0, points = [], offset = [0, 0, 0], scale = 0.001, records = new Uint8Array(0) } = options;
  const header = format >= 6 ? 375 : 227;
  const stride = STRIDES[format]!;
  const start = header + records.length;
  const bytes = new Uint8Array(start + points.length * stride);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4c, 0x41, 0x53, 0x46]);
  bytes.set([1, format >= 6 ? 4 : 2], 24);
  bytes.set(new TextEncoder().encode('Test writer'), 58);
  view.setUint16(94, header, true);
  view.setUint32(96, start, true);
  view.setUint32(100, records.length > 0 ? 1 : 0, true);
  view.setUint8(104, format | (options.compressed ? 0x80 : 0));
  view.setUint16(105, stride, true);
  const count = options.count ?? points.length;
  if (format >= 6) view.setBigUint64(247, BigInt(count), true);
  else view.setUint32(107, count, true);
  for (let k = 0; k < 3; k++) {
    view.setFloat64(131 + k * 8, scale, true);
    view.setFloat64(155 + k * 8, offset[k]!, true);
  }
  bytes.set(records, header);
  for (const [i, point] of points.entries()) {
    const at = start + i * stride;
    for (let k = 0; k < 3; k++) view.setInt32(at + k * 4, point[k]!, true);
    view.setUint16(at + 12, 100 * (i + 1), true);
    view.setUint8(at + (format >= 6 ? 16 : 15), 6);
    const color = format === 3 ? 28 : format === 7 ? 30 : -1;
    if (color > 0) for (let k = 0; k < 3; k++) view.setUint16(at + color + k * 2, [255, 0, 128][k]!, true);
  }
  return bytes;
}

/** A variable length record. */
export function record(id: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(54 + body.length);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode(id === 22204 ? 'laszip encoded' : 'LASF_Projection'), 2);
  view.setUint16(18, id, true);
  view.setUint16(20, body.length, true);
  out.set(body, 54);
  return out;
}

/** A LAZ file of one point: LAZ stores the first point of a chunk as it is. */
export function laz(): Uint8Array {
  const item = new Uint8Array(40);
  const view = new DataView(item.buffer);
  view.setUint16(0, 2, true);
  item.set([2, 2], 4);
  view.setUint32(12, 50_000, true);
  view.setBigInt64(16, -1n, true);
  view.setBigInt64(24, -1n, true);
  view.setUint16(32, 1, true);
  for (const [k, value] of [6, 20, 2].entries()) view.setUint16(34 + k * 2, value, true);
  const plain = las({ points: [[1000, 2000, 3000]], records: record(22204, item), compressed: true });
  const start = plain.length - 20;
  const out = new Uint8Array(start + 8 + 20 + 4 + 8 + 16);
  out.set(plain.subarray(0, start));
  out.set(plain.subarray(start), start + 8);
  const table = start + 8 + 20 + 4;
  new DataView(out.buffer).setBigInt64(start, BigInt(table), true);
  new DataView(out.buffer).setUint32(table + 4, 1, true);
  return out;
}
