import { LineScanner } from './obj/line-scanner.ts';

const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/**
 * Walks over words and numbers separated by any white space, over the ends of lines: ASCII STL and PLY, lists of
 * numbers in XML and VRML. `line` counts as in `LineScanner`.
 */
export class TokenScanner extends LineScanner {
  private readonly commas: boolean;

  /**
   * @param commas whether commas separate as well
   * @param line of the first byte
   */
  constructor(bytes: Uint8Array, commas = false, line = 1) {
    super(bytes, line);
    this.commas = commas;
  }

  /** Returns whether something is left. */
  override skipBlanks(): boolean {
    const { bytes } = this;
    let { pos } = this;
    for (let byte = bytes[pos]; byte !== undefined; byte = bytes[++pos]) {
      if (byte > SPACE && !(byte === COMMA && this.commas)) {
        this.pos = pos;
        return true;
      }
      if (byte === LF || (byte === CR && bytes[pos + 1] !== LF)) this.line++;
    }
    this.pos = pos;
    return false;
  }

  override atBlank(): boolean {
    const byte = this.bytes[this.pos];
    return byte === undefined || byte <= SPACE || (byte === COMMA && this.commas);
  }

  /** What is left of the current line without blanks around it; stays on the line where it is empty. */
  restOfLine(): string {
    const start = this.pos;
    while (this.pos < this.bytes.length && this.bytes[this.pos] !== LF && this.bytes[this.pos] !== CR) this.pos++;
    return TEXT.decode(this.bytes.subarray(start, this.pos)).trim();
  }
}

const TEXT = new TextDecoder();
