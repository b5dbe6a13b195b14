/**
 * Makes something when it is first asked for, and hands the same out from then on. For schemas of which a program needs
 * a few of many: making one takes longer than using it.
 */
export function whenUsed<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
