import { z } from 'zod';

/** Lengths of one unit in metres. */
export const LENGTH_UNITS = { mm: 0.001, cm: 0.01, in: 0.0254, ft: 0.3048, m: 1 } as const;

export type LengthUnit = keyof typeof LENGTH_UNITS;
/** A unit of length. */
export const LengthUnit = z.enum(Object.keys(LENGTH_UNITS) as [LengthUnit, ...LengthUnit[]]);
