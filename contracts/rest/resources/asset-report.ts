import type { z } from 'zod';
import { ModelReport } from '../../model/model-report.ts';
import { ProfileVerdict } from '../../profiles/verdict.ts';

/** The report of an asset's newest version, with what a profile says about it where one was asked for. */
export const AssetReport = ModelReport.extend({ verdict: ProfileVerdict.optional() });

export type AssetReport = z.infer<typeof AssetReport>;
