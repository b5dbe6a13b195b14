/** A bell: `wait` returns when it rings, at once when it has rung since the last wait. */
export class WakeUp {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Waits for the bell, for `waitMs` at most. One waiter at a time. */
  async wait(waitMs = Number.POSITIVE_INFINITY): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timeout = Number.isFinite(waitMs) ? setTimeout(resolve, waitMs) : null;
        this.#wake = () => {
          if (timeout !== null) clearTimeout(timeout);
          resolve();
        };
      });
      this.#wake = null;
    }
    this.#rung = false;
  }
}
