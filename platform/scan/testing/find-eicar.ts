/** A scanner for tests: finds the EICAR test file on standard input, and ends as `clamdscan -` does. */
import { text } from 'node:stream/consumers';

const found = (await text(process.stdin)).includes('EICAR');
if (found) console.log('stdin: Eicar-Signature FOUND');
process.exitCode = found ? 1 : 0;
