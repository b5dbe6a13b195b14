import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import { PositionWelder } from '../geometry/weld-positions.ts';
import { ArrayMesh } from '../geometry/welded-mesh.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { TokenScanner } from '../token-scanner.ts';
import { contradicts, type StlData, type StlSolid } from './stl-data.ts';

/**
 * Parses ASCII STL from UTF-8 bytes, one or several solids. Facets with more than three corners, which some programs
 * write, are cut as a fan.
 *
 * @param blocks the file in parts of whole lines
 * @throws MaquetteError `model_malformed` with the line, also where the file ends before its `endsolid`
 */
export function parseAsciiStl(blocks: Iterable<Uint8Array>, name: string, limits: ModelLimits): StlData {
  return new AsciiStlParser(blocks, name, limits).parse();
}

/** A facet with more corners is damaged. */
const MAX_CORNERS = 1000;

const letters = (word: string) => new TextEncoder().encode(word);
const FACET = letters('facet');
const VERTEX = letters('vertex');
const ENDLOOP = letters('endloop');
const WORDS = {
  normal: letters('normal'),
  outer: letters('outer'),
  loop: letters('loop'),
  endfacet: letters('endfacet'),
};

class AsciiStlParser {
  private readonly blocks: Iterator<Uint8Array>;
  private scanner = new TokenScanner(new Uint8Array(0));
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly solids: StlSolid[] = [];
  private welder = new PositionWelder(0);
  private indices = new GrowableInt32();
  private readonly facetCorners = new Float64Array(MAX_CORNERS * 3);
  private readonly triangle = new Float32Array(9);
  private title: string | null = null;
  private triangles = 0;
  private contradicting = 0;

  constructor(blocks: Iterable<Uint8Array>, name: string, limits: ModelLimits) {
    this.blocks = blocks[Symbol.iterator]();
    this.name = name;
    this.limits = limits;
  }

  parse(): StlData {
    while (this.skipBlanks()) {
      if (this.takes(FACET)) {
        this.facet();
        continue;
      }
      const { scanner } = this;
      const word = scanner.word().toLowerCase();
      if (word === 'facet') this.facet();
      else if (word === 'solid') this.begin();
      else if (word === 'endsolid') this.end();
      else if (word === 'color') scanner.restOfLine();
      else this.unexpected(word, '"facet" or "endsolid"');
    }
    if (this.title !== null) {
      this.fail(
        `The file ends inside the solid "${this.title}" after ${formatCount(this.triangles)} triangles: there is no "endsolid".`,
      );
    }
    const first = this.solids[0]?.name ?? '';
    return { solids: this.solids, header: first, contradicting: this.contradicting, trailingBytes: 0, counted: false };
  }

  private begin(): void {
    if (this.title !== null) this.close();
    this.title = this.scanner.restOfLine();
  }

  private end(): void {
    if (this.title === null) this.fail('"endsolid" without a "solid" before it.');
    this.scanner.restOfLine();
    this.close();
  }

  private close(): void {
    this.solids.push({
      name: this.title ?? '',
      mesh: new ArrayMesh(this.welder.positions(), Uint32Array.from(this.indices.view())),
      colors: null,
    });
    this.welder = new PositionWelder(0);
    this.indices = new GrowableInt32();
    this.title = null;
  }

  private facet(): void {
    if (this.title === null) this.title = '';
    this.expect('normal');
    const nx = this.number();
    const ny = this.number();
    const nz = this.number();
    this.expect('outer');
    this.expect('loop');
    const { facetCorners: facet, triangle } = this;
    let corners = 0;
    for (;;) {
      if (!this.skipBlanks()) this.fail('The file ends inside a facet.');
      if (!this.takes(VERTEX)) {
        if (this.takes(ENDLOOP)) break;
        const word = this.scanner.word().toLowerCase();
        if (word === 'endloop') break;
        if (word !== 'vertex') this.unexpected(word, '"vertex" or "endloop"');
      }
      if (corners >= MAX_CORNERS) this.fail(`A facet has more than ${formatCount(MAX_CORNERS)} corners.`);
      for (let k = 0; k < 3; k++) facet[corners * 3 + k] = this.number();
      corners++;
    }
    this.expect('endfacet');
    if (corners < 3) this.fail(`A facet has ${corners} corners; it needs three.`);
    const first = this.welder.add(facet[0]!, facet[1]!, facet[2]!);
    let last = this.welder.add(facet[3]!, facet[4]!, facet[5]!);
    for (let corner = 2; corner < corners; corner++) {
      const at = corner * 3;
      const next = this.welder.add(facet[at]!, facet[at + 1]!, facet[at + 2]!);
      this.indices.push(first);
      this.indices.push(last);
      this.indices.push(next);
      last = next;
      for (let k = 0; k < 3; k++) triangle[k] = facet[k]!;
      for (let k = 3; k < 9; k++) triangle[k] = facet[at - 6 + k]!;
      if (contradicts(nx, ny, nz, triangle, 0)) this.contradicting++;
      this.triangles++;
    }
    if ((this.triangles & 0xffff) === 0) {
      checkTriangles(`${this.name}:${this.scanner.line}`, this.triangles, this.limits);
      checkDecodedBytes(`${this.name}:${this.scanner.line}`, this.triangles * 3 * 40, this.limits);
    }
  }

  /** Moves to the next word, over the ends of lines and blocks. Returns whether there is one. */
  private skipBlanks(): boolean {
    while (!this.scanner.skipBlanks()) {
      const block = this.blocks.next();
      if (block.done) return false;
      this.scanner = new TokenScanner(block.value, false, this.scanner.line);
    }
    return true;
  }

  /** Whether the word that comes next is this one, in lower case as nearly all programs write it; skips it then. */
  private takes(letters: Uint8Array): boolean {
    const { scanner } = this;
    const { bytes, pos } = scanner;
    for (let i = 0; i < letters.length; i++) if (bytes[pos + i] !== letters[i]) return false;
    scanner.pos = pos + letters.length;
    if (scanner.atBlank()) return true;
    scanner.pos = pos;
    return false;
  }

  private expect(word: keyof typeof WORDS): void {
    if (!this.skipBlanks()) this.fail(`The file ends where "${word}" should follow.`);
    if (this.takes(WORDS[word])) return;
    const found = this.scanner.word().toLowerCase();
    if (found !== word) this.unexpected(found, `"${word}"`);
  }

  /** Programs print what is no number as `nan` or `inf`; such triangles are sorted out later, and said so. */
  private number(): number {
    if (!this.skipBlanks()) this.fail('The file ends inside a facet.');
    const start = this.scanner.pos;
    const value = this.scanner.number();
    if (Number.isNaN(value)) {
      const text = new TextDecoder('latin1').decode(
        this.scanner.bytes.subarray(start, Math.min(this.scanner.pos, start + 40)),
      );
      if (!/^[-+]?(nan|inf|1\.#|-1\.#)/i.test(text)) this.unexpected(text, 'a number');
    }
    return value;
  }

  private unexpected(found: string, wanted: string): never {
    return this.fail(`"${found.slice(0, 40)}" stands where ${wanted} should.`);
  }

  private fail(message: string): never {
    throw modelMalformed(`${this.name}: line ${formatCount(this.scanner.line)}`, message);
  }
}
