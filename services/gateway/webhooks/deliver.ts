import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { DeliveryOutcome } from '#contracts/jobs/job-kinds.ts';
import type { JobHandler } from '#platform/jobs/worker.ts';
import type { Outbound, OutboundAnswer } from '#platform/outbound/outbound.ts';
import { signedHeaders } from './signature.ts';

/** An endpoint has so long for its whole answer, and may be silent for as long. */
const TOTAL_MS = 20_000;
/** What is read of an answer; the rest is left alone. */
const ANSWER_BYTES = 8 * 1024;
/** What is kept of it for the log. */
const SHOWN_CHARACTERS = 1000;

/**
 * Sends messages to webhooks: one signed POST each, without following redirects, to public addresses and those that the
 * operator allows. Whatever comes of it is the result; the data service decides what it means.
 */
export function deliverWebhooks(outbound: Outbound): JobHandler<'webhook.deliver'> {
  return async ({ payload: { message } }, { signal }): Promise<DeliveryOutcome> => {
    if (message === undefined) return failed(0, 'the webhook is switched off');
    const begun = performance.now();
    const elapsed = () => Math.round(performance.now() - begun);
    try {
      const answer = await outbound.request({
        method: 'POST',
        url: message.url,
        headers: {
          ...signedHeaders(message, Math.floor(Date.now() / 1000)),
          'content-type': 'application/json',
          'user-agent': 'Maquette-Webhooks',
        },
        body: Buffer.from(message.body),
        anyAnswer: true,
        limits: { bytes: ANSWER_BYTES, totalMs: TOTAL_MS, stallMs: TOTAL_MS },
        signal,
      });
      const response = await beginningOf(answer);
      return {
        status: answer.status,
        milliseconds: elapsed(),
        response,
        error: null,
        retryAfterSeconds: secondsOf(answer.headers['retry-after']),
      };
    } catch (thrown) {
      // The job was canceled, its lease lost, or the worker stops: no word about the endpoint.
      if (signal.aborted) throw thrown;
      return failed(elapsed(), MaquetteError.from(thrown).message);
    }
  };
}

function failed(milliseconds: number, error: string): DeliveryOutcome {
  return { status: null, milliseconds, response: null, error, retryAfterSeconds: null };
}

/** The beginning of the answer as text that the database takes. A body that breaks off changes nothing. */
async function beginningOf(answer: OutboundAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of answer.body) parts.push(part);
  } catch {
    // Too long, or cut off: the status has come, and that is what counts.
  }
  answer.discard();
  const text = Buffer.concat(parts).toString('utf8').replaceAll('\0', '\uFFFD');
  return text.slice(0, SHOWN_CHARACTERS).toWellFormed();
}

/** `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as seconds; null when it says neither. */
function secondsOf(header: string | undefined): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, (time - Date.now()) / 1000);
}
