/**
 * Measures how long an event takes to a thousand WebSocket clients: from before the transaction that records it, in the
 * process of the server, to each client's message. `node bench/gateway/event-clients.ts [clients] [events]`; the result is
 * kept in `bench/gateway/results/event-clients.json`.
 *
 * The clients run in a process of their own, as they would elsewhere; both share the machine's cores and clock.
 */
import { fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEY, openGateway } from '#services/gateway/testing/open-gateway.ts';
import { keepResult, quantile } from '../machine.ts';

const CLIENTS = Number(process.argv[2] ?? 1000);
const EVENTS = Number(process.argv[3] ?? 50);
const PAUSE_MS = 200;

const gateway = await openGateway();
const clients = fork(join(import.meta.dirname, 'event-listeners.child.ts'), [
  `${gateway.url.replace('http', 'ws')}/v1/events`,
  KEY,
  String(CLIENTS),
]);
/** Milliseconds since the epoch at which each client got each event, by asset. */
const heard = new Map<string, number[]>();
const ready = Promise.withResolvers<void>();
clients.on('message', (message: { ready?: true; assetId?: string; times?: number[] }) => {
  if (message.ready) ready.resolve();
  else if (message.assetId !== undefined) heard.set(message.assetId, message.times ?? []);
});
await ready.promise;

const sent = new Map<string, number>();
for (let event = 0; event < EVENTS; event++) {
  const begin = performance.timeOrigin + performance.now();
  const [assetId] = await gateway.publish(1);
  if (assetId !== undefined) sent.set(assetId, begin);
  await sleep(PAUSE_MS);
}
while (heard.size < EVENTS) await sleep(50);
clients.disconnect();
await gateway.close();

// The first events find code that is not compiled yet.
const counted = [...sent].slice(5);
const taken = counted.flatMap(([assetId, begin]) => (heard.get(assetId) ?? []).map((at) => at - begin));
const tenth = (value: number) => Math.round(value * 10) / 10;
await keepResult(join(import.meta.dirname, 'results', 'event-clients.json'), {
  clients: CLIENTS,
  events: counted.length,
  deliveries: taken.length,
  loadAverage: Math.round(loadavg()[0] ?? 0),
  p50Ms: tenth(quantile(taken, 0.5)),
  p99Ms: tenth(quantile(taken, 0.99)),
  longestMs: tenth(quantile(taken, 1)),
});
