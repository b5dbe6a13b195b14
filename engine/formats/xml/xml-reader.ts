import { formatCount, modelMalformed } from '../errors.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { LineScanner } from '../obj/line-scanner.ts';

/** What `next` found: a tag that opens, one that closes, text between tags, the end of the document. */
export type XmlEvent = 'open' | 'close' | 'text' | 'end';

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const SPACE = 0x20;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const AMPERSAND = 0x26;

/** Deeper documents are no models, and would overflow whoever walks over them. */
const MAX_DEPTH = 400;
const MAX_ATTRIBUTES = 256;
/** Between two reports of the progress. */
const TOLD_BYTES = 1 << 20;

/**
 * Pulls tags and texts out of XML (1.0, fifth edition) in UTF-8 bytes, without making strings of what nobody asks
 * for. Checks that tags match. A document type declaration is skipped; one that declares entities is refused, since
 * entities that hold entities unfold without bound.
 */
export class XmlReader {
  /** Name of the tag with its prefix; of the last tag for text. */
  name = '';
  private readonly bytes: Uint8Array;
  private readonly file: string;
  private readonly open: string[] = [];
  private readonly attributes = new Int32Array(MAX_ATTRIBUTES * 4);
  private attributeCount = 0;
  private readonly numbers: ValueScanner;
  private readonly names = new Map<number, { bytes: Uint8Array; name: string }>();
  private pos = 0;
  private textStart = 0;
  private textEnd = 0;
  private isCdata = false;
  private closing = false;
  private readonly progress: ImportProgress;
  /** Where the progress is told next. */
  private toldAt = 0;

  /**
   * @param file name for messages
   * @param progress told of the share that was read
   */
  constructor(bytes: Uint8Array, file: string, progress: ImportProgress = NO_PROGRESS) {
    this.bytes = bytes;
    this.file = file;
    this.progress = progress;
    this.numbers = new ValueScanner(bytes);
  }

  /** How many tags are open around the current position, the current one included. */
  get depth(): number {
    return this.open.length;
  }

  /** The name of the tag without its prefix. */
  get localName(): string {
    const colon = this.name.indexOf(':');
    return colon < 0 ? this.name : this.name.slice(colon + 1);
  }

  /**
   * Moves on. An empty tag (`<a/>`) opens and then closes.
   *
   * @throws MaquetteError `model_malformed` with the line
   */
  next(): XmlEvent {
    const { bytes } = this;
    if (this.closing) {
      this.closing = false;
      return this.close();
    }
    for (;;) {
      if (this.pos >= bytes.length) {
        if (this.open.length > 0) this.fail(`The file ends inside of <${this.open.at(-1)}>.`);
        return 'end';
      }
      if (bytes[this.pos] !== LT) {
        if (this.readText()) return 'text';
        continue;
      }
      const second = bytes[this.pos + 1];
      if (second === SLASH) return this.readClose();
      if (second === 0x3f) this.skipPast('?>');
      else if (second === 0x21) {
        if (this.startsWith('<!--')) this.skipPast('-->');
        else if (this.startsWith('<![CDATA[')) {
          this.textStart = this.pos + 9;
          this.skipPast(']]>');
          this.textEnd = this.pos - 3;
          this.isCdata = true;
          return 'text';
        } else this.skipDeclaration();
      } else return this.readOpen();
    }
  }

  /** Skips the rest of the element that was just opened. */
  skip(): void {
    const depth = this.open.length;
    while (this.open.length >= depth) this.next();
  }

  /** The attribute of that name (with its prefix, if any) of the tag that was just opened. */
  attribute(name: string): string | null {
    const at = this.find(name);
    return at < 0 ? null : decodeText(this.bytes.subarray(this.attributes[at + 2]!, this.attributes[at + 3]!));
  }

