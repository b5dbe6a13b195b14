/** WebSocket clients of `event-clients.ts`: tells its parent when all listen, and when all have got an event. */
import WebSocket from 'ws';

const [url = '', key = '', count = '0'] = process.argv.slice(2);
const times = new Map<string, number[]>();
let listening = 0;
const tell = (message: object) => process.connected && process.send?.(message);
for (let client = 0; client < Number(count); client++) {
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` }, perMessageDeflate: false });
  socket.on('message', (data) => {
    const now = performance.timeOrigin + performance.now();
    const message = JSON.parse(String(data));
    if (message.type === 'ready') {
      listening += 1;
      if (listening === Number(count)) tell({ ready: true });
      return;
    }
    const { assetId } = message.data;
    const got = times.get(assetId) ?? [];
    times.set(assetId, got);
    got.push(now);
    if (got.length === Number(count)) tell({ assetId, times: got });
  });
  // As many at once as a queue of connections takes.
  await new Promise((resolve) => socket.once('open', resolve));
}
process.on('disconnect', () => process.exit());
