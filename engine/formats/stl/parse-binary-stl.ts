import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { headOf, type ModelFile, sizeOf } from '../model-file.ts';
import type { StlData } from './stl-data.ts';
import { OWN_COLOR, TRIANGLE_BYTES, weldBinaryStl } from './weld-binary-stl.ts';

const HEADER = 84;

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
  const present = Math.floor((size - HEADER) / TRIANGLE_BYTES);
  // Programs that write while they compute leave the count at 0.
  const counted = declared === 0 && present > 0 && (size - HEADER) % TRIANGLE_BYTES === 0;
  const count = counted ? present : declared;
  if (count > present) {
    throw modelMalformed(
      `${name}: byte ${size}`,
      `The header declares ${formatCount(count)} triangles, but the file ends after ${formatCount(present)}.`,
    );
  }
  checkTriangles(name, count, limits);
  checkDecodedBytes(name, count * 3 * 40, limits);
  const header = new TextDecoder('latin1').decode(head.subarray(0, 80));
  const triangles = { file, count, start: HEADER, keepsAttributes: objectColorAt(header) !== null };
  const { mesh, contradicting, attributes } = weldBinaryStl(triangles, progress);
  const title = header
    .replace(/\b(COLOR|MATERIAL)=[\s\S]*$/, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return {
    solids: [
      {
        name: title.replace(/^solid\s*/i, ''),
        mesh,
        colors: attributes && readColors(attributes, head, header),
      },
    ],
    header: title,
    contradicting,
    trailingBytes: size - HEADER - count * TRIANGLE_BYTES,
    counted,
  };
}

/** Where the header of Materialise Magics has the colour of the object: red, green, blue; null in other headers. */
function objectColorAt(header: string): number | null {
  const at = header.indexOf('COLOR=');
  return at >= 0 && at + 10 <= 80 ? at + 6 : null;
}

/** Colours as 0xrrggbb, or null: the 16 bits also hold other things, so that single stray values are no colours. */
function readColors(attributes: Uint16Array, bytes: Uint8Array, header: string): Uint32Array | null {
  const magics = objectColorAt(header);
  if (magics !== null) {
    const object = (bytes[magics]! << 16) | (bytes[magics + 1]! << 8) | bytes[magics + 2]!;
    return Uint32Array.from(attributes, (bits) => {
      if (bits & OWN_COLOR) return object;
      return (expand(bits) << 16) | (expand(bits >> 5) << 8) | expand(bits >> 10);
    });
  }
  const grey = 0xcccccc;
  return Uint32Array.from(attributes, (bits) =>
    bits & OWN_COLOR ? (expand(bits >> 10) << 16) | (expand(bits >> 5) << 8) | expand(bits) : grey,
  );
}

/** Five bits as eight. */
function expand(bits: number): number {
  const five = bits & 31;
  return (five << 3) | (five >> 2);
}
