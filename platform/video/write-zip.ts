import { open } from 'node:fs/promises';
import { Zip, ZipPassThrough } from 'fflate';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A file of an archive. */
export interface ZipEntry {
  /** With `/` between folders. */
  name: string;
  bytes: Uint8Array;
}

/** A zip without the extension of 1996 counts entries with 16 bits and bytes with 32. */
const MOST_ENTRIES = 65_535;
const MOST_BYTES = 2 ** 32 - 2 ** 20;
/** The first moment that a zip can name, so that the bytes do not depend on the clock. */
const NO_TIME = new Date(1980, 0, 1);

/**
 * Writes a zip whose entries are stored as they are: pictures are compressed already. Nothing but the entry at hand is
 * held in memory, and the same entries give the same bytes.
 *
 * @throws MaquetteError `output_limit_exceeded` when there are more entries or bytes than a zip can name
 */
export async function writeZip(path: string, entries: AsyncIterable<ZipEntry>): Promise<void> {
  const file = await open(path, 'w');
  try {
    const pending: Uint8Array[] = [];
    let failure: Error | null = null;
    const zip = new Zip((error, chunk) => {
      failure ??= error;
      pending.push(chunk);
    });
    const flush = async () => {
      if (failure) throw failure;
      // `write` may take only a part of it; `writeFile` goes on from where the last one ended until all is written.
      for (const chunk of pending.splice(0)) await file.writeFile(chunk);
    };
    let count = 0;
    let total = 0;
    for await (const { name, bytes } of entries) {
      count += 1;
      total += bytes.byteLength + 2 * name.length + 128;
      if (count > MOST_ENTRIES || total > MOST_BYTES) throw archiveTooLarge(count, total);
      const entry = new ZipPassThrough(name);
      entry.mtime = NO_TIME;
      zip.add(entry);
      entry.push(bytes, true);
      await flush();
    }
    zip.end();
    await flush();
  } finally {
    await file.close();
  }
}

function archiveTooLarge(entries: number, bytes: number): MaquetteError {
  const gibibytes = (bytes / 2 ** 30).toFixed(1);
  return new MaquetteError(
    'output_limit_exceeded',
    `The zip would hold ${entries.toLocaleString('en-GB')} files and ${gibibytes} GiB so far; a zip holds at most ${MOST_ENTRIES.toLocaleString('en-GB')} files and 4 GiB.`,
    { remedy: 'Ask for fewer or smaller frames, or for a video.' },
  );
}
