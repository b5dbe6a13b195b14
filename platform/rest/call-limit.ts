import { callCanceled, noAnswer } from './errors.ts';

/**
 * When a call is given up: when its caller says so, or when its time is over. It costs one timer; the signal for those
 * who work on the call is made only where one of them asks for it, since most are done long before.
 */
export class CallLimit {
  readonly #timer: NodeJS.Timeout;
  readonly #caller: AbortSignal | undefined;
  readonly #leave = () => this.#giveUp(callCanceled());
  #reason: Error | undefined;
  #controller: AbortController | undefined;
  #refuse: ((reason: Error) => void) | undefined;

  /** @param caller what the caller gives the call up by */
  constructor(milliseconds: number, caller?: AbortSignal) {
    this.#timer = setTimeout(() => this.#giveUp(noAnswer(milliseconds)), milliseconds);
    this.#caller = caller;
    if (caller?.aborted) this.#leave();
    else caller?.addEventListener('abort', this.#leave, { once: true });
  }

  /** Whether its caller may give it up before its time is over. */
  get canBeGivenUp(): boolean {
    return this.#caller !== undefined;
  }

  /** Aborts when the call is given up. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /**
   * What `work` comes to, unless it is given up before.
   * @throws MaquetteError `canceled`, or `unavailable` when the time is over
   */
  within<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#refuse = (reason) => {
        this.#end();
        reject(reason);
      };
      if (this.#reason) return this.#refuse(this.#reason);
      work().then((made) => {
        this.#end();
        resolve(made);
      }, this.#refuse);
    });
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#leave);
  }

  #giveUp(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#refuse?.(reason);
  }
}
