import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { MadeFile } from '#contracts/jobs/job-kinds.ts';
import { type DerivativeRow, insertDerivative, type NewDerivative } from '../store/derivatives.ts';
import type { DataTrx } from '../tables.ts';

/** What the files of one render share. */
export type MadeFrom = Pick<
  NewDerivative,
  'organizationId' | 'assetId' | 'versionId' | 'operation' | 'parameters' | 'key' | 'cost' | 'jobId'
>;

/**
 * Records the files of one render: the first as the derivative under its key, the others as its companions, whose keys
 * follow from it. Files that are recorded already stay as they are.
 *
 * @returns them in their order
 */
export async function recordFiles(
  trx: DataTrx,
  files: readonly MadeFile[],
  from: MadeFrom,
): Promise<[DerivativeRow, ...DerivativeRow[]]> {
  const [first, ...others] = files;
  if (!first) throw new Error('a render makes at least one file');
  const picture = await insertDerivative(trx, { ...from, ...first });
  const companions: DerivativeRow[] = [];
  for (const file of others) {
    const key = derivativeKey(from.key, 'render.file', { role: file.role });
    companions.push(await insertDerivative(trx, { ...from, ...file, key, pictureId: picture.id }));
  }
  return [picture, ...companions];
}
