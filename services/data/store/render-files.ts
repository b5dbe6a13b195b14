import type { MadeFile } from '#contracts/jobs/job-kinds.ts';
import type { StoredFile } from '#contracts/render/render-file.ts';
import type { RenderFile } from '#contracts/rest/resources/render.ts';
import { derivativeUrl } from '../urls.ts';
import type { DerivativeRow } from './derivatives.ts';

/** A derivative that is a file of a render, as clients get it in events. */
export function toStoredFile(
  row: Pick<DerivativeRow, 'id' | 'role' | 'content_type' | 'width' | 'height' | 'bytes'>,
): StoredFile {
  return {
    role: row.role ?? 'beauty',
    url: derivativeUrl(row.id),
    derivativeId: row.id,
    contentType: row.content_type,
    width: row.width ?? 0,
    height: row.height ?? 0,
    bytes: row.bytes,
  };
}

/** The same with what it holds. */
export function toRenderFile(
  row: Parameters<typeof toStoredFile>[0] & Pick<DerivativeRow, 'media' | 'meaning'>,
): RenderFile {
  return { ...toStoredFile(row), media: row.media, meaning: row.meaning };
}

/** The same as it was made, to be recorded again. */
export function toMadeFile(row: DerivativeRow): MadeFile {
  const { role, contentType, width, height, media, meaning } = toRenderFile(row);
  return { role, contentType, width, height, media, meaning, blob: { sha256: row.sha256, bytes: row.bytes } };
}
