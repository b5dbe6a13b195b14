import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSdk } from './sdk-package/build-sdk.ts';

// Makes the TypeScript client a package of its own, in the folder that is named, `dist/sdk` unless one is:
//
//   npm run build:sdk

const folder = process.argv[2] ?? fileURLToPath(new URL('../dist/sdk', import.meta.url));
await buildSdk(folder);
console.log(`${relative('.', folder)}: install it with npm install ${folder}, or pack it there with npm pack`);
