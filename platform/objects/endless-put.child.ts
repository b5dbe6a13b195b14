/** A process for `folder-store.test.ts`: stores an endless stream in the folder of its argument until it is killed. */
import { openFolderStore } from './folder-store.ts';

// Ends when the parent goes away, too.
process.stdin.resume().on('end', () => process.exit());
const store = await openFolderStore({ directory: process.argv[2] ?? '' });
await store.put(
  (async function* () {
    for (let count = 0; ; count++) {
      yield new Uint8Array(300_000);
      if (count === 2) process.stdout.write('writing\n');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })(),
);
