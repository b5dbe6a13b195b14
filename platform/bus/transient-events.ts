import type { TransientEvent } from '#contracts/events/events.ts';

/** PostgreSQL takes payloads of NOTIFY shorter than 8000 bytes. */
const LONGEST_PAYLOAD = 7_999;

/**
 * A transient event as the payload of a notification. One that is too long loses the end of its texts for people; null
 * when that is not enough, because nothing depends on a transient event.
 */
export function encodeTransient(event: TransientEvent): string | null {
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) <= LONGEST_PAYLOAD) return payload;
  switch (event.type) {
    case 'job_progress': {
      const bare = JSON.stringify({ ...event, data: { ...event.data, stage: '' } });
      const room = LONGEST_PAYLOAD - Buffer.byteLength(bare);
      if (room < 0) return null;
      return JSON.stringify({ ...event, data: { ...event.data, stage: shorten(event.data.stage, room) } });
    }
    case 'render_progress':
      // Nothing in it is a text for people.
      return null;
    default:
      return event satisfies never;
  }
}

/** As many characters as take no more than `room` bytes in JSON; by code points, so that none is split. */
function shorten(text: string, room: number): string {
  let end = 0;
  let left = room;
  for (const character of text) {
    left -= Buffer.byteLength(JSON.stringify(character)) - 2;
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The inverse; null for what this version does not know. */
export function decodeTransient(payload: string): TransientEvent | null {
  try {
    return JSON.parse(payload) as TransientEvent;
  } catch {
    return null;
  }
}
