import { release } from './growable.ts';

/** Corners of one position that are compared before another copy is made: keeps fans around one point linear. */
const MAX_CHAIN = 64;

/** Room for this many corners at most is taken on a guess. */
const MOST_EXPECTED = 1 << 23;

/** Room for this many corners at least. */
const FEWEST = 1024;

/** Numbers of one corner: position, texture coordinate, normal, and the next corner at the same position. */
const STRIDE = 4;

/**
 * The different corners of a model, each a position with a texture coordinate and a normal. Most corners of a mesh are
 * corners of several faces: kept once, a face needs one number for each.
 *
 * In many large files all three have the same number at every corner. As long as that is so, it is the number of the
 * corner too, and nothing is kept.
 */
export class CornerTable {
  length = 0;
  /** What the corners have beside their position while they are plain; null before the first, and when one is not. */
  private plain: { texcoord: boolean; normal: boolean } | null = null;
  private expected = 0;
  private records = new Int32Array(0);
  /** The last corner at each position, from 1; 0 for none. */
  private heads = new Int32Array(0);

  /** Whether every corner has the number of its position, and texture coordinate and normal, where it has them, too. */
  get isPlain(): boolean {
    return this.plain !== null;
  }

  /**
   * The number of a corner, a new one where there is none like it.
   *
   * @param position from 0
   * @param texcoord from 0, -1 for none
   * @param normal from 0, -1 for none
   */
  add(position: number, texcoord: number, normal: number): number {
    const { plain } = this;
    if (plain) {
      if (texcoord === (plain.texcoord ? position : -1) && normal === (plain.normal ? position : -1)) {
        if (position >= this.length) this.length = position + 1;
        return position;
      }
      this.writeOut(plain);
    } else if (this.length === 0 && isPlainCorner(position, texcoord, normal)) {
      this.plain = { texcoord: texcoord >= 0, normal: normal >= 0 };
      this.length = position + 1;
      return position;
    }
    if (position >= this.heads.length) this.growHeads(position);
    const { records } = this;
    const head = this.heads[position]! - 1;
    for (let at = head, steps = 0; at >= 0 && steps < MAX_CHAIN; at = records[at * STRIDE + 3]!, steps++) {
      if (records[at * STRIDE + 1] === texcoord && records[at * STRIDE + 2] === normal) return at;
    }
    return this.append(position, texcoord, normal, head);
  }

  /** Says how many corners there may become. */
  expect(length: number): void {
    this.expected = Math.min(length, MOST_EXPECTED);
  }

  positionOf(corner: number): number {
    return this.plain ? corner : this.records[corner * STRIDE]!;
  }

  texcoordOf(corner: number): number {
    if (this.plain) return this.plain.texcoord ? corner : -1;
    return this.records[corner * STRIDE + 1]!;
  }

  normalOf(corner: number): number {
    if (this.plain) return this.plain.normal ? corner : -1;
    return this.records[corner * STRIDE + 2]!;
  }

  /** Writes records of the corners that needed none until now. Positions that were left out get one, too. */
  private writeOut({ texcoord, normal }: { texcoord: boolean; normal: boolean }): void {
    const count = this.length;
    this.plain = null;
    this.length = 0;
    for (let position = 0; position < count; position++) {
      if (position >= this.heads.length) this.growHeads(position);
      this.append(position, texcoord ? position : -1, normal ? position : -1, -1);
    }
  }

  private append(position: number, texcoord: number, normal: number, next: number): number {
    const at = this.length * STRIDE;
    if (at === this.records.length) {
      this.records = grown(this.records, Math.max(at * 2, this.expected * STRIDE, FEWEST * STRIDE));
    }
    const { records } = this;
    records[at] = position;
    records[at + 1] = texcoord;
    records[at + 2] = normal;
    records[at + 3] = next;
    this.heads[position] = ++this.length;
    return this.length - 1;
  }

  private growHeads(position: number): void {
    this.heads = grown(this.heads, Math.max(position + 1, this.heads.length * 2, this.expected, FEWEST));
  }
}

function isPlainCorner(position: number, texcoord: number, normal: number): boolean {
  return (texcoord === -1 || texcoord === position) && (normal === -1 || normal === position);
}

function grown(list: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(list);
  release(list);
  return larger;
}
