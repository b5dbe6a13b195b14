/** A value of a node: a number is written as it is, a text in quotes. */
export type FbxText = string | number;

/** Numbers of an array that become one string at a time. */
const PIECE = 8192;

/** Writes the text form of FBX: nodes with values, blocks in braces, arrays with their length in front. */
export class TextWriter {
  readonly #encoder = new TextEncoder();
  #pieces: Uint8Array[] = [];
  #indent = '';
  #line = '';

  /** A comment. */
  comment(text: string): void {
    this.#put(`; ${text}\n`);
  }

  /** A node that holds values only. */
  node(name: string, ...values: FbxText[]): void {
    this.#put(`${this.#indent}${name}: ${values.map(textOf).join(', ')}\n`);
  }

  /** A node with other nodes inside. */
  block(name: string, values: readonly FbxText[], inner: () => void): void {
    this.#put(`${this.#indent}${name}: ${values.map(textOf).join(', ')} {\n`);
    this.#indent += '\t';
    inner();
    this.#indent = this.#indent.slice(1);
    this.#put(`${this.#indent}}\n`);
  }

  /** An array node. Numbers are written with nine digits, which single precision never exceeds. */
  array(name: string, values: ArrayLike<number>): void {
    this.#put(`${this.#indent}${name}: *${values.length} {\n${this.#indent}\ta: `);
    for (let start = 0; start < values.length; start += PIECE) {
      const end = Math.min(values.length, start + PIECE);
      const texts: string[] = [];
      for (let i = start; i < end; i++) texts.push(numberText(values[i]!));
      this.#put(`${start > 0 ? ',' : ''}${texts.join(',')}`);
    }
    this.#put(`\n${this.#indent}}\n`);
  }

  /** A block of properties: `P: name, type, label, flags, values`. */
  properties(inner: () => void): void {
    this.block('Properties70', [], inner);
  }

  property(name: string, type: string, label: string, flags: string, ...values: FbxText[]): void {
    this.#put(
      `${this.#indent}P: ${[name, type, label, flags].map(textOf).join(', ')}${values.map((value) => `,${textOf(value)}`).join('')}\n`,
    );
  }

  /** Bytes as base 64 in a text of their own, as embedded files are held. */
  content(bytes: Uint8Array): void {
    this.#put(`${this.#indent}Content: ,\n${this.#indent}"`);
    // Whole groups of three bytes, so that the pieces make one text.
    for (let start = 0; start < bytes.length; start += 3 * PIECE) {
      let binary = '';
      for (const byte of bytes.subarray(start, start + 3 * PIECE)) binary += String.fromCharCode(byte);
      this.#put(btoa(binary));
    }
    this.#put('"\n');
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#flush();
    const out = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  #put(text: string): void {
    this.#line += text;
    if (this.#line.length > 1 << 16) this.#flush();
  }

  #flush(): void {
    this.#pieces.push(this.#encoder.encode(this.#line));
    this.#line = '';
  }
}

function textOf(value: FbxText): string {
  return typeof value === 'number' ? numberText(value) : `"${value.replaceAll('"', '&quot;')}"`;
}

/** What is no number, or is beyond all measure, becomes 0: readers stumble over words. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return Object.is(value, -0) ? '0' : String(value);
  if (!Number.isFinite(value)) return '0';
  return String(Number(value.toPrecision(9)));
}
