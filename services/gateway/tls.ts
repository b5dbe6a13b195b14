import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Logger } from '#platform/telemetry/logger.ts';

/** Files of a certificate and its key, as PEM. */
export interface TlsFiles {
  /** The chain, the server's own certificate first. */
  certificate: string;
  key: string;
  /** How often the files are looked at; every 10 s unless given. */
  watchMs?: number;
}

/** Whoever renews a certificate replaces them, often by links. */
const WATCH_MS = 10_000;
/** Streams that one connection may have open at once (RFC 9113, 6.5.2). */
const STREAMS = 128;

/**
 * A server that speaks HTTP/2, and HTTP/1.1 to those who ask for no more (ALPN, RFC 7301), over TLS 1.2 or later. When
 * the files change, new connections get the new certificate; a pair that does not fit is left alone, with a warning.
 *
 * @param handler answers requests of either version
 * @throws MaquetteError `config_invalid` when the files cannot be read or do not fit together
 */
export function createTlsServer(files: TlsFiles, handler: RequestListener, logger: Logger): Http2SecureServer {
  let server: Http2SecureServer;
  try {
    server = createSecureServer(
      {
        ...pairOf(files),
        allowHTTP1: true,
        minVersion: 'TLSv1.2',
        settings: { maxConcurrentStreams: STREAMS, maxHeaderListSize: 16 * 1024 },
        // Frames that make work and no progress end the connection (settings, pings, empty frames: CVE-2019-9511 and on).
        maxSessionInvalidFrames: 100,
        maxSessionRejectedStreams: 100,
      },
      handler as unknown as (request: Http2ServerRequest, response: Http2ServerResponse) => void,
    );
  } catch (cause) {
    throw unusable(files, cause);
  }
  const reload = () => {
    try {
      server.setSecureContext(pairOf(files));
      logger.info({ certificate: files.certificate }, 'the certificate was read anew');
    } catch (error) {
      logger.warn(
        { err: error, certificate: files.certificate },
        'the new certificate cannot be used; the old one stays',
      );
    }
  };
  for (const file of [files.certificate, files.key])
    watchFile(file, { interval: files.watchMs ?? WATCH_MS, persistent: false }, reload);
  server.once('close', () => {
    for (const file of [files.certificate, files.key]) unwatchFile(file, reload);
  });
  return server;
}

/** Sessions of HTTP/2, which a server that closes has to end itself. @returns a function that ends them */
export function trackSessions(server: Server | Http2SecureServer): () => void {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  return () => {
    for (const session of sessions) session.destroy();
  };
}

function pairOf({ certificate, key }: TlsFiles) {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}

function unusable({ certificate, key }: TlsFiles, cause: unknown): MaquetteError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MaquetteError('config_invalid', `The certificate ${certificate} and key ${key} cannot be used: ${why}`, {
    remedy: 'Give files in PEM form that belong together.',
    cause,
  });
}