  /** Names and values of all attributes of the tag that was just opened. */
  listAttributes(): [string, string][] {
    return Array.from({ length: this.attributeCount }, (_, i) => {
      const [a, b, c, d] = this.attributes.subarray(i * 4, i * 4 + 4);
      return [decodeText(this.bytes.subarray(a, b)), decodeText(this.bytes.subarray(c, d))];
    });
  }

  /** An attribute as a number; NaN where it is missing or none. */
  number(name: string): number {
    const at = this.find(name);
    return at < 0 ? Number.NaN : this.numbers.read(this.attributes[at + 2]!, this.attributes[at + 3]!);
  }

  /** The text that was just found, with its entities replaced. */
  text(): string {
    const range = this.bytes.subarray(this.textStart, this.textEnd);
    return this.isCdata ? UTF8.decode(range) : decodeText(range);
  }

  /** The bytes of the text that was just found, as they are in the file. */
  textBytes(): Uint8Array {
    return this.bytes.subarray(this.textStart, this.textEnd);
  }

  /** Where the reader is, for messages. */
  where(): string {
    let line = 1;
    for (let i = 0; i < this.pos && i < this.bytes.length; i++) if (this.bytes[i] === 10) line++;
    return `${this.file}: line ${formatCount(line)}`;
  }

  /** @throws MaquetteError `model_malformed` at the current line */
  fail(message: string): never {
    throw modelMalformed(this.where(), message);
  }

  private readText(): boolean {
    const { bytes } = this;
    const start = this.pos;
    let blank = true;
    while (this.pos < bytes.length && bytes[this.pos] !== LT) {
      if (bytes[this.pos]! > SPACE) blank = false;
      this.pos++;
    }
    if (blank) return false;
    if (this.open.length === 0) this.fail('Text stands outside of the root element.');
    this.textStart = start;
    this.textEnd = this.pos;
    this.isCdata = false;
    return true;
  }

  private tell(): void {
    this.toldAt = this.pos + TOLD_BYTES;
    this.progress(this.pos / this.bytes.length);
  }

  private readOpen(): XmlEvent {
    const { bytes } = this;
    if (this.pos >= this.toldAt) this.tell();
    const start = ++this.pos;
    while (this.pos < bytes.length && !isNameEnd(bytes[this.pos]!)) this.pos++;
    if (this.pos === start) this.fail('A tag has no name.');
    this.name = this.intern(start, this.pos);
    this.attributeCount = 0;
    for (;;) {
      this.skipSpace();
      const byte = bytes[this.pos];
      if (byte === undefined) this.fail(`The file ends inside of the tag <${this.name}>.`);
      if (byte === GT) {
        this.pos++;
        break;
      }
      if (byte === SLASH && bytes[this.pos + 1] === GT) {
        this.pos += 2;
        this.closing = true;
        break;
      }
      this.readAttribute();
    }
    if (this.open.length >= MAX_DEPTH) this.fail(`Tags are nested more than ${MAX_DEPTH} deep.`);
    this.open.push(this.name);
    return 'open';
  }

  private readAttribute(): void {
    const { bytes } = this;
    const nameStart = this.pos;
    while (this.pos < bytes.length && !isNameEnd(bytes[this.pos]!) && bytes[this.pos] !== EQUALS) this.pos++;
    const nameEnd = this.pos;
    this.skipSpace();
    if (nameEnd === nameStart || bytes[this.pos] !== EQUALS)
      this.fail(`The tag <${this.name}> has a damaged attribute.`);
    this.pos++;
    this.skipSpace();
    const quote = bytes[this.pos];
    if (quote !== DOUBLE && quote !== SINGLE) this.fail(`An attribute of <${this.name}> has no quotes.`);
    const valueStart = ++this.pos;
    while (this.pos < bytes.length && bytes[this.pos] !== quote && bytes[this.pos] !== LT) this.pos++;
    if (bytes[this.pos] !== quote) this.fail(`An attribute of <${this.name}> has no closing quote.`);
    if (this.attributeCount >= MAX_ATTRIBUTES)
      this.fail(`The tag <${this.name}> has more than ${MAX_ATTRIBUTES} attributes.`);
    const at = this.attributeCount++ * 4;
    this.attributes[at] = nameStart;
    this.attributes[at + 1] = nameEnd;
    this.attributes[at + 2] = valueStart;
    this.attributes[at + 3] = this.pos++;
  }

