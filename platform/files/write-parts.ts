import { open } from 'node:fs/promises';

/** Writes a file of parts that stand one after the other, without making one piece of them first. */
export async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
