import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const MODULE = new URL('./stop-signal.ts', import.meta.url).href;

/** A process that takes `seconds` to stop in order. */
async function start(seconds: number) {
  const code = `const { stopSignal } = await import('${MODULE}');
    const asked = stopSignal();
    const open = setInterval(() => {}, 1000);
    console.log('ready');
    await asked;
    console.log('stopping');
    setTimeout(() => { console.log('stopped'); clearInterval(open); }, ${seconds * 1000});`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const end = once(child, 'close');
  const said = (word: string) => expect.poll(() => output, { timeout: 20_000, interval: 5 }).toContain(word);
  await said('ready');
  return { child, end, said, output: () => output };
}

it('a signal that is handed on a second time does not break off what stops in order', async () => {
  const { child, end, said, output } = await start(0.5);
  child.kill('SIGTERM');
  await said('stopping');
  child.kill('SIGTERM');
  expect(await end).toEqual([0, null]);
  expect(output()).toContain('stopped');
});

it('a signal that comes later ends the process at once', async () => {
  const { child, end, said, output } = await start(60);
  child.kill('SIGINT');
  await said('stopping');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  child.kill('SIGINT');
  expect(await end).toEqual([null, 'SIGINT']);
  expect(output()).not.toContain('stopped');
});
