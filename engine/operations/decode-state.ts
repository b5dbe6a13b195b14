import { z } from 'zod';
import { Sha256 } from '#contracts/ids/sha256.ts';
import { ModelCost, OperationReport } from '#contracts/operations/optimize-report.ts';
import type { Matrix } from '../describe/matrix.ts';
import { HEADER_BYTES, type StepState } from './step-state.ts';

const MatrixSchema = z.array(z.number()).length(16);

const Kept = z.object({
  cost: ModelCost,
  diagonal: z.number().nonnegative(),
  placements: z.array(MatrixSchema).min(1).max(1000),
  reports: z.array(z.tuple([Sha256, OperationReport])).max(1000),
});

/** The inverse of `encodeState`, without the document; null for bytes that are no state. */
export function decodeState(bytes: Uint8Array): (StepState & { glb: Uint8Array<ArrayBuffer> }) | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > bytes.byteLength - HEADER_BYTES) return null;
  try {
    const text = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length));
    const { cost, diagonal, placements, reports } = Kept.parse(JSON.parse(text));
    return {
      document: null,
      glb: bytes.slice(HEADER_BYTES + length) as Uint8Array<ArrayBuffer>,
      cost,
      diagonal,
      placements: placements as Matrix[],
      reports: new Map(reports.map(([key, report]) => [key, { ...report, cached: true }])),
      pending: 0,
    };
  } catch {
    return null;
  }
}
