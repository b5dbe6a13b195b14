import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { KEY, OWNER, openGateway, type TestGateway } from './testing/open-gateway.ts';

const run = promisify(execFile);

describe('a gateway with a certificate', () => {
  let folder: string;
  let gateway: TestGateway;
  let port: number;
  const authorization = `Bearer ${KEY}`;

  /** Makes a certificate for a name. */
  async function certify(name: string): Promise<void> {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      ...files,
    ]);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maquette-tls-'));
    await Promise.all([certify('first'), certify('second')]);
    const tls = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key'), watchMs: 50 };
    await copyFile(join(folder, 'first.crt'), tls.certificate);
    await copyFile(join(folder, 'first.key'), tls.key);
    gateway = await openGateway({ tls });
    port = Number(new URL(gateway.url).port);
  });
  afterAll(async () => {
    await gateway?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function nameOfCertificate(): Promise<string | string[] | undefined> {
    const socket: TLSSocket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
  }

  it('speaks HTTP/2, with bodies, errors and streams of events', async () => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const call = async (headers: Record<string, string>, body?: string) => {
      const stream = session.request({ authorization, ...headers }, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      const [answer] = await once(stream, 'response');
      let text = '';
      for await (const chunk of stream) text += chunk;
      return { status: answer[':status'], headers: answer, json: JSON.parse(text) };
    };
    const made = await call(
      { ':path': '/v1/projects', ':method': 'POST', 'content-type': 'application/json' },
      '{"name":"By HTTP/2"}',
    );
    expect(made).toMatchObject({ status: 201, json: { name: 'By HTTP/2' } });
    expect(made.headers['strict-transport-security']).toMatch(/max-age=\d+/);
    const read = await call({ ':path': `/v1/projects/${made.json.id}` });
    expect(read).toMatchObject({ status: 200, json: made.json });
    expect(await call({ ':path': '/v1/nothing' })).toMatchObject({ status: 404, json: { code: 'not_found' } });
    const events = session.request({ authorization, ':path': '/v1/events', accept: 'text/event-stream' });
    let heard = '';
    events.on('data', (chunk) => (heard += chunk));
    await expect.poll(() => heard).toContain('retry:');
    await gateway.publish(1);
    await expect.poll(() => heard).toContain('asset_deleted');
    events.close();
    session.close();
  });

  it('speaks HTTP/1.1 and WebSocket to who asks for no more', async () => {
    const call = request({ port, host: '127.0.0.1', path: '/healthz', rejectUnauthorized: false }).end();
    const [answer] = await once(call, 'response');
    expect([answer.statusCode, answer.httpVersion]).toEqual([200, '1.1']);
    answer.resume();
    const socket = new WebSocket(`wss://127.0.0.1:${port}/v1/events`, {
      headers: { authorization },
      rejectUnauthorized: false,
    });
    const [ready] = await once(socket, 'message');
    expect(JSON.parse(String(ready)).type).toBe('ready');
    socket.close();
    const old = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.1' });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
  });

  it('gives cookies that no neighbour under the same domain can set, and takes no others', async () => {
    const call = async (method: string, path: string, headers: Record<string, string>, body = '') => {
      const sent = request({ port, host: '127.0.0.1', path, method, headers, rejectUnauthorized: false }).end(body);
      const [answer] = await once(sent, 'response');
      answer.resume();
      return { status: answer.statusCode, cookie: String(answer.headers['set-cookie'] ?? '').split(';') };
    };
    const { email, password } = OWNER;
    const json = { 'content-type': 'application/json' };
    const signedIn = await call('POST', '/v1/auth/sign-in', json, JSON.stringify({ email, password }));
    const [pair = '', ...attributes] = signedIn.cookie;
    expect(pair).toMatch(/^__Host-maquette=mqs_/);
    expect(attributes.map((attribute) => attribute.trim())).toEqual(
      expect.arrayContaining(['Path=/', 'Secure', 'HttpOnly']),
    );
    expect((await call('GET', '/v1/me', { cookie: pair })).status).toBe(200);
    expect((await call('GET', '/v1/me', { cookie: pair.replace('__Host-', '') })).status).toBe(401);
  });

  it('takes a renewed certificate without a restart, and leaves a broken one alone', async () => {
    expect(await nameOfCertificate()).toBe('first');
    await copyFile(join(folder, 'second.crt'), join(folder, 'tls.crt'));
    await copyFile(join(folder, 'second.key'), join(folder, 'tls.key'));
    await expect.poll(nameOfCertificate, { timeout: 10_000 }).toBe('second');
    await copyFile(join(folder, 'first.crt'), join(folder, 'tls.crt'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await nameOfCertificate()).toBe('second');
  });
});
