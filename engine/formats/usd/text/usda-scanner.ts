import { formatCount, modelMalformed } from '../../errors.ts';

/** What stands between tokens: white space, comments, and the semicolons that may end a statement. */
const GAP = /(?:[\s;]+|#[^\n]*|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*/y;
const NAME = /[\p{L}_][\p{L}\p{M}\p{N}_:]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_:]*)*/uy;
const TYPE = /[A-Za-z_]\w*(?:\[\])?/y;
const STRING = /"""([\s\S]*?)"""|'''([\s\S]*?)'''|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]*(?:\\.[^'\\\n]*)*)'/y;
const ASSET = /@@@([\s\S]*?)@@@|@([^@\n]*)@/y;
const PATH = /<([^>\n]*)>/y;
const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?inf\b|nan\b/y;
/** What may stand between the numbers of arrays of numbers and tuples. */
const BETWEEN_NUMBERS = /(?:[\s,()]+|#[^\n]*)*/y;

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** Reads the tokens of a text layer (USDA, OpenUSD `textFileFormat`) one after the other. */
export class UsdaScanner {
  private readonly text: string;
  private readonly file: string;
  private at = 0;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    this.skip();
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Whether `mark` comes next; if so it is read. */
  take(mark: string): boolean {
    if (!this.text.startsWith(mark, this.at)) return false;
    this.at += mark.length;
    this.skip();
    return true;
  }

  /** Whether `word` comes next as a word of its own; if so it is read. */
  takeWord(word: string): boolean {
    const next = this.text.charAt(this.at + word.length);
    return !/[\w:.]/.test(next) && this.take(word);
  }

  expect(mark: string): void {
    if (!this.take(mark)) this.fail(`"${mark}" is missing here`);
  }

  /** The next character, which stays. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  /** A name, with the name spaces and parts that belong to it: `primvars:st.timeSamples`. */
  name(): string {
    return this.match(NAME)?.[0] ?? this.fail('A name is missing here');
  }

  /** The name of a type: `float3[]`. */
  type(): string {
    return this.match(TYPE)?.[0] ?? this.fail('The name of a type is missing here');
  }

  string(): string | null {
    const found = this.match(STRING);
    if (!found) return null;
    const body = found[1] ?? found[2] ?? found[3] ?? found[4] ?? '';
    return body.replace(/\\([\s\S])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  }

  /** The path of a file between at signs. */
  asset(): string | null {
    const found = this.match(ASSET);
    return found && (found[1] ?? found[2] ?? '');
  }

  /** The path of a prim or property between angle brackets. */
  path(): string | null {
    return this.match(PATH)?.[1] ?? null;
  }

  number(): number | null {
    const found = this.match(NUMBER);
    return found && toNumber(found[0]);
  }

  /** All numbers up to `end`, which is read too, whatever tuples they stand in. */
  numbersUpTo(end: ']' | ')'): number[] {
    const out: number[] = [];
    const between = end === ']' ? BETWEEN_NUMBERS : /[\s,(]*/y;
    let open = end === ')' ? 1 : 0;
    for (;;) {
      between.lastIndex = this.at;
      const gap = between.exec(this.text)![0];
      this.at += gap.length;
      if (end === ')') for (const letter of gap) if (letter === '(') open++;
      if (this.text[this.at] === end) {
        this.at++;
        if (end === ']' || --open === 0) break;
        continue;
      }
      NUMBER.lastIndex = this.at;
      const found = NUMBER.exec(this.text);
      if (!found) this.fail('A number is missing here');
      this.at = NUMBER.lastIndex;
      out.push(toNumber(found[0]));
    }
    this.skip();
    return out;
  }

  /** Leaves out what stands in braces that were opened. */
  skipBlock(): void {
    for (let open = 1; open > 0; ) {
      if (this.isAtEnd) this.fail('A block is not closed');
      if (this.take('{')) open++;
      else if (this.take('}')) open--;
      else if (this.string() === null && this.asset() === null) {
        this.at++;
        this.skip();
      }
    }
  }

  /** @throws MaquetteError `model_malformed` with the line */
  fail(what: string): never {
    let line = 1;
    for (let i = 0; i < this.at; i++) if (this.text.charCodeAt(i) === 10) line++;
    const near = this.text.slice(this.at, this.at + 30).split('\n')[0];
    const found = near ? `, where "${near}" stands` : '';
    throw modelMalformed(`${this.file}: line ${formatCount(line)}`, `${what}${found}.`);
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) return null;
    this.at = pattern.lastIndex;
    this.skip();
    return found;
  }

  private skip(): void {
    GAP.lastIndex = this.at;
    GAP.exec(this.text);
    this.at = GAP.lastIndex;
  }
}

function toNumber(text: string): number {
  if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
}
