import type { TransientEvent } from '#contracts/events/events.ts';

/** PostgreSQL takes payloads of NOTIFY shorter than 8000 bytes. */
const LONGEST_PAYLOAD = 7_999;

/**
 * A transient event as the payload of a notification. One that is too long loses the end of its texts for people; null
 * when that is not enough, because nothing depends on a transient event.
 */
export function encodeTransient(event: TransientEvent): string | null {
  const payload = JSON.stringify(event);
  const excess = Buffer.byteLength(payload) - LONGEST_PAYLOAD;
  if (excess <= 0) return payload;
  switch (event.type) {
    case 'job_progress': {
      // A character takes at least one byte, so this cuts enough; by code points, so that none is split.
      const stage = [...event.data.stage];
      if (stage.length <= excess) return null;
      return encodeTransient({ ...event, data: { ...event.data, stage: stage.slice(0, -excess).join('') } });
    }
  }
}

/** The inverse; null for what this version does not know. */
export function decodeTransient(payload: string): TransientEvent | null {
  try {
    return JSON.parse(payload) as TransientEvent;
  } catch {
    return null;
  }
}
