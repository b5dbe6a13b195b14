import type { Query, Requester } from './request.ts';
import type { StreamItem } from './stream-item.ts';

/** One connection by server-sent events, until it ends. @throws MaquetteError what the server refused it for */
export async function* serverSentEvents(
  requester: Requester,
  query: Query,
  last: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamItem> {
  const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
  const answer = await requester.send('GET', '/v1/events', { query, headers, signal });
  for await (const { id, data } of blocksOf(answer)) {
    if (data !== undefined) yield { type: 'message', message: JSON.parse(data) };
    else if (id !== undefined) yield { type: 'open', id };
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
