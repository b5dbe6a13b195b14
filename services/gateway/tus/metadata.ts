import { z } from 'zod';
import { idSchema } from '#contracts/ids/ids.ts';
import { Sha256 } from '#contracts/ids/sha256.ts';
import { nameSchema } from '#contracts/rest/resources/name.ts';
import { formInvalid } from '../errors.ts';
import { uploadedFileName } from '../upload/file-name.ts';

/** What of a tus upload's metadata means something here. */
export const Metadata = z.object({
  filename: z.string().optional(),
  name: nameSchema(300).optional(),
  projectId: idSchema('project').optional(),
  assetId: idSchema('asset').optional(),
  sha256: z.string().toLowerCase().pipe(Sha256).optional(),
  hold: z.enum(['true', 'false']).optional(),
});

/** A file as its client describes it. */
export interface DescribedFile extends Omit<z.output<typeof Metadata>, 'filename' | 'hold'> {
  fileName: string;
  /** Whether it waits to be named by `POST /v1/assets`. */
  held: boolean;
}

const PAIR = /^([\x21-\x2b\x2d-\x7e]+)(?: ([A-Za-z0-9+/]*={0,2}))?$/;

/**
 * Reads `Upload-Metadata`: keys with values in base64, commas between them.
 *
 * @throws MaquetteError `invalid_request`
 */
export function readMetadata(header: string | undefined): DescribedFile {
  const refuse = (key: string, message: string) => formInvalid(`/headers/upload-metadata${key}`, message);
  const given = new Map<string, string>();
  for (const part of (header ?? '').split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [, key, value = ''] = PAIR.exec(part) ?? [];
    if (key === undefined) throw refuse('', `${JSON.stringify(part.slice(0, 50))} is no key with a value in base64`);
    if (given.has(key)) throw refuse(`/${key}`, 'is given twice');
    given.set(key, Buffer.from(value, 'base64').toString());
  }
  // Clients send whatever fields their forms have, empty ones included.
  const parsed = Metadata.safeParse(Object.fromEntries([...given].filter(([, value]) => value !== '')));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`/${issue?.path.join('/')}`, issue?.message ?? 'is not valid');
  }
  const { filename, hold, ...described } = parsed.data;
  const fileName = uploadedFileName(filename ?? described.name ?? 'model');
  return { ...described, fileName, held: hold === 'true' };
}
