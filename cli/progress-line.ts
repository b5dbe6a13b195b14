/** Milliseconds between two drawings of the line. */
const INTERVAL_MS = 100;
const WIDTH = 30;

/** A line on a terminal that shows how much is done. */
export interface ProgressLine {
  /** @param share 0 to 1 */
  show(share: number): void;
  /** Takes the line away. */
  clear(): void;
}

/** Shows progress on `stream` while it is a terminal, and nothing anywhere else. */
export function progressLine(
  stream: { isTTY?: boolean; write(text: string): unknown },
  now: () => number = () => performance.now(),
): ProgressLine {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    show(share) {
      if (now() - drawnAt < INTERVAL_MS) return;
      drawnAt = now();
      drawn = true;
      const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
      const percent = String(Math.floor(share * 100)).padStart(3);
      stream.write(`\r[${'#'.repeat(done)}${' '.repeat(WIDTH - done)}] ${percent} %`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[K');
      drawn = false;
    },
  };
}
