import type { CrateValueRep, USDCParser } from 'three/addons/loaders/usd/USDCParser.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { arcText } from './arcs.ts';
import { createSectionParser, INTEGERS_PER_BYTE, LZ4_RATIO } from './crate/section-parser.ts';

/** Numbers of the value types that the parser leaves out or reads wrongly (OpenUSD, crateDataTypes.h). */
const TYPE = {
  bool: 1,
  uchar: 2,
  int64: 5,
  float: 8,
  string: 10,
  assetPath: 12,
  quatd: 16,
  vec2d: 19,
  vec3d: 23,
  vec4d: 27,
  dictionary: 31,
  tokenListOp: 32,
  stringListOp: 33,
  pathListOp: 34,
  referenceListOp: 35,
  pathVector: 40,
  tokenVector: 41,
  variantSelectionMap: 45,
  timeSamples: 46,
  payload: 47,
  doubleVector: 48,
  layerOffsetVector: 49,
  stringVector: 50,
  valueBlock: 51,
  payloadListOp: 55,
} as const;

const DOUBLES: Record<number, number> = { [TYPE.vec2d]: 2, [TYPE.vec3d]: 3, [TYPE.vec4d]: 4, [TYPE.quatd]: 4 };

/** The largest element of an array: a matrix of doubles. */
const LARGEST_ELEMENT = 128;

/** Bytes of an item in values that begin with their count. */
const COUNTED: Record<number, number> = {
  [TYPE.pathVector]: 4,
  [TYPE.tokenVector]: 4,
  [TYPE.variantSelectionMap]: 8,
  [TYPE.doubleVector]: 8,
};

/** An array of floats whose values are numbers of a table (`_ReadPossiblyCompressedArray`). */
const TABLE = 't'.charCodeAt(0);

/** Lists of a list operation, by the bits of its first byte, in the order in which they are stored. */
const LISTS = [2, 4, 32, 64, 8, 16] as const;
const DELETED = 8;
const ORDERED = 16;

/**
 * Makes the parser of crate files (USDC) complete where it is not: references, payloads, dictionaries, lists of
 * tokens and strings, arrays of doubles, truth values and strings. Counts are checked before anything is allocated.
 */
