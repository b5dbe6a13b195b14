import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '#test/free-port.ts';

const run = promisify(execFile);

/** Where Debian's packages put the modules of the ICAP server. */
const MODULES = '/usr/lib/x86_64-linux-gnu/c_icap';
/** Of the harmless text that every scanner knows: no data base of ClamAV's is needed for it. */
const SIGNATURE = Buffer.from(`EICAR-STANDARD-ANTIVIRUS-${'TEST-FILE!'}`).toString('hex');

/** ClamAV behind the two ways that a scanner is asked. */
export interface TestClamAv {
  /** Of the ICAP server. */
  icap: string;
  /** The program with its arguments. */
  command: string;
  close(): Promise<void>;
}

/** Whether ClamAV and an ICAP server for it are installed (Debian: clamav, clamav-daemon, c-icap, libc-icap-mod-virus-scan). */
export async function hasClamAv(): Promise<boolean> {
  const found = await Promise.all(
    ['clamd', 'clamscan', 'c-icap'].map((name) => run('which', [name]).catch(() => null)),
  );
  return found.every((program) => program !== null) && existsSync(join(MODULES, 'virus_scan.so'));
}

/** Starts ClamAV with one signature, and the ICAP server c-icap before it on a free port of the loopback interface. */
export async function startClamAv(): Promise<TestClamAv> {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-clamav-'));
  const at = (name: string) => join(folder, name);
  const children: ChildProcess[] = [];
  async function close(): Promise<void> {
    await Promise.all(
      children.map((child) => {
        if (child.exitCode !== null) return undefined;
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGKILL');
        return ended;
      }),
    );
    await rm(folder, { recursive: true, force: true });
  }
  try {
    const port = await freePort();
    await mkdir(at('signatures'));
    await writeFile(at('signatures/own.ndb'), `Maquette.Eicar-Test:0:*:${SIGNATURE}\n`);
    await writeFile(
      at('clamd.conf'),
      `LocalSocket ${at('clamd.sock')}\nDatabaseDirectory ${at('signatures')}\nForeground yes\n`,
    );
    await writeFile(at('c-icap.conf'), serverConfiguration(at, port));
    children.push(spawn('clamd', ['-c', at('clamd.conf')], { stdio: 'ignore' }));
    await until(async () => existsSync(at('clamd.sock')));
    children.push(spawn('c-icap', ['-N', '-f', at('c-icap.conf')], { stdio: 'ignore' }));
    await until(() => answers(port));
    const command = `clamscan -d ${at('signatures')} --no-summary -`;
    return { icap: `icap://127.0.0.1:${port}/avscan`, command, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function serverConfiguration(at: (name: string) => string, port: number): string {
  return `PidFile ${at('c-icap.pid')}
CommandsSocket ${at('c-icap.ctl')}
Port 127.0.0.1:${port}
StartServers 1
MaxServers 1
ThreadsPerChild 4
TmpDir ${at('.')}
ModulesDir ${MODULES}
ServicesDir ${MODULES}
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog ${at('server.log')}
AccessLog ${at('access.log')}
Module common clamd_mod.so
clamd_mod.ClamdSocket ${at('clamd.sock')}
Service antivirus_module virus_scan.so
ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.DefaultEngine clamd
`;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('ClamAV or its ICAP server did not start');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
