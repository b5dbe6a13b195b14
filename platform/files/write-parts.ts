import { closeSync, openSync, writeSync } from 'node:fs';

/**
 * Writes a file of parts that stand one after the other, without making one piece of them first. Waits for the disk: it
 * is meant for processes that do one thing, such as the command line and a sandbox.
 */
export function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  try {
    for (const part of parts) {
      for (let written = 0; written < part.byteLength; ) written += writeSync(file, part, written);
    }
  } finally {
    closeSync(file);
  }
}