export function createCrateParser(
  Parser: typeof USDCParser,
  limits: ModelLimits,
  name: string,
): { parseData: USDCParser['parseData'] } {
  class CrateParser extends createSectionParser(Parser, limits, name) {
    private depth = 0;

    override _readTimeSamples(rep: CrateValueRep): unknown {
      return this.nested(() => super._readTimeSamples(rep));
    }

    override _readInlinedValue(rep: CrateValueRep): unknown {
      return rep.typeEnum === TYPE.valueBlock ? undefined : super._readInlinedValue(rep);
    }

    override _readScalarValue(type: number): unknown {
      const { reader } = this;
      switch (type) {
        case TYPE.string:
          return this.string();
        case TYPE.dictionary:
          return this.nested(() => this.dictionary());
        case TYPE.tokenListOp:
          return this.list(() => this.tokens[reader.readUint32()] ?? '');
        case TYPE.stringListOp:
          return this.list(() => this.string());
        case TYPE.pathListOp: {
          const paths = this.list(() => this.paths[reader.readUint32()] ?? '');
          return paths.length > 0 ? paths : null;
        }
        case TYPE.referenceListOp:
          return this.list(() => this.reference(true));
        case TYPE.payloadListOp:
          return this.list(() => this.reference(false));
        case TYPE.payload:
          return [this.reference(false)];
        case TYPE.stringVector:
          return Array.from({ length: this.count(4) }, () => this.string());
        case TYPE.layerOffsetVector:
          return Array.from({ length: this.count(16) }, () => ({
            offset: reader.readFloat64(),
            scale: reader.readFloat64(),
          }));
        default: {
          const bytes = COUNTED[type];
          if (bytes !== undefined) {
            const start = reader.tell();
            this.count(bytes);
            reader.seek(start);
          }
          return super._readScalarValue(type);
        }
      }
    }

    override _readArrayValue(rep: CrateValueRep): unknown {
      const { reader } = this;
      const start = reader.tell();
      const size = this.version.major === 0 && this.version.minor < 7 ? reader.readUint32() : reader.readUint64();
      const left = this.left();
      const fits = size <= (rep.isCompressed ? left * LZ4_RATIO * INTEGERS_PER_BYTE : left);
      if (!fits) throw new RangeError(`an array declares ${size} values, more than the ${left} bytes left can hold`);
      this.take(size * (rep.isCompressed ? 8 : Math.min(LARGEST_ELEMENT, left / Math.max(1, size))));
      const width = DOUBLES[rep.typeEnum];
      if (!rep.isCompressed) {
        if (width) return Float64Array.from({ length: size * width }, () => reader.readFloat64());
        if (rep.typeEnum === TYPE.bool || rep.typeEnum === TYPE.uchar)
          return Array.from({ length: size }, () => reader.readUint8());
        if (rep.typeEnum === TYPE.int64) return Array.from({ length: size }, () => reader.readInt64());
        if (rep.typeEnum === TYPE.string) return Array.from({ length: size }, () => this.string());
        if (rep.typeEnum === TYPE.assetPath)
          return Array.from({ length: size }, () => this.tokens[reader.readUint32()] ?? '');
      }
      reader.seek(start);
      return super._readArrayValue(rep);
    }

    override _readCompressedArray(type: number, size: number): unknown {
      const { reader } = this;
      const start = reader.tell();
      if (type === TYPE.float && reader.readUint8() === TABLE) {
        const values = reader.readUint32();
        if (values * 4 > this.left()) throw new RangeError(`a table declares ${values} values`);
      }
      reader.seek(start);
      return super._readCompressedArray(type, size);
    }

    /** Reads how many items follow, of so many bytes each. */
    private count(bytes: number): number {
      const count = this.reader.readUint64();
      if (count * bytes > this.left()) throw new RangeError(`a list declares ${count} items`);
      this.take(count * 8);
      return count;
    }

    private string(): string {
      return this.tokens[this.strings[this.reader.readUint32()] ?? -1] ?? '';
    }

    /** As the text format writes it: `@path@<prim>`. */
    private reference(isReference: boolean): string {
      const { reader, version } = this;
      const asset = this.string();
      const prim = this.paths[reader.readUint32()] ?? '';
      const hasTime = isReference || version.major > 0 || version.minor >= 8;
      const [offset, scale] = hasTime ? [reader.readFloat64(), reader.readFloat64()] : [0, 1];
      if (isReference) this.nested(() => this.dictionary());
      return arcText({ asset, prim: prim === '/' ? '' : prim, offset, scale });
    }

    private dictionary(): Record<string, unknown> {
      const { reader } = this;
      const out: Record<string, unknown> = Object.create(null);
      const count = this.count(12);
      for (let i = 0; i < count; i++) {
        const key = this.string();
        const at = reader.tell();
        const offset = reader.readInt64();
        // What the value consists of lies between; the next key stands behind it.
        reader.seek(at + offset);
        const lo = reader.readUint32();
        const hi = reader.readUint32();
        const next = reader.tell();
        out[key] = this._readValue(valueRep(lo, hi));
        reader.seek(next);
      }
      return out;
    }

    /** The items that a list ends up with where nothing weaker is below it. */
    private list(read: () => string): string[] {
      const flags = this.reader.readUint8();
      const out: string[] = [];
      for (const bit of LISTS) {
        if ((flags & bit) === 0) continue;
        const count = this.count(4);
        for (let i = 0; i < count; i++) {
          const item = read();
          if (bit !== DELETED && bit !== ORDERED) out.push(item);
        }
      }
      return out;
    }

    /** Values that hold values may hold themselves in a damaged file. */
    private nested<T>(read: () => T): T {
      if (++this.depth > 64) throw new RangeError('values are nested more than 64 levels deep');
      try {
        return read();
      } finally {
        this.depth--;
      }
    }
  }
  return new CrateParser();
}

function valueRep(lo: number, hi: number): CrateValueRep {
  return {
    lo,
    hi,
    isArray: (hi & 0x80000000) !== 0,
    isInlined: (hi & 0x40000000) !== 0,
    isCompressed: (hi & 0x20000000) !== 0,
    typeEnum: (hi >> 16) & 0xff,
    payload: lo + (hi & 0xffff) * 0x100000000,
    getInlinedValue: () => lo,
  } as CrateValueRep;
}