  private readClose(): XmlEvent {
    const { bytes } = this;
    const start = this.pos + 2;
    this.pos = start;
    while (this.pos < bytes.length && !isNameEnd(bytes[this.pos]!)) this.pos++;
    const name = this.intern(start, this.pos);
    this.skipSpace();
    if (bytes[this.pos] !== GT) this.fail(`The tag </${name.slice(0, 40)} does not end.`);
    this.pos++;
    if (this.open.at(-1) !== name) this.fail(`</${name.slice(0, 40)}> closes <${this.open.at(-1) ?? ''}>.`);
    return this.close();
  }

  private close(): XmlEvent {
    this.name = this.open.pop()!;
    this.attributeCount = 0;
    return 'close';
  }

  private find(name: string): number {
    const { bytes, attributes } = this;
    for (let i = 0; i < this.attributeCount; i++) {
      const start = attributes[i * 4]!;
      if (attributes[i * 4 + 1]! - start !== name.length) continue;
      let same = true;
      for (let k = 0; k < name.length && same; k++) same = bytes[start + k] === name.charCodeAt(k);
      if (same) return i * 4;
    }
    return -1;
  }

  /** The same few names come back millions of times. */
  private intern(start: number, end: number): string {
    const { bytes } = this;
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const known = this.names.get(hash);
    if (known && known.bytes.length === end - start) {
      let same = true;
      for (let i = start; i < end && same; i++) same = known.bytes[i - start] === bytes[i];
      if (same) return known.name;
    }
    const name = UTF8.decode(bytes.subarray(start, end));
    if (!known && this.names.size < 4096) this.names.set(hash, { bytes: bytes.slice(start, end), name });
    return name;
  }

  private skipSpace(): void {
    while (this.pos < this.bytes.length && this.bytes[this.pos]! <= SPACE) this.pos++;
  }

  private startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.bytes[this.pos + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  private skipPast(mark: string): void {
    const { bytes } = this;
    const start = this.pos;
    while (this.pos < bytes.length && !this.startsWith(mark)) this.pos++;
    if (this.pos >= bytes.length) {
      this.pos = start;
      this.fail(`A "${UTF8.decode(bytes.subarray(start, start + 4))}" has no "${mark}".`);
    }
    this.pos += mark.length;
  }

  private skipDeclaration(): void {
    const { bytes } = this;
    let depth = 0;
    for (; this.pos < bytes.length; this.pos++) {
      if (bytes[this.pos] === LT) {
        depth++;
        if (this.startsWith('<!ENTITY')) this.fail('The document declares entities, which are not read.');
      } else if (bytes[this.pos] === GT && --depth === 0) {
        this.pos++;
        return;
      }
    }
    this.fail('A declaration does not end.');
  }
}

/** Reads numbers between quotes. */
class ValueScanner extends LineScanner {
  private end = 0;

  read(start: number, end: number): number {
    this.pos = start;
    this.end = end;
    const value = this.number();
    while (this.pos < end && this.bytes[this.pos]! <= SPACE) this.pos++;
    return this.pos === end ? value : Number.NaN;
  }

  override atBlank(): boolean {
    return this.pos >= this.end || this.bytes[this.pos]! <= SPACE;
  }
}

const UTF8 = new TextDecoder();

function isNameEnd(byte: number): boolean {
  return byte <= SPACE || byte === GT || byte === SLASH || byte === LT;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Text with the five predefined entities and character references replaced; unknown ones stay as they are. */
function decodeText(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  if (!bytes.includes(AMPERSAND)) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]+);/gi, (whole, name: string) => {
    if (name[0] !== '#') return ENTITIES[name] ?? whole;
    const code = name[1] === 'x' || name[1] === 'X' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
