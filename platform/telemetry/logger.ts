import * as opentelemetry from '@opentelemetry/api';
import pino, { type Logger } from 'pino';
import { currentContext } from './context.ts';

export type { Logger };

/** Levels of the log, `silent` for none. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names under which secrets could reach a log line; their values are replaced. */
const SECRET_PATHS = [
  'authorization',
  'key',
  'apiKey',
  'secret',
  'password',
  'headers.authorization',
  'headers.cookie',
  'req.headers.authorization',
  'req.headers.cookie',
];

/**
 * A logger that writes one JSON document a line to standard error, with request and trace ids, and never a secret.
 * Standard output stays free for what a command prints.
 */
export function createLogger(options: { level: LogLevel; service?: string }): Logger {
  return pino(
    {
      level: options.level,
      base: options.service === undefined ? {} : { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
      formatters: { level: (label) => ({ level: label }) },
      mixin() {
        const requestId = currentContext()?.requestId;
        const span = opentelemetry.trace.getActiveSpan()?.spanContext();
        return { ...(requestId && { requestId }), ...(span && { traceId: span.traceId, spanId: span.spanId }) };
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
