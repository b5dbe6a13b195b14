/** A chunk of a 3DS file: its number, its length, what is inside. */
export function chunk(id: number, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const length = 6 + parts.reduce((sum, part) => sum + part.length, 0);
  const out = new Uint8Array(length);
  new DataView(out.buffer).setUint16(0, id, true);
  new DataView(out.buffer).setUint32(2, length, true);
  let at = 6;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
const text = (value: string) => [...new TextEncoder().encode(value), 0];
export const shorts = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A square of two triangles at z = 2 with a half transparent red material. */
export function square3ds(
  faces = shorts(2, 0, 1, 2, 0, 0, 2, 3, 0),
  keyframer: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const material = chunk(
    0xafff,
    chunk(0xa000, text('Red')),
    chunk(0xa020, chunk(0x0011, [128, 0, 0])),
    chunk(0xa050, chunk(0x0030, shorts(50))),
  );
  const mesh = chunk(
    0x4100,
    chunk(0x4110, shorts(4), floats(0, 0, 2, 1, 0, 2, 1, 3, 2, 0, 3, 2)),
    chunk(0x4120, faces, chunk(0x4130, text('Red'), shorts(1, 0))),
  );
  return chunk(0x4d4d, chunk(0x3d3d, material, chunk(0x4000, text('Square'), mesh)), keyframer);
}

/** A track of the keyframer: keys with their frames, each with a flag for the tension where it has one. */
function track(id: number, keys: { frame: number; tension?: number; values: number[] }[]): Uint8Array {
  const longs = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
  const parts = keys.flatMap(({ frame, tension, values }) => [
    longs(frame),
    shorts(tension === undefined ? 0 : 1),
    floats(...(tension === undefined ? [] : [tension]), ...values),
  ]);
  return chunk(id, shorts(0), longs(0, 0, keys.length), ...parts);
}

/** The square below a node without a shape: the one moves along a spline, the other turns about a pivot. */
export function movingSquare3ds(): Uint8Array {
  const node = (id: number, name: string, parent: number, ...parts: Uint8Array[]) =>
    chunk(0xb002, chunk(0xb030, shorts(id)), chunk(0xb010, text(name), shorts(0, 0, parent & 0xffff)), ...parts);
  const keyframer = chunk(
    0xb000,
    node(
      0,
      '$$$DUMMY',
      -1,
      track(0xb020, [
        { frame: 0, values: [0, 0, 0] },
        { frame: 30, values: [2, 0, 0] },
        { frame: 90, tension: 1, values: [4, 0, 0] },
      ]),
    ),
    node(
      1,
      'Square',
      0,
      chunk(0xb013, floats(1, 0, 0)),
      track(0xb021, [
        { frame: 0, values: [0, 0, 0, 1] },
        { frame: 30, values: [-Math.PI / 2, 0, 0, 1] },
        { frame: 60, values: [-2 * Math.PI, 0, 0, 1] },
      ]),
    ),
  );
  return square3ds(undefined, keyframer);
}
