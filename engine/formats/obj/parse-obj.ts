import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatBytes, formatCount, modelTooLarge } from '../errors.ts';
import { CornerTable } from './corner-table.ts';
import { ElementList } from './element-list.ts';
import { GrowableFloat32, GrowableFloat64, GrowableInt32 } from './growable.ts';
import { LineScanner } from './line-scanner.ts';
import type { ObjFindings } from './obj-findings.ts';

/** What a run of elements is made of. */
export type ElementKind = 'face' | 'line' | 'point';

/** Consecutive elements with the same object, group, material and smoothing. */
export interface ObjRange {
  kind: ElementKind;
  object: string;
  group: string;
  /** Empty where no material was named. */
  material: string;
  /** Number of the smoothing group, 0 for off, -1 where the file says nothing. */
  smoothing: number;
  /** First element and one behind the last. */
  start: number;
  end: number;
}

/** An OBJ file in flat arrays. */
export interface ObjData {
  /** Three for each vertex. */
  positions: Float64Array<ArrayBuffer>;
  /** Three for each vertex as written in the file; null without colours. */
  colors: Float32Array | null;
  /** Two for each texture coordinate, with v pointing up as in the file. */
  texcoords: Float32Array<ArrayBuffer>;
  /** Three for each normal. */
  normals: Float32Array<ArrayBuffer>;
  /** The different corners: which position, texture coordinate and normal. */
  table: CornerTable;
  /** The number in `table` of each corner of each element. */
  corners: Int32Array<ArrayBuffer>;
  elements: ElementList;
  ranges: ObjRange[];
  /** Names of the material libraries as written. */
  libraries: string[];
  /** Comments of the head of the file. */
  comments: string[];
}

const HASH = 0x23;
const SLASH = 0x2f;

/** Statements of free-form geometry, which is not read. */
const FREE_FORM = new Set([
  'curv',
  'curv2',
  'surf',
  'cstype',
  'deg',
  'parm',
  'trim',
  'hole',
  'vp',
  'end',
  'bmat',
  'step',
  'con',
  'sp',
  'scrv',
]);

/** Statements that change nothing about the shape. */
const SILENT = new Set([
  '',
  'lod',
  'bevel',
  'c_interp',
  'd_interp',
  'shadow_obj',
  'trace_obj',
  'mg',
  'maplib',
  'usemap',
  'call',
  'csh',
  'stech',
  'ctech',
]);

/**
 * Parses Wavefront OBJ (Alias|Wavefront "Object Files", Appendix B1 of the Advanced Visualizer manual) from UTF-8
 * bytes: vertices (with the usual colours behind the position), texture coordinates, normals, polygons, lines, points,
 * objects, groups, smoothing groups, materials. Indices from 1, or negative from the end.
 *
 * @param blocks the file in parts of whole lines
 * @param size of all of them, in bytes
 * @throws MaquetteError `model_too_large`
 */
export function parseObj(
  blocks: Iterable<Uint8Array>,
  size: number,
  name: string,
  limits: ModelLimits,
  issues: ObjFindings,
): ObjData {
  return new ObjParser(name, limits, issues).parse(blocks, size);
}

class ObjParser {
  private scanner = new LineScanner(new Uint8Array(0));
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly issues: ObjFindings;
  private readonly positions = new GrowableFloat64();
  private readonly colors = new GrowableFloat32();
  private readonly texcoords = new GrowableFloat32();
  private readonly normals = new GrowableFloat32();
  private readonly table = new CornerTable();
  private readonly corners = new GrowableInt32();
  private readonly elements = new ElementList();
  private readonly lists = [this.positions, this.texcoords, this.normals, this.corners, this.table];
  private readonly ranges: ObjRange[] = [];
  private readonly libraries: string[] = [];
  private readonly comments: string[] = [];
  private object = '';
  private group = '';
  private material = '';
  private smoothing = -1;
  private current: ObjRange | null = null;
  private triangles = 0;
  private hasColors = false;

  constructor(name: string, limits: ModelLimits, issues: ObjFindings) {
    this.name = name;
    this.limits = limits;
    this.issues = issues;
  }

