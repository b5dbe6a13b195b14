import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import { GrowableFloat32 } from '../obj/growable.ts';
import { TokenScanner } from '../token-scanner.ts';
import { contradicts, type StlData, type StlSolid } from './stl-data.ts';

/**
 * Parses ASCII STL from UTF-8 bytes, one or several solids. Facets with more than three corners, which some programs
 * write, are cut as a fan.
 *
 * @throws MaquetteError `model_malformed` with the line, also where the file ends before its `endsolid`
 */
export function parseAsciiStl(bytes: Uint8Array, name: string, limits: ModelLimits): StlData {
  return new AsciiStlParser(bytes, name, limits).parse();
}

class AsciiStlParser {
  private readonly scanner: TokenScanner;
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly solids: StlSolid[] = [];
  private corners = new GrowableFloat32();
  private title: string | null = null;
  private triangles = 0;
  private contradicting = 0;

  constructor(bytes: Uint8Array, name: string, limits: ModelLimits) {
    this.scanner = new TokenScanner(bytes);
    this.name = name;
    this.limits = limits;
  }

  parse(): StlData {
    const { scanner } = this;
    while (scanner.skipBlanks()) {
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
    this.solids.push({ name: this.title ?? '', corners: this.corners.view().slice(), colors: null });
    this.corners = new GrowableFloat32();
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
    const facet: number[] = [];
    for (;;) {
      if (!this.scanner.skipBlanks()) this.fail('The file ends inside a facet.');
      const word = this.scanner.word().toLowerCase();
      if (word === 'endloop') break;
      if (word !== 'vertex') this.unexpected(word, '"vertex" or "endloop"');
      if (facet.length >= 3000) this.fail('A facet has more than 1,000 corners.');
      facet.push(this.number(), this.number(), this.number());
    }
    this.expect('endfacet');
    if (facet.length < 9) this.fail(`A facet has ${facet.length / 3} corners; it needs three.`);
    for (let i = 3; i + 6 <= facet.length; i += 3) {
      const at = this.corners.length;
      for (let k = 0; k < 3; k++) this.corners.push(facet[k]!);
      for (let k = i; k < i + 6; k++) this.corners.push(facet[k]!);
      if (contradicts(nx, ny, nz, this.corners.view(), at)) this.contradicting++;
      this.triangles++;
    }
    if ((this.triangles & 0xffff) === 0) {
      checkTriangles(`${this.name}:${this.scanner.line}`, this.triangles, this.limits);
      checkDecodedBytes(`${this.name}:${this.scanner.line}`, this.triangles * 3 * 40, this.limits);
    }
  }

  private expect(word: string): void {
    if (!this.scanner.skipBlanks()) this.fail(`The file ends where "${word}" should follow.`);
    const found = this.scanner.word().toLowerCase();
    if (found !== word) this.unexpected(found, `"${word}"`);
  }

  /** Programs print what is no number as `nan` or `inf`; such triangles are sorted out later, and said so. */
  private number(): number {
    if (!this.scanner.skipBlanks()) this.fail('The file ends inside a facet.');
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
