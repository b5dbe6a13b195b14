/** The runs of one name that go on at the moment. */
interface Turn<Item, Result> {
  /** Has begun: what it finds may be older than whoever comes now. */
  running: Promise<unknown>;
  /** Begins when the running one ends, with all who come until then. */
  next: { items: Item[]; result: Promise<Result> } | undefined;
}

/**
 * Lets those who come for one name while a run of it is under way share the next one. Each gets the result of a run that
 * began after they came, so nothing is kept and nothing is older than a run of their own would find. Whoever comes alone
 * has theirs at once.
 *
 * @param run for all who came, in their order; one at a time for each name
 * @returns comes for a name, with an item; it rejects as the run does
 */
export function inTurns<Name, Item, Result>(
  run: (name: Name, items: readonly Item[]) => Promise<Result>,
): (name: Name, item: Item) => Promise<Result> {
  const turns = new Map<Name, Turn<Item, Result>>();

  function begin(name: Name, items: readonly Item[]): Promise<Result> {
    const result = run(name, items);
    const turn: Turn<Item, Result> = { running: result, next: undefined };
    turns.set(name, turn);
    const ended = () => {
      if (turn.next === undefined) turns.delete(name);
    };
    result.then(ended, ended);
    return result;
  }

  return (name, item) => {
    const turn = turns.get(name);
    if (turn === undefined) return begin(name, [item]);
    if (turn.next === undefined) {
      const items: Item[] = [];
      const further = () => begin(name, items);
      turn.next = { items, result: turn.running.then(further, further) };
    }
    turn.next.items.push(item);
    return turn.next.result;
  };
}
