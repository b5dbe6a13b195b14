import type { PictureSize } from '../hdr/panorama-sink.ts';
import { EXR_MAGIC, EXR_SAMPLE_TYPES, type ExrSampleType } from './exr-format.ts';

const FLAG_TILED = 0x200;
const FLAG_DEEP = 0x800;
const FLAG_PARTS = 0x1000;
/** Attributes and channels of a head that are looked through. */
const MOST_ATTRIBUTES = 512;
const MOST_CHANNELS = 256;

/** Compressions that are read, with the scan lines in a chunk, by their number in the format. */
const COMPRESSIONS = [
  { name: 'none', lines: 1 },
  { name: 'RLE', lines: 1 },
  { name: 'ZIPS', lines: 1 },
  { name: 'ZIP', lines: 16 },
  { name: 'PIZ', lines: 32 },
] as const;
const UNREAD = ['PXR24', 'B44', 'B44A', 'DWAA', 'DWAB'];

export type ExrCompression = (typeof COMPRESSIONS)[number]['name'];

/** A channel of a picture that is read, in the order of the pixels' bytes. */
export interface ExrHeadChannel {
  name: string;
  type: ExrSampleType;
}

/** What the head of an OpenEXR picture of scan lines says. */
export interface ExrHead extends PictureSize {
  /** First row that its chunks name. */
  top: number;
  compression: ExrCompression;
  /** Scan lines in a chunk. */
  lines: number;
  channels: ExrHeadChannel[];
  /** Place of each chunk in the file: row, length and data follow. */
  chunks: number[];
}

/** Whether the bytes begin as an OpenEXR picture does. */
export function isExr(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === EXR_MAGIC;
}

/**
 * Reads the head of an OpenEXR picture ("OpenEXR file layout", version 2), before anything is allocated, and checks that
 * all of its chunks are there.
 *
 * @throws Error that says what is wrong with it, or what of the format is not read.
 */
export function readExrHead(bytes: Uint8Array): ExrHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint32(4, true);
  if (flags & FLAG_DEEP) throw new Error('its pixels are deep');
  if (flags & FLAG_PARTS) throw new Error('it has several parts');
  if (flags & FLAG_TILED) throw new Error('its pixels are in tiles; save it as scan lines');
  let position = 8;
  const text = (): string => {
    const end = bytes.subarray(position, position + 256).indexOf(0);
    if (end < 0) throw new Error('its head has no end');
    const name = String.fromCharCode(...bytes.subarray(position, position + end));
    position += end + 1;
    return name;
  };
  let window: (PictureSize & { top: number }) | undefined;
  let compression: number | undefined;
  let channels: ExrHeadChannel[] | undefined;
  for (let i = 0; i < MOST_ATTRIBUTES; i++) {
    const name = text();
    if (name === '') {
      if (!window || !channels || compression === undefined) throw new Error('its head is not complete');
      const known = COMPRESSIONS[compression];
      if (!known) {
        throw new Error(
          `its compression is ${UNREAD[compression - COMPRESSIONS.length] ?? `number ${compression}`}; save it with ZIP or PIZ`,
        );
      }
      const chunks = readChunks(view, position, Math.ceil(window.height / known.lines));
      return { ...window, compression: known.name, lines: known.lines, channels, chunks };
    }
    text();
    if (position + 4 > bytes.length) break;
    const length = view.getUint32(position, true);
    position += 4;
    if (length > bytes.length - position) break;
    const start = position;
    if (name === 'dataWindow' && length === 16) {
      const corner = (o: number) => view.getInt32(start + o, true);
      window = { width: corner(8) - corner(0) + 1, height: corner(12) - corner(4) + 1, top: corner(4) };
      if (window.width < 1 || window.height < 1) throw new Error('its data window is empty');
    } else if (name === 'compression' && length === 1) compression = view.getUint8(start);
    else if (name === 'channels') channels = readChannels(view, start, length, text, (at) => (position = at));
    position = start + length;
  }
  throw new Error('its head has no end');
}

function readChannels(
  view: DataView,
  start: number,
  length: number,
  text: () => string,
  moveTo: (position: number) => void,
): ExrHeadChannel[] {
  const channels: ExrHeadChannel[] = [];
  let at = start;
  while (channels.length < MOST_CHANNELS) {
    moveTo(at);
    const name = text();
    if (name === '') return channels;
    const body = at + name.length + 1;
    if (body + 16 > start + length) break;
    const type = EXR_SAMPLE_TYPES[view.getUint32(body, true)];
    if (type === undefined) throw new Error(`its channel ${name} is of no known type`);
    if (view.getInt32(body + 8, true) !== 1 || view.getInt32(body + 12, true) !== 1)
      throw new Error(`its channel ${name} has not every pixel`);
    channels.push({ name, type });
    at = body + 16;
  }
  throw new Error('its list of channels has no end');
}

/** @throws Error when a chunk that the table of offsets names does not lie within the file. */
function readChunks(view: DataView, table: number, count: number): number[] {
  const missing = `it is cut off: not all of its ${count} chunks are there`;
  if (table + count * 8 > view.byteLength) throw new Error(missing);
  return Array.from({ length: count }, (_, i) => {
    const at = Number(view.getBigUint64(table + i * 8, true));
    if (at < table || at + 8 > view.byteLength) throw new Error(missing);
    if (at + 8 + view.getUint32(at + 4, true) > view.byteLength) throw new Error(missing);
    return at;
  });
}
