import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** `workerData` of the worker. */
export interface PgliteWorkerOptions {
  /** The directory of the database cluster; made when it is not there. */
  cluster: string;
  /** Whether a commit waits until its bytes are on the disk. */
  durable: boolean;
  /** The compiled engine (a `WebAssembly.Module`), so that several workers of a process compile it once. */
  module: object;
}

/** To the worker: bytes of the PostgreSQL protocol, or the wish to end. */
export type ToPgliteWorker = { type: 'bytes'; connection: number; bytes: Uint8Array<ArrayBuffer> } | { type: 'close' };

/** From the worker. */
export type FromPgliteWorker =
  | { type: 'open' }
  | { type: 'failed'; reason: string }
  | { type: 'bytes'; connection: number; bytes: Uint8Array<ArrayBuffer> };

/** First byte of the protocol's Terminate message. */
const TERMINATE = 'X'.charCodeAt(0);

/** What PGlite sets by itself, less `-F` (no fsync), and what a server with one connection and no daemons needs. */
const SETTINGS = {
  // PGlite's fdatasync does nothing; its fsync reaches the file system below.
  wal_sync_method: 'fsync',
  // No checkpointer runs beside the one connection: recovery after a kill must not have a gigabyte to replay.
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  wal_recycle: 'off',
  jit: 'off',
};

/** Node's file system with an fsync that is one. */
class SyncingNodeFS extends NodeFS {
  override async init(...[pglite, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const result = await super.init(pglite, options);
    const root = this.rootDir;
    result.emscriptenOpts.preRun?.push((module: object) => {
      const { NODEFS } = module as { NODEFS: { stream_ops: { fsync?: (stream: OpenFile) => number } } };
      NODEFS.stream_ops.fsync = (stream) => {
        if (typeof stream.nfd === 'number') fdatasyncSync(stream.nfd);
        else syncDirectory(join(root, stream.path.replace(/^\/pglite\/data/, '')));
        return 0;
      };
    });
    return result;
  }
}

/** Emscripten's record of an open file; directories have no host descriptor. */
interface OpenFile {
  nfd?: number;
  path: string;
}

function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function run(options: PgliteWorkerOptions): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('pglite-worker.ts runs as a worker thread only');
  const post = (message: FromPgliteWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

  let pglite: PGlite;
  try {
    const parameters = PGlite.defaultStartParams.filter((parameter) => parameter !== '-F');
    const settings = { ...SETTINGS, fsync: options.durable ? 'on' : 'off' };
    pglite = await PGlite.create({
      fs: new SyncingNodeFS(options.cluster),
      pgliteWasmModule: options.module,
      startParams: [...parameters, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    });
  } catch (error) {
    post({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
    return;
  }

  let current = 0;
  port.on('message', async (message: ToPgliteWorker) => {
    if (message.type === 'close') {
      await pglite.close();
      port.close();
      return;
    }
    const { connection, bytes } = message;
    // There is one session: the next connection must not inherit the last one's transaction or settings.
    if (connection !== current) {
      if (current !== 0) {
        if (pglite.isInTransaction()) pglite.execProtocolRawSync(simpleQuery('rollback'));
        pglite.execProtocolRawSync(simpleQuery('discard all'));
      }
      current = connection;
    }
    if (bytes[0] === TERMINATE) return;
    const parts: Uint8Array[] = [];
    await pglite.execProtocolRawStream(bytes, { onRawData: (part) => void parts.push(part.slice()) });
    const answer = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      answer.set(part, offset);
      offset += part.length;
    }
    if (answer.length > 0) post({ type: 'bytes', connection, bytes: answer }, [answer.buffer]);
  });
  post({ type: 'open' });
}

/** The protocol's Query message. */
function simpleQuery(text: string): Uint8Array {
  const body = new TextEncoder().encode(`${text}\0`);
  const message = new Uint8Array(5 + body.length);
  message[0] = 'Q'.charCodeAt(0);
  new DataView(message.buffer).setUint32(1, 4 + body.length);
  message.set(body, 5);
  return message;
}

await run(workerData as PgliteWorkerOptions);
