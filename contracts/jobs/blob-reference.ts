import { z } from 'zod';
import { Sha256 } from '../ids/sha256.ts';

/** A blob by name and size. */
export const BlobReference = z.object({ sha256: Sha256, bytes: z.int().nonnegative() });

/** A source file of a model: the client's name for it and the blob that holds it. */
export const SourceFile = BlobReference.extend({ name: z.string().min(1) });

/** A blob whose bytes were not there before: who stores the same ones again changes the time that it counts as made at. */
export const MadeBlob = z.object({ sha256: Sha256, madeAt: z.iso.datetime() });

export type BlobReference = z.infer<typeof BlobReference>;
export type SourceFile = z.infer<typeof SourceFile>;
export type MadeBlob = z.infer<typeof MadeBlob>;
