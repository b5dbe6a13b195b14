import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import { PositionWelder } from '../geometry/weld-positions.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { headOf, type ModelFile, sizeOf } from '../model-file.ts';
import { contradicts, type StlData } from './stl-data.ts';

const HEADER = 84;
const TRIANGLE = 50;

/** Read at a time: about a megabyte. */
const BLOCK_TRIANGLES = 20_000;

/**
 * Parses binary STL: 80 bytes of header, the count, and for each triangle a normal, three corners and 16 bits that
 * VisCAM/SolidView (bit 15 set: the triangle has its own colour, blue in the low bits) and Materialise Magics
 * ("COLOR=" in the header: bit 15 clear, red in the low bits) use for a colour.
 *
 * @throws MaquetteError `model_malformed` where the file has fewer triangles than it declares, `model_too_large`
 */
export function parseBinaryStl(
  file: ModelFile,
  name: string,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): StlData {
  const size = sizeOf(file);
  const head = headOf(file, HEADER);
  if (head.byteLength < HEADER) {
    throw modelMalformed(
      `${name}: byte ${size}`,
      `The file ends after ${formatCount(size)} bytes; a binary STL has a header of ${HEADER}.`,
    );
  }
  const declared = new DataView(head.buffer, head.byteOffset).getUint32(80, true);
  const present = Math.floor((size - HEADER) / TRIANGLE);
  // Programs that write while they compute leave the count at 0.
  const counted = declared === 0 && present > 0 && (size - HEADER) % TRIANGLE === 0;
  const count = counted ? present : declared;
  if (count > present) {
    throw modelMalformed(
      `${name}: byte ${size}`,
      `The header declares ${formatCount(count)} triangles, but the file ends after ${formatCount(present)}.`,
    );
  }
  checkTriangles(name, count, limits);
  checkDecodedBytes(name, count * 3 * 40, limits);
  const welder = new PositionWelder(count * 3);
  const indices = new Uint32Array(count * 3);
  const corners = new Float32Array(9);
  const attributes = new Uint16Array(count);
  let contradicting = 0;
  let view = new DataView(head.buffer);
  for (let i = 0, at = 0; i < count; i++, at += TRIANGLE) {
    if (i % BLOCK_TRIANGLES === 0) {
      view = readBlock(file, HEADER + i * TRIANGLE, Math.min(BLOCK_TRIANGLES, count - i) * TRIANGLE, view);
      at = 0;
      progress(i / count);
    }
    for (let k = 0; k < 9; k++) corners[k] = view.getFloat32(at + 12 + k * 4, true);
    for (let k = 0; k < 3; k++) {
      indices[i * 3 + k] = welder.add(corners[k * 3]!, corners[k * 3 + 1]!, corners[k * 3 + 2]!);
    }
    attributes[i] = view.getUint16(at + 48, true);
    const nx = view.getFloat32(at, true);
    const ny = view.getFloat32(at + 4, true);
    const nz = view.getFloat32(at + 8, true);
    if (contradicts(nx, ny, nz, corners, 0)) contradicting++;
  }
  const header = new TextDecoder('latin1').decode(head.subarray(0, 80));
  const title = header
    .replace(/\b(COLOR|MATERIAL)=[\s\S]*$/, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return {
    solids: [
      {
        name: title.replace(/^solid\s*/i, ''),
        positions: welder.positions(),
        indices,
        colors: readColors(attributes, head, header),
      },
    ],
    header: title,
    contradicting,
    trailingBytes: size - HEADER - count * TRIANGLE,
    counted,
  };
}

/** Some triangles of the file: a view of it where it is in memory, or what was read over the last block. */
function readBlock(file: ModelFile, start: number, length: number, last: DataView): DataView {
  if (!file.parts) return new DataView(file.bytes.buffer, file.bytes.byteOffset + start, length);
  const bytes = last.byteLength >= length && start > HEADER ? new Uint8Array(last.buffer) : new Uint8Array(length);
  file.parts.read(bytes.subarray(0, length), start);
  return new DataView(bytes.buffer);
}

/** Colours as 0xrrggbb, or null: the 16 bits also hold other things, so that single stray values are no colours. */
function readColors(attributes: Uint16Array, bytes: Uint8Array, header: string): Uint32Array | null {
  const magics = header.indexOf('COLOR=');
  if (magics >= 0 && magics + 10 <= 80) {
    const object = (bytes[magics + 6]! << 16) | (bytes[magics + 7]! << 8) | bytes[magics + 8]!;
    return Uint32Array.from(attributes, (bits) => {
      if (bits & 0x8000) return object;
      return (expand(bits) << 16) | (expand(bits >> 5) << 8) | expand(bits >> 10);
    });
  }
  let own = 0;
  for (const bits of attributes) if (bits & 0x8000) own++;
  if (own === 0) return null;
  const grey = 0xcccccc;
  return Uint32Array.from(attributes, (bits) =>
    bits & 0x8000 ? (expand(bits >> 10) << 16) | (expand(bits >> 5) << 8) | expand(bits) : grey,
  );
}

/** Five bits as eight. */
function expand(bits: number): number {
  const five = bits & 31;
  return (five << 3) | (five >> 2);
}
