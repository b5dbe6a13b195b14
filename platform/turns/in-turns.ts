import { AsyncLocalStorage } from 'node:async_hooks';

/** The run of a name that goes on at the moment, and who waits for the next one. */
interface Turn<Item, Result> {
  /** Begins when the running one ends, which may find what is older than whoever comes now. */
  next: NextRun<Item, Result> | undefined;
}

interface NextRun<Item, Result> {
  items: Item[];
  result: Promise<Result>;
  settle(run: Promise<Result>): void;
  /** Does something in the name of whoever came first for it, and not of those who wait for the run before. */
  inContext<T>(work: () => T): T;
}

/**
 * Lets those who come for one name while a run of it is under way share the next one. Each gets the result of a run that
 * began after they came, so nothing is kept and nothing is older than a run of their own would find. Whoever comes alone
 * has theirs at once.
 *
 * The next run begins before those who waited for the last one hear of it: what they do then, and what it waits for, go on
 * at the same time.
 *
 * @param run for all who came, in their order; one at a time for each name. It rejects and never throws. `following` tells whether it begins because
 *   another has just ended
 * @returns comes for a name, with an item; it rejects as the run does
 */
export function inTurns<Name, Item, Result>(
  run: (name: Name, items: readonly Item[], following: boolean) => Promise<Result>,
): (name: Name, item: Item) => Promise<Result> {
  const turns = new Map<Name, Turn<Item, Result>>();

  function begin(name: Name, items: readonly Item[], following: boolean): Promise<Result> {
    const result = run(name, items, following);
    const turn: Turn<Item, Result> = { next: undefined };
    turns.set(name, turn);
    const ended = () => {
      const { next } = turn;
      if (next === undefined) turns.delete(name);
      else next.settle(next.inContext(() => begin(name, next.items, true)));
    };
    // The first to hear of the end, since nobody has the promise yet.
    result.then(ended, ended);
    return result;
  }

  return (name, item) => {
    const turn = turns.get(name);
    if (turn === undefined) return begin(name, [item], false);
    if (turn.next === undefined) {
      const { promise, resolve } = Promise.withResolvers<Result>();
      turn.next = { items: [], result: promise, settle: resolve, inContext: AsyncLocalStorage.snapshot() };
    }
    turn.next.items.push(item);
    return turn.next.result;
  };
}
