import { readFile } from 'node:fs/promises';

/**
 * When a process began, in words of the system: on Linux the boot's id and the clock ticks since then
 * (`/proc/<pid>/stat`, field 22; see proc(5)). `dead` when it has ended but its parent has not asked
 * yet; null when there is no such process or the system does not tell.
 */
export async function processStart(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // Field 2 is the command in parentheses and may hold anything; count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return 'dead';
    const ticks = fields[19];
    return ticks === undefined ? null : `${boot.trim()}/${ticks}`;
  } catch {
    return null;
  }
}
