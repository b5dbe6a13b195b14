import { USDCParser } from 'three/addons/loaders/usd/USDCParser.js';

/** Number of lists of references among the value types of crate files. */
const REFERENCE_LIST = 35;
/** Bytes of a reference at least: two indices, offset and scale of time, a count. */
const REFERENCE_BYTES = 32;

/** The crate reader of three.js, and what it leaves out: references to other layers, as its composer takes them from text. */
export class CrateParser extends USDCParser {
  override _readValue(rep: { typeEnum: number; isInlined: boolean; payload: number }): unknown {
    if (rep.typeEnum !== REFERENCE_LIST || rep.isInlined) return super._readValue(rep);
    return [this.#readReferences(rep.payload).join(', ')];
  }

  /** Explicit, added, prepended and appended items one after the other; those that are deleted are not read. */
  #readReferences(start: number): string[] {
    const view = new DataView(this.buffer);
    const references: string[] = [];
    if (start >= view.byteLength) return references;
    const flags = view.getUint8(start);
    let at = start + 1;
    for (const flag of [0x02, 0x04, 0x20, 0x40]) {
      if ((flags & flag) === 0) continue;
      const count = at + 8 <= view.byteLength ? Number(view.getBigUint64(at, true)) : 0;
      at += 8;
      for (let i = 0; i < count && at + REFERENCE_BYTES <= view.byteLength; i++) {
        const asset = this.tokens[this.strings[view.getUint32(at, true)] ?? -1];
        const prim = this.paths[view.getUint32(at + 4, true)];
        // Custom data would follow, of a length that only reading it tells.
        const isPlain = view.getBigUint64(at + 24, true) === 0n;
        if (asset) references.push(prim && prim !== '/' ? `@${asset}@<${prim}>` : `@${asset}@`);
        if (!isPlain) return references;
        at += REFERENCE_BYTES;
      }
    }
    return references;
  }
}
