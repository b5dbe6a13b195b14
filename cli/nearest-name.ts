/** The name that somebody most likely meant: no more than a third of its letters are other ones. */
export function nearestOf(word: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const changes = changesBetween(word, name);
    if (changes < least && changes <= Math.max(1, Math.floor(name.length / 3))) [nearest, least] = [name, changes];
  }
  return nearest;
}

/** Letters to insert, delete, replace or swap to make one word of another (Damerau and Levenshtein). */
function changesBetween(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const changes = (at: number, to: number) => rows[at]?.[to] ?? Number.POSITIVE_INFINITY;
  for (let at = 1; at <= left.length; at += 1) {
    rows.push([at]);
    for (let to = 1; to <= right.length; to += 1) {
      const replaced = changes(at - 1, to - 1) + (left[at - 1] === right[to - 1] ? 0 : 1);
      const swapped = left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1];
      const least = Math.min(replaced, changes(at - 1, to) + 1, changes(at, to - 1) + 1);
      rows[at]?.push(swapped ? Math.min(least, changes(at - 2, to - 2) + 1) : least);
    }
  }
  return changes(left.length, right.length);
}
