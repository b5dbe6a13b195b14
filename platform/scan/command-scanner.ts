import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import type { Scanner, Verdict } from './scanner.ts';

const MOST_OUTPUT = 10_000;

/**
 * A scanner that is a program: it gets the bytes on standard input and ends as `clamdscan -` does, with 0 for clean, 1 for
 * infected (its output says what), anything else for no verdict.
 *
 * @param command the program and its arguments; no shell comes between.
 */
export function commandScanner(command: readonly [string, ...string[]], { timeoutMs }: { timeoutMs: number }): Scanner {
  const [program, ...args] = command;
  return {
    async scan(_file, open, signal) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const child = spawn(program, args, {
        stdio: ['pipe', 'pipe', 'pipe'],
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
        killSignal: 'SIGKILL',
      });
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      ended.catch(() => {});
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          if (output.length < MOST_OUTPUT) output += chunk;
        });
      }
      // A scanner may have seen enough before the end of a file: its verdict counts, not the broken pipe.
      const source = await open();
      await pipeline(source, child.stdin).catch(() => source.destroy());
      return verdictOf(program, await ended, output.trim());
    },
  };
}

function verdictOf(program: string, status: number | null, output: string): Verdict {
  if (status === 0) return { clean: true };
  if (status === 1) return { clean: false, finding: output.split('\n')[0]?.replace(/^.*?: /, '') || 'infected' };
  throw new Error(`${program} ended with ${status}: ${output.slice(0, 500)}`);
}
