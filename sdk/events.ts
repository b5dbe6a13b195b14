import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AnyEvent, EventType } from '#contracts/events/events.ts';
import type { AssetId, JobId, ProjectId } from '#contracts/ids/ids.ts';
import type { ClosingMessage } from '#contracts/socket/messages.ts';
import type { Requester } from './request.ts';

/** Which events to listen to, and from where. */
export interface EventOptions {
  project?: ProjectId;
  asset?: AssetId;
  job?: JobId;
  types?: EventType[];
  /** Begin with what came after this event; with what happens from now on unless given. */
  lastEventId?: string;
  /** Told when the stream is open, with the position that it begins at: what happens from now on will be heard. */
  onOpen?: (lastEventId: string) => void;
  signal?: AbortSignal;
}

const RETRY_MS = { first: 250, longest: 15_000 };

/**
 * Events as they happen, in order, without gap or repetition: a lost connection is made again from the last one.
 * Ends when the signal aborts or the loop is left.
 *
 * @throws MaquetteError when the server refuses, e.g. `unauthenticated`; not when it is away for a while.
 */
export async function* listenToEvents(requester: Requester, options: EventOptions = {}): AsyncGenerator<AnyEvent> {
  const { project, asset, job, types, onOpen, signal } = options;
  let last = options.lastEventId;
  let wait = RETRY_MS.first;
  let opened = false;
  while (!signal?.aborted) {
    const left = new AbortController();
    const either = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
    try {
      const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
      const query = { project, asset, job, types: types?.join(',') };
      const answer = await requester.send('GET', '/v1/events', { query, headers, signal: either });
      for await (const block of blocksOf(answer)) {
        wait = RETRY_MS.first;
        if (block.id !== undefined) last = block.id;
        if (block.data === undefined) {
          if (block.id !== undefined && !opened) {
            opened = true;
            onOpen?.(block.id);
          }
          continue;
        }
        const message = JSON.parse(block.data) as AnyEvent | ClosingMessage;
        if (message.type !== 'closing') yield message;
        else if (message.reason === 'unauthenticated' || message.reason === 'forbidden') {
          throw new MaquetteError(message.reason, message.message);
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      // A refusal stays one, however often it is asked for; whatever else broke the stream may be over in a moment.
      if (error instanceof MaquetteError && error.fault === 'input') throw error;
    } finally {
      left.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
    wait = Math.min(wait * 2, RETRY_MS.longest);
  }
}

/** The blocks of a stream of server-sent events: `id` and `data`. Comments come as neither. */
async function* blocksOf(answer: Response): AsyncGenerator<{ id?: string; data?: string }> {
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function parseBlock(block: string): { id?: string; data?: string } {
  const parsed: { id?: string; data?: string } = {};
  for (const line of block.split('\n')) {
    if (line.startsWith('id: ')) parsed.id = line.slice(4);
    else if (line.startsWith('data: ')) parsed.data = line.slice(6);
  }
  return parsed;
}
