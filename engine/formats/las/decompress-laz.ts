import { formatCount, modelMalformed } from '../errors.ts';
import type { ImportProgress } from '../import-progress.ts';
import type { LasHeader } from './parse-las-header.ts';
import { type LasPoints, PointCollector } from './read-points.ts';

/**
 * Decompresses the points of a LAZ file with LASzip in WebAssembly, a fresh instance for each file. Where the file
 * was cut off the chunk table at its end is missing, which is checked first: the decompressor would make points up.
 *
 * @throws MaquetteError `model_malformed`
 */
export async function decompressLaz(
  bytes: Uint8Array,
  header: LasHeader,
  name: string,
  progress: ImportProgress,
): Promise<LasPoints> {
  checkChunkTable(bytes, header, name);
  const { createLazPerf } = await import('laz-perf');
  const laz = await createLazPerf();
  const file = laz._malloc(bytes.byteLength);
  const record = laz._malloc(header.stride);
  const zip = new laz.LASZip();
  try {
    laz.HEAPU8.set(bytes, file);
    zip.open(file, bytes.byteLength);
    if (zip.getCount() !== header.count || zip.getPointLength() !== header.stride) {
      throw new Error(`the decompressor finds ${zip.getCount()} points of ${zip.getPointLength()} bytes`);
    }
    const collector = new PointCollector(header, progress);
    let view = new DataView(laz.HEAPU8.buffer);
    for (let i = 0; i < header.count; i++) {
      zip.getPoint(record);
      // Memory that grew is another buffer.
      if (view.buffer !== laz.HEAPU8.buffer) view = new DataView(laz.HEAPU8.buffer);
      collector.add(view, record);
    }
    return collector.points;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'the decompressor stopped';
    throw modelMalformed(name, `The compressed points are damaged: ${reason.slice(0, 200)}.`, undefined, cause);
  } finally {
    zip.delete();
  }
}

function checkChunkTable(bytes: Uint8Array, header: LasHeader, name: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = header.pointsStart;
  let table = start + 8 <= bytes.byteLength ? Number(view.getBigInt64(start, true)) : 0;
  // Writers that cannot seek put the place of the table at the very end.
  if (table === -1) table = Number(view.getBigInt64(bytes.byteLength - 8, true));
  if (!(table > start && table + 8 <= bytes.byteLength)) {
    throw modelMalformed(
      `${name}: byte ${formatCount(start)}`,
      `The table of compressed chunks should be at byte ${formatCount(Math.max(0, table))}; the file has ${formatCount(bytes.byteLength)} bytes. It is cut off or damaged.`,
    );
  }
  const chunks = view.getUint32(table + 4, true);
  if (chunks > bytes.byteLength || (chunks === 0 && header.count > 0)) {
    throw modelMalformed(`${name}: byte ${formatCount(table)}`, `The table declares ${formatCount(chunks)} chunks.`);
  }
}
