import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putBytes } from '../objects/testing/bytes.ts';
import { openTemporaryStore, type TemporaryStore } from '../objects/testing/temporary-store.ts';
import { createLogger } from '../telemetry/logger.ts';
import { openScanner } from './open-scanner.ts';
import { createScan } from './scan-files.ts';
import type { Scanner } from './scanner.ts';
import { hasClamAv, startClamAv, type TestClamAv } from './testing/clamav.ts';

const installed = await hasClamAv();
if (!installed) console.warn('ClamAV or c-icap is not installed: no scanner but those of the tests is tried.');

/** The harmless text that every scanner takes for a virus, in two parts so that none takes this file for one. */
const EICAR = `X5O!P%@AP[4\\PZX54(P^)7CC)7}$${'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!'}$H+H*`;
const large = Buffer.alloc(3_000_000, 'clean ');

let kept: TemporaryStore;
let server: Server;
let icap: string;
/** What an ICAP server answers: verdicts by what it finds, or as a test wants. */
let misbehave: string | undefined;

beforeAll(async () => {
  kept = await openTemporaryStore();
  server = createServer((socket) => {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.endsWith('0\r\n\r\n')) return;
      if (misbehave !== undefined) return void socket.end(misbehave);
      const offsets = /Encapsulated: req-hdr=0, res-hdr=(\d+), res-body=(\d+)/.exec(text);
      const body = text.slice(text.indexOf('\r\n\r\n') + 4).slice(Number(offsets?.[2]));
      const whole = body.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/g, '');
      if (whole.includes('EICAR')) {
        socket.end('ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=Eicar-Test;\r\n\r\n');
      } else socket.end('ICAP/1.0 100 Continue\r\n\r\nICAP/1.0 204 No modifications\r\n\r\n');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  icap = `icap://127.0.0.1:${(server.address() as { port: number }).port}/avscan`;
});
afterAll(async () => {
  server?.close();
  await kept?.close();
});

const run = (script: string) => openScanner(`/bin/sh ${script}`);

async function scan(
  scanner: Scanner | undefined,
  content: Uint8Array | string,
  whenAway: 'refuse' | 'accept' = 'refuse',
) {
  const scanFiles = createScan({ scanner, whenAway, objects: kept.store, logger: createLogger({ level: 'silent' }) });
  return scanFiles([{ name: 'model.glb', ...(await putBytes(kept.store, content)) }]);
}

describe('a scanner by ICAP', () => {
  it('takes what is clean, and rejects what is not with what was found', async () => {
    await scan(openScanner(icap), large);
    await expect(scan(openScanner(icap), `some ${EICAR} bytes`)).rejects.toMatchObject({
      code: 'file_infected',
      fault: 'input',
      message: expect.stringContaining('Eicar-Test'),
    });
  });

  it.each([
    ['an error', 'ICAP/1.0 500 Server error\r\n\r\n'],
    ['what is no ICAP', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['nothing', ''],
  ])('that answers %s gives no verdict, and nothing is taken unless the operator says so', async (_what, answer) => {
    misbehave = answer;
    await expect(scan(openScanner(icap), 'x')).rejects.toMatchObject({ code: 'unavailable', fault: 'system' });
    await scan(openScanner(icap), 'x', 'accept');
    misbehave = undefined;
  });

  it('that is not there gives no verdict', async () => {
    await expect(scan(openScanner('icap://127.0.0.1:1/avscan'), 'x')).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a scanner that is a program', () => {
  const grep = openScanner('node_modules/.bin/node platform/scan/testing/find-eicar.ts');

  it('takes what is clean, and rejects what is not with what it says', async () => {
    await scan(grep, large);
    await expect(scan(grep, Buffer.concat([Buffer.from(EICAR), large]))).rejects.toMatchObject({
      code: 'file_infected',
      message: expect.stringContaining('Eicar-Signature FOUND'),
    });
  });

  it('that fails, or is not there, gives no verdict', async () => {
    await expect(scan(run('/nowhere'), 'x')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(scan(openScanner('/nowhere/scanner -'), large)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe.skipIf(!installed)('ClamAV', () => {
  let clamAv: TestClamAv;
  beforeAll(async () => {
    clamAv = await startClamAv();
  });
  afterAll(() => clamAv?.close());

  it.each(['icap', 'command'] as const)('gives its verdicts by %s', async (way) => {
    const scanner = openScanner(clamAv[way]);
    await scan(scanner, large);
    await scan(scanner, 'glTF');
    const found = { code: 'file_infected', message: expect.stringContaining('Maquette.Eicar-Test') };
    await expect(scan(scanner, `some ${EICAR} bytes`)).rejects.toMatchObject(found);
    // Behind more than a scanner that stops early has looked at.
    await expect(scan(scanner, Buffer.concat([large, large, Buffer.from(EICAR)]))).rejects.toMatchObject(found);
  });
});

it('nothing is scanned without a scanner', async () => {
  await scan(openScanner(undefined), EICAR);
});
