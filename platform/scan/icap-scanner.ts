import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Scanner, Verdict } from './scanner.ts';

const PORT = 1344;
const MOST_ANSWER = 64 * 1024;

/**
 * A scanner that speaks ICAP (RFC 3507), as c-icap and the gateways of most vendors do: each file is sent as the body of
 * a response that is to be modified (RESPMOD). 204 means that nothing is to be changed: clean. Any other success means
 * that something is, and the headers say what (`X-Infection-Found`, `X-Violations-Found`, `X-Virus-ID`).
 *
 * @param url `icap://host:port/service`
 * @param timeoutMs without a byte either way
 */
export function icapScanner(url: URL, { timeoutMs }: { timeoutMs: number }): Scanner {
  return {
    async scan({ name, bytes }, open, signal) {
      const socket = connect(Number(url.port || PORT), url.hostname);
      socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`${url.host} was silent for ${timeoutMs} ms`)));
      const abort = () => socket.destroy(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      try {
        const answer = readAnswer(socket);
        answer.catch(() => {});
        await Promise.race([send(socket, url, name, bytes, await open()), answer]);
        return verdictOf(await answer);
      } finally {
        signal?.removeEventListener('abort', abort);
        socket.destroy();
      }
    },
  };
}

/** The request: encapsulated HTTP headers, then the file in chunks. */
async function send(socket: Socket, url: URL, name: string, bytes: number, body: Readable): Promise<void> {
  const requested = `GET http://maquette.invalid/${encodeURIComponent(name)} HTTP/1.1\r\nHost: maquette.invalid\r\n\r\n`;
  const responded = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`;
  const parts = [
    `req-hdr=0`,
    `res-hdr=${Buffer.byteLength(requested)}`,
    `res-body=${Buffer.byteLength(requested + responded)}`,
  ];
  const head = [
    `RESPMOD ${url.href} ICAP/1.0`,
    `Host: ${url.host}`,
    'User-Agent: Maquette',
    'Allow: 204',
    'Connection: close',
    `Encapsulated: ${parts.join(', ')}`,
  ].join('\r\n');
  try {
    await write(socket, `${head}\r\n\r\n${requested}${responded}`);
    for await (const chunk of body) {
      await write(socket, `${chunk.length.toString(16)}\r\n`);
      await write(socket, chunk);
      await write(socket, '\r\n');
    }
    await write(socket, '0\r\n\r\n');
  } catch (error) {
    // The answer may have come before the end of the file; without one, its reader fails with the reason.
    if (!socket.destroyed) throw error;
  } finally {
    body.destroy();
  }
}

function write(socket: Socket, data: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve())));
}

/** Status and headers of the answer. */
function readAnswer(socket: Socket): Promise<{ status: number; headers: Map<string, string> }> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      // The server goes on with the file as it is, once it has seen a part of it.
      text = text.replace(/^ICAP\/1\.\d 100 .*?\r\n\r\n/s, '');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 && text.length > MOST_ANSWER) return void socket.destroy(new Error('the answer has no end'));
      if (end < 0) return;
      const [first = '', ...lines] = text.slice(0, end).split('\r\n');
      const status = Number(/^ICAP\/1\.\d (\d{3})/.exec(first)?.[1]);
      const headers = lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      });
      resolve({ status, headers: new Map(headers) });
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the scanner closed the connection without an answer')));
  });
}

function verdictOf({ status, headers }: { status: number; headers: Map<string, string> }): Verdict {
  if (status === 204) return { clean: true };
  const found = headers.get('x-infection-found') ?? headers.get('x-violations-found') ?? headers.get('x-virus-id');
  if (status >= 200 && status < 300) {
    // `Type=0; Resolution=2; Threat=Eicar-Test-Signature;`
    return { clean: false, finding: /Threat=([^;]+)/.exec(found ?? '')?.[1] ?? found ?? 'changed by the scanner' };
  }
  throw new Error(`the ICAP server answered ${status}`);
}