  parse(blocks: Iterable<Uint8Array>, size: number): ObjData {
    let left = size;
    for (const block of blocks) {
      const before = this.lists.map(({ length }) => length);
      const scanner = new LineScanner(block, this.scanner.line);
      this.scanner = scanner;
      while (!scanner.done) {
        if (scanner.skipBlanks()) this.statement();
        scanner.nextLine();
        if ((scanner.line & 0xffff) === 0) this.checkSize();
      }
      left -= block.length;
      // What the rest of the file holds if it goes on like this; where a list began within the block, perhaps far more.
      for (const [i, list] of this.lists.entries()) {
        const margin = before[i] === 0 && list.length > 0 && left + block.length < size ? 3 : 1.02;
        list.expect(list.length + Math.ceil((list.length - before[i]!) * Math.max(0, left / block.length) * margin));
      }
    }
    this.checkSize();
    this.closeRange();
    return {
      positions: this.positions.view(),
      colors: this.hasColors ? this.colors.view() : null,
      texcoords: this.texcoords.view(),
      normals: this.normals.view(),
      table: this.table,
      corners: this.corners.view(),
      elements: this.elements,
      ranges: this.ranges,
      libraries: this.libraries,
      comments: this.comments,
    };
  }

  private statement(): void {
    const { scanner } = this;
    const { bytes, pos } = scanner;
    const first = bytes[pos];
    // The three statements that make up nearly all of a file, without making a string.
    const blank = isBlank(bytes[pos + 1]);
    if (first === 0x76 && blank) {
      scanner.pos++;
      this.vertex();
      return;
    }
    if (first === 0x66 && blank) {
      scanner.pos++;
      this.element('face', 3);
      return;
    }
    if (first === 0x76 && isBlank(bytes[pos + 2])) {
      const second = bytes[pos + 1];
      scanner.pos += 2;
      if (second === 0x6e) this.numbers(this.normals, 3);
      else if (second === 0x74) this.texcoord();
      else this.issues.add('free_form_geometry', `line ${scanner.line}`);
      return;
    }
    if (first === HASH) {
      if (this.elements.length === 0 && this.comments.length < 64) this.comments.push(scanner.rest().slice(0, 200));
      return;
    }
    this.rareStatement(scanner.word());
  }

  private rareStatement(word: string): void {
    const { scanner } = this;
    switch (word) {
      case 'l':
        this.element('line', 2);
        return;
      case 'p':
        this.element('point', 1);
        return;
      case 'fo':
        this.element('face', 3);
        return;
      case 'o':
        this.object = scanner.rest();
        this.closeRange();
        return;
      case 'g':
        this.group = scanner.rest();
        this.closeRange();
        return;
      case 'usemtl':
        this.material = scanner.rest();
        this.closeRange();
        return;
      case 's':
        this.smoothing = smoothingGroup(scanner.word());
        this.closeRange();
        return;
      case 'mtllib':
        if (this.libraries.length < 100) this.libraries.push(scanner.rest());
        return;
      default:
        if (FREE_FORM.has(word)) this.issues.add('free_form_geometry', `line ${scanner.line}`);
        else if (!SILENT.has(word)) this.issues.add('unknown_statement', `line ${scanner.line} (${word.slice(0, 40)})`);
    }
  }

  /** `v x y z`, `v x y z w`, `v x y z r g b` or `v x y z r g b a`. The weight w is of no use outside curves. */
  private vertex(): void {
    const { scanner, positions, colors } = this;
    let count = 0;
    let r = 1;
    let g = 1;
    let b = 1;
    let bad = false;
    for (; count < 7 && scanner.skipBlanks() && scanner.bytes[scanner.pos] !== HASH; count++) {
      const value = scanner.number();
      if (Number.isNaN(value)) bad = true;
      if (count < 3) positions.push(value);
      else if (count === 3) r = value;
      else if (count === 4) g = value;
      else if (count === 5) b = value;
    }
    for (let i = count; i < 3; i++) positions.push(Number.NaN);
    if (bad || count < 3) this.issues.add('damaged_vertex', `line ${scanner.line}`);
    if (count >= 6) {
      if (!this.hasColors) {
        this.hasColors = true;
        for (let i = 3; i < positions.length; i++) colors.push(1);
      }
      colors.push(r);
      colors.push(g);
      colors.push(b);
    } else if (this.hasColors) {
      for (let i = 0; i < 3; i++) colors.push(1);
    }
  }

