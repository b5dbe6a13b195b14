/**
 * A process that runs a PostgreSQL server for `postgresql.ts` as long as its standard input is open: when the tests'
 * process ends, however it ends, the server is stopped and its folder removed.
 *
 * Arguments: the server's program, its folder, the port, and the user and group to run as (empty for one's own).
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const [program = '', folder = '', port = '', uid = '', gid = ''] = process.argv.slice(2);
const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
const server = spawn(program, ['-D', join(folder, 'data'), ...options], {
  cwd: folder,
  stdio: 'ignore',
  ...(uid !== '' && { uid: Number(uid), gid: Number(gid) }),
});
server.once('exit', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});

// An immediate shutdown: nothing of it is wanted any more.
const stop = () => void server.kill('SIGQUIT');
process.stdin.resume().once('end', stop);
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
