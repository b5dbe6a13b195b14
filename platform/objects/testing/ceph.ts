import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#test/free-port.ts';

const run = promisify(execFile);
const READY_MS = 90_000;

/** A running S3 storage of one machine: Ceph with its objects in memory, and its gateway. */
export interface TestS3 {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  close(): Promise<void>;
}

/** Whether Ceph is installed (Debian: radosgw, ceph-mon, ceph-osd, ceph-common). */
export async function hasCeph(): Promise<boolean> {
  const programs = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'ceph-authtool'];
  const found = await Promise.all(programs.map((name) => run('which', [name]).catch(() => null)));
  return found.every((program) => program !== null);
}

/** Starts a monitor, a store in memory and the S3 gateway on free ports of the loopback interface; takes 15 to 30 s. */
export async function startCeph(): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-ceph-'));
  const children: ChildProcess[] = [];
  const conf = join(folder, 'ceph.conf');
  const at = (name: string) => join(folder, name);
  const [monitorPort, port] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  const start = (program: string, ...more: string[]) =>
    children.push(spawn(program, ['-c', conf, '-f', ...more], { stdio: 'ignore' }));

  async function close(): Promise<void> {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }),
    );
    await rm(folder, { recursive: true, force: true });
  }

  try {
    for (const name of ['mon', 'osd', 'rgw']) await mkdir(at(name));
    await writeFile(conf, configuration(folder, fsid, monitorPort));
    const keyring = at('keyring');
    const key = (name: string, ...caps: string[]) =>
      run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...caps.flatMap((cap) => ['--cap', ...cap.split('=')])]);
    await run('ceph-authtool', ['--create-keyring', keyring]);
    await key('mon.', 'mon=allow *');
    await key('client.admin', 'mon=allow *', 'osd=allow *');
    await key('osd.0', 'mon=allow profile osd', 'osd=allow *');
    const monitor = `v2:127.0.0.1:${monitorPort}/0`;
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitor, at('monmap')]);
    await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', at('monmap'), '--keyring', keyring]);
    start('ceph-mon', '-i', 'a');
    const osd = randomUUID();
    await run('ceph', ['-c', conf, 'osd', 'new', osd], { timeout: READY_MS });
    await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', osd]);
    start('ceph-osd', '-i', '0');
    // Without `tcp_nodelay` every small answer waits 40 ms.
    start('radosgw', '-n', 'client.admin', '--rgw-frontends', `beast endpoint=127.0.0.1:${port} tcp_nodelay=1`);
    const endpoint = `http://127.0.0.1:${port}`;
    await answers(endpoint);
    const credentials = { accessKeyId: 'maquette', secretAccessKey: randomUUID() };
    const user = ['--uid', 'test', '--display-name', 'test'];
    const keys = ['--access-key', credentials.accessKeyId, '--secret', credentials.secretAccessKey];
    await run('radosgw-admin', ['-c', conf, 'user', 'create', ...user, ...keys], { timeout: READY_MS });
    return { endpoint, credentials, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function configuration(folder: string, fsid: string, monitorPort: number): string {
  const settings = {
    fsid,
    mon_host: `v2:127.0.0.1:${monitorPort}/0`,
    keyring: `${folder}/keyring`,
    osd_pool_default_size: 1,
    osd_pool_default_min_size: 1,
    osd_pool_default_pg_num: 1,
    osd_pool_default_pg_autoscale_mode: 'off',
    osd_crush_chooseleaf_type: 0,
    mon_allow_pool_size_one: true,
    mon_data_avail_crit: 1,
    osd_objectstore: 'memstore',
    memstore_device_bytes: 2 * 1024 ** 3,
    run_dir: folder,
    admin_socket: `${folder}/$name.$pid.asok`,
    pid_file: `${folder}/$name.pid`,
    log_file: `${folder}/$name.log`,
    mon_data: `${folder}/mon`,
    osd_data: `${folder}/osd`,
    rgw_data: `${folder}/rgw`,
    public_addr: '127.0.0.1',
    cluster_addr: '127.0.0.1',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `[global]\n${lines.join('\n')}\n`;
}

async function answers(endpoint: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => null);
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error('the S3 gateway of Ceph does not answer');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
