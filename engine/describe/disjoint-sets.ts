/** Sets of numbers that are merged (union-find with path halving): almost constant time for each step. */
export class DisjointSets {
  private readonly parents: Uint32Array;

  /** Every number below `count` is a set of its own. */
  constructor(count: number) {
    this.parents = new Uint32Array(count);
    for (let i = 0; i < count; i++) this.parents[i] = i;
  }

  /** The number that stands for the set of `item`: its smallest. */
  find(item: number): number {
    const { parents } = this;
    let at = item;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  union(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)];
    if (first < second) this.parents[second] = first;
    else this.parents[first] = second;
  }
}
