/** What the decoder of `kernel/` needs to know of a JPEG file. */
export interface JpegFile {
  /** In pixels. */
  width: number;
  height: number;
  /** Samples of luma for each of chroma, across and down. */
  across: 1 | 2;
  down: 1 | 2;
  /** 64 factors of each component, row by row. */
  quantisation: readonly [Uint16Array, Uint16Array, Uint16Array];
  /** DC and AC codes of luma, DC and AC codes of chroma: 16 counts of codes by length, then their symbols. */
  huffman: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  /** The entropy-coded data and all that follows. */
  data: Uint8Array;
}

const LEAST_SIDE = 16;
const MOST_SIDE = 16_384;

const MARKER = { frame: 0xc0, huffman: 0xc4, image: 0xd8, scan: 0xda, quantisation: 0xdb, restart: 0xdd, adobe: 0xee };
/** Application data and comments. */
const isSkipped = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

/** A component of the frame. */
interface Component {
  id: number;
  across: number;
  down: number;
  table: number;
}

/**
 * Reads the header of a JPEG file (ITU-T T.81, annex B) that the decoder of `kernel/` decodes: baseline, eight bits, YCbCr
 * in one scan without restarts, chroma whole, halved across, or halved both ways. Undefined for all others.
 */
export function readJpegFile(bytes: Uint8Array): JpegFile | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const quantisation = new Map<number, Uint16Array>();
  const huffman = new Map<number, Uint8Array>();
  let frame: { width: number; height: number; components: Component[] } | undefined;
  if (bytes.length < 4 || view.getUint16(0) !== 0xff00 + MARKER.image) return undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) return undefined;
    const segment = bytes.subarray(at + 4, end);
    at = end;
    if (marker === MARKER.quantisation) {
      if (!readQuantisation(segment, quantisation)) return undefined;
    } else if (marker === MARKER.huffman) {
      if (!readHuffman(segment, huffman)) return undefined;
    } else if (marker === MARKER.frame) {
      if (frame) return undefined;
      frame = readFrame(segment);
      if (!frame) return undefined;
    } else if (marker === MARKER.restart) {
      if (segment[0] !== 0 || segment[1] !== 0) return undefined;
    } else if (marker === MARKER.adobe) {
      if (isOtherColour(segment)) return undefined;
    } else if (marker === MARKER.scan) {
      return frame && fileOf(frame, segment, quantisation, huffman, bytes.subarray(end));
    } else if (!isSkipped(marker)) return undefined;
  }
  return undefined;
}

/** Whether Adobe's segment says that the components are not YCbCr. */
function isOtherColour(segment: Uint8Array): boolean {
  const isAdobe = segment.length >= 12 && String.fromCharCode(...segment.subarray(0, 5)) === 'Adobe';
  return isAdobe && segment[11] !== 1;
}

/** The order in which a file lists the 64 places of a block (figure A.6). */
function zigzag(): Uint8Array {
  const order = new Uint8Array(64);
  for (let i = 0, x = 0, y = 0; i < 64; i++) {
    order[i] = y * 8 + x;
    const rises = (x + y) % 2 === 0;
    if (rises ? x === 7 : y !== 7 && x === 0) y++;
    else if (rises ? y === 0 : y === 7) x++;
    else {
      x += rises ? 1 : -1;
      y += rises ? -1 : 1;
    }
  }
  return order;
}

function readQuantisation(segment: Uint8Array, into: Map<number, Uint16Array>): boolean {
  const order = zigzag();
  for (let at = 0; at < segment.length; at += 65) {
    // Sixteen bits are not baseline.
    const id = segment[at]!;
    if (id > 3 || at + 65 > segment.length) return false;
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) table[order[i]!] = segment[at + 1 + i]!;
    into.set(id, table);
  }
  return true;
}

function readHuffman(segment: Uint8Array, into: Map<number, Uint8Array>): boolean {
  let at = 0;
  while (at < segment.length) {
    if (at + 17 > segment.length) return false;
    const id = segment[at]!;
    const symbols = segment.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    const end = at + 17 + symbols;
    if (symbols > 256 || end > segment.length) return false;
    into.set(id, segment.subarray(at + 1, end));
    at = end;
  }
  return true;
}

function readFrame(segment: Uint8Array) {
  if (segment.length !== 15 || segment[0] !== 8 || segment[5] !== 3) return undefined;
  const height = segment[1]! * 256 + segment[2]!;
  const width = segment[3]! * 256 + segment[4]!;
  if (Math.min(width, height) < LEAST_SIDE || Math.max(width, height) > MOST_SIDE) return undefined;
  const components = [6, 9, 12].map((at) => ({
    id: segment[at]!,
    across: segment[at + 1]! >> 4,
    down: segment[at + 1]! & 15,
    table: segment[at + 2]!,
  }));
  return { width, height, components };
}

/** Puts together what belongs to the components of the one scan. */
function fileOf(
  { width, height, components }: { width: number; height: number; components: Component[] },
  scan: Uint8Array,
  quantisation: ReadonlyMap<number, Uint16Array>,
  huffman: ReadonlyMap<number, Uint8Array>,
  data: Uint8Array,
): JpegFile | undefined {
  const [luma, cb, cr] = components as [Component, Component, Component];
  // Without a word on colours, components that are called R, G and B are that.
  if (luma.id === 0x52 && cb.id === 0x47 && cr.id === 0x42) return undefined;
  if (cb.across !== 1 || cb.down !== 1 || cr.across !== 1 || cr.down !== 1) return undefined;
  const { across, down } = luma;
  if ((across !== 1 && across !== 2) || (down !== 1 && down !== 2) || down > across) return undefined;
  // Three components in their order, all coefficients at once.
  if (scan.length !== 10 || scan[0] !== 3 || scan[7] !== 0 || scan[8] !== 63 || scan[9] !== 0) return undefined;
  if (components.some(({ id }, i) => scan[1 + i * 2] !== id)) return undefined;
  const selector = (component: number) => scan[2 + component * 2]!;
  if (selector(1) !== selector(2)) return undefined;
  const factors = components.map(({ table }) => quantisation.get(table));
  const codes = [0, 1].flatMap((component) => [
    huffman.get(selector(component) >> 4),
    huffman.get(0x10 + (selector(component) & 15)),
  ]);
  if (![...factors, ...codes].every(Boolean)) return undefined;
  return {
    width,
    height,
    across,
    down,
    quantisation: factors as [Uint16Array, Uint16Array, Uint16Array],
    huffman: codes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array],
    data,
  };
}
