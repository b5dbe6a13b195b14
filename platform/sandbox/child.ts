import { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ERROR_CODES } from '#contracts/errors/codes.ts';
import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import { outputLimitExceeded } from './errors.ts';
import { encodeFrame, FrameReader, MESSAGE_LIMIT_BYTES } from './frames.ts';
import { lockDown } from './lock-down.ts';
import type { ChildMessage, ParentMessage } from './messages.ts';
import type { SandboxTask } from './sandbox.ts';

// The program of a sandboxed process: `node … child.ts <entry> <folder>`, file descriptor 3 a pipe to the parent.
// It imports the task module once, then runs one task at a time.

/** Progress is sent at most this often. */
const PROGRESS_INTERVAL_MS = 50;
/** Garbage is collected after a task when the process holds so much more than when it was new. */
const GARBAGE_BYTES = 48 * 1024 ** 2;
/** Messages of the engine's and V8's that mean: no memory. */
const OUT_OF_MEMORY =
  /allocation failed|out of memory|unable to grow instance memory|could not allocate memory|cannot allocate memory/i;

const [entry, folder] = process.argv.slice(2) as [string, string];
const channel = new Socket({ fd: 3, readable: true, writable: true });
const reader = new FrameReader(Number.MAX_SAFE_INTEGER);
let running: { id: number; controller: AbortController } | null = null;

const gone = () => process.exit(0);
channel.on('close', gone).on('error', gone).on('end', gone);

lockDown();
const module: { run: SandboxTask<unknown, unknown> } = await import(entry);

channel.on('data', (chunk: Buffer) => {
  for (const body of reader.push(chunk)) receive(JSON.parse(body) as ParentMessage);
});
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** Resident memory of the process before its first task. */
const warmBytes = process.memoryUsage.rss();
send({ type: 'ready' });

function receive(message: ParentMessage): void {
  if (message.type === 'run') void run(message.id, message.input);
  else if (running?.id === message.id) running.controller.abort();
}

async function run(id: number, input: unknown): Promise<void> {
  const controller = new AbortController();
  running = { id, controller };
  send({ type: 'started', id });
  let sentAt = 0;
  let sentStage = '';
  const progress = (share: number, stage: string) => {
    const now = performance.now();
    if (stage === sentStage && now - sentAt < PROGRESS_INTERVAL_MS) return;
    sentAt = now;
    sentStage = stage;
    send({ type: 'progress', id, share: Math.min(1, Math.max(0, share || 0)), stage: stage.slice(0, 100) });
  };
  const picture = (bytes: Uint8Array, about: unknown) => {
    const base64 = Buffer.from(bytes).toString('base64');
    const frame = encodeFrame({ type: 'picture', id, base64, about } satisfies ChildMessage);
    if (frame.length <= MESSAGE_LIMIT_BYTES) channel.write(frame);
  };
  try {
    const output = await module.run(input, { folder, signal: controller.signal, progress, picture });
    giveBackMemory();
    const frame = encodeFrame({ type: 'done', id, output: output ?? null } satisfies ChildMessage);
    if (frame.length > MESSAGE_LIMIT_BYTES) throw outputLimitExceeded('the result of the work is too long');
    running = null;
    channel.write(frame);
  } catch (thrown) {
    running = null;
    giveBackMemory();
    send({ type: 'failed', id, error: errorValue(thrown) });
  }
}

/** What a task leaves behind would count for the next one too. */
function giveBackMemory(): void {
  if (process.memoryUsage.rss() - warmBytes > GARBAGE_BYTES) collectGarbage();
}

function send(message: ChildMessage): void {
  channel.write(encodeFrame(message));
}

function errorValue(thrown: unknown): ErrorValue {
  if (thrown instanceof MaquetteError) {
    const { errors, ...value } = thrown.toValue();
    return {
      ...value,
      message: cut(value.message, 20_000),
      ...(value.remedy !== undefined && { remedy: cut(value.remedy, 4_000) }),
      ...(value.where !== undefined && { where: cut(value.where, 4_000) }),
      ...(errors && {
        errors: errors.slice(0, 1_000).map((item) => ({
          pointer: cut(item.pointer, 4_000),
          message: cut(item.message, 4_000),
        })),
      }),
    };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (thrown instanceof RangeError && OUT_OF_MEMORY.test(message)) {
    const code = 'memory_limit_exceeded';
    return { code, fault: ERROR_CODES[code].fault, message: 'the work needed more memory than its limit' };
  }
  if (thrown instanceof Error && 'code' in thrown && (thrown.code === 'EFBIG' || thrown.code === 'ENOSPC')) {
    const code = 'output_limit_exceeded';
    return { code, fault: ERROR_CODES[code].fault, message: 'the work wrote a file larger than its limit' };
  }
  // The stack is for the operator's log, the message for whoever asked.
  console.error(thrown);
  return { code: 'internal', fault: 'system', message: cut(message, 20_000) };
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
