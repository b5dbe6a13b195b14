import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { Sha256 } from '../ids/sha256.ts';
import { BlobReference } from './blob-reference.ts';

/** A file that came in pieces, which are stored as blobs. */
export const PiecedFile = z.object({
  name: z.string().min(1),
  pieces: z.array(BlobReference).min(1).describe('In order'),
  sha256: Sha256.optional().describe('What the client says of the whole file'),
});

/** A file that came straight to the storage, under the id of its upload. */
export const ArrivedFile = z.object({
  name: z.string().min(1),
  arrived: idSchema('upload'),
  bytes: z.int().positive(),
  sha256: Sha256.optional().describe('What the client says of the whole file'),
});

/** A file that was uploaded by and by. */
export const UploadedFile = z.union([PiecedFile, ArrivedFile]);

/** Where the files of a model come from that the client does not send in one request. */
export const IngestSource = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('url'),
    url: z.string().describe('Checked again when it is fetched'),
    name: z.string().min(1).describe('Of the file'),
  }),
  z.object({
    kind: z.literal('pieces'),
    files: z.array(UploadedFile).min(1),
  }),
]);

export type PiecedFile = z.infer<typeof PiecedFile>;
export type ArrivedFile = z.infer<typeof ArrivedFile>;
export type UploadedFile = z.infer<typeof UploadedFile>;
export type IngestSource = z.infer<typeof IngestSource>;