  private texcoord(): void {
    const { scanner, texcoords } = this;
    const u = scanner.skipBlanks() ? scanner.number() : 0;
    const v = scanner.skipBlanks() ? scanner.number() : 0;
    texcoords.push(u);
    texcoords.push(v);
  }

  private numbers(list: GrowableFloat32, count: number): void {
    const { scanner } = this;
    for (let i = 0; i < count; i++) list.push(scanner.skipBlanks() ? scanner.number() : Number.NaN);
  }

  /** `f v v/vt v//vn v/vt/vn …`, likewise for lines and points. An element with a bad index is left out. */
  private element(kind: ElementKind, least: number): void {
    const { scanner, corners } = this;
    const { bytes } = scanner;
    const start = corners.length;
    const vertices = this.positions.length / 3;
    const texcoords = this.texcoords.length / 2;
    const normals = this.normals.length / 3;
    let count = 0;
    let good = true;
    while (scanner.skipBlanks() && bytes[scanner.pos] !== HASH) {
      const v = this.index(vertices);
      let vt = -1;
      let vn = -1;
      if (bytes[scanner.pos] === SLASH) {
        scanner.pos++;
        if (bytes[scanner.pos] !== SLASH && !scanner.atBlank()) vt = this.index(texcoords);
        if (bytes[scanner.pos] === SLASH) {
          scanner.pos++;
          if (!scanner.atBlank()) vn = this.index(normals);
        }
      }
      if (!scanner.atBlank()) {
        good = false;
        while (!scanner.atBlank()) scanner.pos++;
      }
      if (v < 0) good = false;
      if (vt === OUT_OF_RANGE || vn === OUT_OF_RANGE) {
        this.issues.add('index_out_of_range', `line ${scanner.line}`);
        if (vt === OUT_OF_RANGE) vt = -1;
        if (vn === OUT_OF_RANGE) vn = -1;
      }
      // A vertex that does not exist spoils the element; the table must not see it.
      corners.push(v < 0 ? -1 : this.table.add(v, vt, kind === 'face' ? vn : -1));
      count++;
    }
    if (!good || count < least) {
      corners.length = start;
      this.issues.add(good ? 'too_few_corners' : 'damaged_element', `line ${scanner.line}`);
      return;
    }
    if (kind === 'face') this.triangles += count - 2;
    const index = this.elements.length;
    if (this.current === null || this.current.kind !== kind) {
      this.closeRange();
      const { object, group, material, smoothing } = this;
      this.current = { kind, object, group, material, smoothing, start: index, end: index };
      this.ranges.push(this.current);
    }
    this.current.end = index + 1;
    this.elements.push(count);
  }

  private index(size: number): number {
    const value = this.scanner.integer();
    const index = value > 0 ? value - 1 : size + value;
    return value !== 0 && index >= 0 && index < size ? index : OUT_OF_RANGE;
  }

  private closeRange(): void {
    this.current = null;
  }

  private checkSize(): void {
    if (this.triangles > this.limits.triangles) {
      throw modelTooLarge(
        `${this.name}:${this.scanner.line}`,
        `The model has more than ${formatCount(this.limits.triangles)} triangles, which is the limit.`,
        'triangles',
      );
    }
    const bytes =
      this.positions.length * 8 +
      (this.corners.length + this.elements.length + this.normals.length + this.texcoords.length) * 4 +
      this.table.length * 16;
    if (bytes > this.limits.decodedBytes) {
      throw modelTooLarge(
        `${this.name}:${this.scanner.line}`,
        `The model needs more than ${formatBytes(this.limits.decodedBytes)} of memory, which is the limit.`,
        'decodedBytes',
      );
    }
  }
}

const OUT_OF_RANGE = -2;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function smoothingGroup(word: string): number {
  const value = Number.parseInt(word, 10);
  return Number.isFinite(value) && value >= 0 ? value : word === 'on' ? 1 : 0;
}
