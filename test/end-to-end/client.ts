import { WebSocket } from 'ws';
import { AnyEvent } from '#contracts/events/events.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { KEY, type TestServer } from './server.ts';

const HEADERS = { authorization: `Bearer ${KEY}` };

/** A request to the server under test, with its key. */
export function request(server: TestServer, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    ...init,
    headers: { ...HEADERS, ...(init.headers as Record<string, string>) },
  });
}

/** A request whose answer is JSON. */
export async function requestJson<T>(
  server: TestServer,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; headers: Headers; body: T }> {
  const answer = await request(server, path, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as T };
}

/** Uploads files as one model, as `curl -F file=@…` does. */
export function upload(server: TestServer, files: { name: string; bytes: Uint8Array }[], name?: string) {
  const form = new FormData();
  if (name !== undefined) form.set('name', name);
  for (const file of files) form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name);
  return requestJson<Asset>(server, '/v1/assets', { method: 'POST', body: form });
}

/** Polls an asset until it is `ready` or `failed`. */
export async function settled(server: TestServer, id: string, seconds = 60): Promise<Asset> {
  const deadline = performance.now() + seconds * 1000;
  while (true) {
    const { body } = await requestJson<Asset>(server, `/v1/assets/${id}`);
    if (body.state === 'ready' || body.state === 'failed') return body;
    if (performance.now() > deadline) throw new Error(`${id} is still ${body.state} after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A WebSocket on the events, which keeps everything it hears. */
export class EventListener {
  readonly heard: AnyEvent[] = [];
  private readonly socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message: unknown = JSON.parse(String(data));
      const event = AnyEvent.safeParse(message);
      if (event.success) this.heard.push(event.data);
    });
  }

  /** Resolves when the server has said where the stream begins (EV-8): what is recorded from then on is heard. */
  static async open(server: TestServer, query = ''): Promise<EventListener> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/events${query}`, { headers: HEADERS });
    const listener = new EventListener(socket);
    await new Promise<void>((ready, failed) => {
      socket.on('message', (data) => {
        if (JSON.parse(String(data)).type === 'ready') ready();
      });
      socket.once('error', failed);
      socket.once('close', (code) => failed(new Error(`the stream was closed with ${code}`)));
    });
    return listener;
  }

  /** Types of the recorded events of one asset so far, in order. */
  typesOf(assetId: string): string[] {
    return this.heard
      .filter((event) => event.id !== null && 'assetId' in event.data && event.data.assetId === assetId)
      .map(({ type }) => type);
  }

  /** Waits until an event fits. */
  async waitFor(fits: (event: AnyEvent) => boolean, seconds = 60): Promise<AnyEvent> {
    const deadline = performance.now() + seconds * 1000;
    while (true) {
      const event = this.heard.find(fits);
      if (event) return event;
      if (performance.now() > deadline)
        throw new Error(
          `nothing that fits was heard in ${seconds} s; heard: ${this.heard.map(({ type }) => type).join(', ')}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    this.socket.close();
  }
}

/** Reads server-sent events after an id until `count` have come. */
export async function readServerSentEvents(server: TestServer, after: string, count: number): Promise<AnyEvent[]> {
  const controller = new AbortController();
  const answer = await request(server, '/v1/events', {
    headers: { accept: 'text/event-stream', 'last-event-id': after },
    signal: controller.signal,
  });
  const events: AnyEvent[] = [];
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk);
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const data = message
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5))
        .join('\n');
      if (data.trim() === '') continue;
      const event = AnyEvent.safeParse(JSON.parse(data));
      if (event.success && event.data.id !== null) events.push(event.data);
    }
    if (events.length >= count) break;
  }
  controller.abort();
  return events;
}
