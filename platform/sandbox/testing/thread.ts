import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

// A thread that tries what the process itself may not, and reports what happened.
const attempts: Record<string, () => unknown> = {
  read: () => readFileSync(workerData.secret, 'utf8'),
  readOwn: () => readFileSync(import.meta.filename, 'utf8'),
  spawn: () => {
    const result = spawnSync('/bin/sh', ['-c', 'id']);
    if (result.error) throw result.error;
  },
  net: () => createRequire(import.meta.url)('node:net'),
  signal: () => process.kill(process.ppid, 'SIGCONT'),
  permission: () => {
    if (!process.permission?.has('fs.read', workerData.secret)) throw Object.assign(new Error(), { code: 'refused' });
  },
};
const found: Record<string, string> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    found[name] = 'done';
  } catch (thrown) {
    found[name] = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
  }
}
parentPort?.postMessage(found);
