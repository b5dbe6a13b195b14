import type { CrateSpec, CrateValueRep, USDCParser } from 'three/addons/loaders/usd/USDCParser.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { checkDecodedBytes } from '../../geometry/check-size.ts';

/** LZ4 makes data at most so many times smaller (LZ4 block format: a byte of a length stands for 255 others). */
export const LZ4_RATIO = 255;

/** Numbers in one byte at most before LZ4: one takes two bits at least. */
export const INTEGERS_PER_BYTE = 4;

/** About what an object for a field, path, spec or value takes in memory. */
const OBJECT_BYTES = 64;

const END_OF_SET = [-1, 0xffffffff];

/**
 * Reads the sections of crate files (USDC) within bounds: declared counts are checked against the bytes that are there
 * before anything is allocated, the tree of paths is walked once, and sets of fields end.
 */
export function createSectionParser(Parser: typeof USDCParser, limits: ModelLimits, name: string) {
  return class SectionParser extends Parser {
    #taken = 0;
    #paths = 0;

    /**
     * Counts memory that is about to be taken.
     *
     * @throws MaquetteError `model_too_large`
     */
    take(bytes: number): void {
      this.#taken += bytes;
      checkDecodedBytes(name, this.#taken, limits);
    }

    /** Bytes from the reader's place to the end of the file. */
    left(): number {
      return this.buffer.byteLength - this.reader.tell();
    }

    override _readTokens(): void {
      this.#look('TOKENS', () => {
        const { reader } = this;
        const count = reader.readUint64();
        const bytes = reader.readUint64();
        const packed = this.#isPacked() ? this.#skipPacked('tokens') * LZ4_RATIO : this.left();
        this.#checkCount('tokens', bytes, packed, 'bytes');
        // A zero ends each.
        this.#checkCount('tokens', count, bytes);
        this.take(bytes + count * OBJECT_BYTES);
      });
      super._readTokens();
    }

    override _readFields(): void {
      this.#look('FIELDS', () => {
        if (!this.#isPacked()) return;
        const count = this.reader.readUint64();
        this.#checkIntegers('fields', count);
        this.#checkCount('fields', count, (this.#skipPacked('fields') * LZ4_RATIO) / 8);
        this.take(count * OBJECT_BYTES);
      });
      super._readFields();
    }

    override _readFieldSets(): void {
      this.#look('FIELDSETS', () => {
        if (!this.#isPacked()) return;
        const count = this.reader.readUint64();
        this.#checkIntegers('field sets', count);
        this.take(count * OBJECT_BYTES);
      });
      super._readFieldSets();
    }

    override _readPaths(): void {
      this.#look('PATHS', () => {
        const count = this.reader.readUint64();
        if (this.#isPacked()) {
          this.reader.readUint64();
          for (let list = 0; list < 3; list++) this.#checkIntegers('paths', count);
        } else this.#checkCount('paths', count, this.left() / 9);
        this.take(count * OBJECT_BYTES);
      });
      super._readPaths();
      // Of nested paths each holds all before it.
      for (const path of this.paths) this.take(path.length);
    }

    /** The tree of paths before version 0.4. */
    override _readPathsRecursive(parent: string, depth?: number): void {
      this.#visitPath();
      super._readPathsRecursive(parent, depth);
    }

    /** The tree of paths from version 0.4 on (`CrateFile::_BuildDecompressedPathsImpl`). */
    override _buildPathsFromCompressed(numbers: Int32Array, elements: Int32Array, jumps: Int32Array): void {
      const todo = [{ at: 0, parent: '' }];
      for (let next = todo.pop(); next; next = todo.pop()) {
        let { at, parent } = next;
        while (at < numbers.length) {
          this.#visitPath();
          const element = elements[at]!;
          const token = this.tokens[Math.abs(element)] ?? '';
          const path =
            parent === '' ? '/' : element < 0 ? `${parent}.${token}` : `${parent === '/' ? '' : parent}/${token}`;
          const number = numbers[at]!;
          if (number < 0 || number >= this.paths.length)
            throw new RangeError(`path ${number} is named, of ${this.paths.length}`);
          this.paths[number] = path;
          const jump = jumps[at]!;
          if (jump < -1) break;
          if (jump > 0) todo.push({ at: at + jump, parent: parent === '' ? path : parent });
          if (jump !== 0 || parent === '') parent = path;
          at++;
        }
      }
    }

    override _readSpecs(): void {
      this.#look('SPECS', () => {
        if (!this.#isPacked()) return;
        const count = this.reader.readUint64();
        for (let list = 0; list < 3; list++) this.#checkIntegers('specs', count);
        this.take(count * OBJECT_BYTES);
      });
      super._readSpecs();
    }

    override _getFieldsForSpec({ fieldSetIndex }: CrateSpec): Record<string, unknown> {
      const out: Record<string, unknown> = Object.create(null);
      for (let at = fieldSetIndex; ; at++) {
        const number = this.fieldSets[at];
        if (number === undefined) throw new RangeError(`the set of fields at ${fieldSetIndex} has no end`);
        if (END_OF_SET.includes(number)) return out;
        const field = this.fields[number];
        if (!field) throw new RangeError(`field ${number} is named, of ${this.fields.length}`);
        out[this.tokens[field.tokenIndex] ?? ''] = this._readValue(field.valueRep);
      }
    }

    override _readValue(rep: CrateValueRep): unknown {
      this.take(OBJECT_BYTES);
      return super._readValue(rep);
    }

    /** Sections are compressed from version 0.4 on. */
    #isPacked(): boolean {
      return this.version.major > 0 || this.version.minor >= 4;
    }

    /** Reads ahead in a section, which the reader then reads. */
    #look(section: string, read: () => void): void {
      const found = this.sections[section];
      if (!found) throw new RangeError(`there is no section ${section}`);
      this.reader.seek(found.start);
      read();
    }

    /** Passes over compressed bytes with their count before them; returns the count. */
    #skipPacked(what: string): number {
      const bytes = this.reader.readUint64();
      this.#checkCount(what, bytes, this.left(), 'compressed bytes');
      this.reader.seek(this.reader.tell() + bytes);
      return bytes;
    }

    #checkIntegers(what: string, count: number): void {
      this.#checkCount(what, count, this.#skipPacked(what) * LZ4_RATIO * INTEGERS_PER_BYTE);
    }

    #checkCount(what: string, count: number, most: number, unit = ''): void {
      if (count <= most) return;
      throw new RangeError(
        `the section of ${what} declares ${count}${unit && ` ${unit}`}; what is there holds at most ${Math.floor(most)}`,
      );
    }

    #visitPath(): void {
      if (++this.#paths > this.paths.length)
        throw new RangeError(`the tree of paths has more than the ${this.paths.length} entries that are declared`);
    }
  };
}
