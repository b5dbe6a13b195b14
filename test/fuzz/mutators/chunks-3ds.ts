import type { Random } from '../random.ts';
import { joined, mutateBytes, writeWord } from './bytes.ts';

/** Chunks of a 3DS file that hold chunks, and how many bytes of their own come first (-1: a text that ends in 0). */
const CONTAINERS = new Map([
  [0x4d4d, 0],
  [0x3d3d, 0],
  [0x4000, -1],
  [0x4100, 0],
  [0xafff, 0],
  [0xb000, 0],
  [0xb002, 0],
  [0xa200, 0],
]);

interface Chunk {
  id: number;
  /** Bytes before the chunks inside, or all of them. */
  own: Uint8Array;
  children: Chunk[];
}

/** Removes, repeats, moves and renames chunks of a 3DS file with lengths that fit, and spoils what is in them. */
export function mutate3ds(bytes: Uint8Array, random: Random): Uint8Array {
  const roots = parse(bytes);
  const all: { chunk: Chunk; siblings: Chunk[] }[] = [];
  const collect = (siblings: Chunk[]): void => {
    for (const chunk of siblings) {
      all.push({ chunk, siblings });
      collect(chunk.children);
    }
  };
  collect(roots);
  if (all.length === 0) return mutateBytes(bytes, random);
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const { chunk, siblings } = random.pick(all);
    switch (random.below(6)) {
      case 0:
        siblings.splice(siblings.indexOf(chunk), 1);
        break;
      case 1:
        for (let i = random.pick([1, 3, 300]); i > 0; i--) siblings.push(chunk);
        break;
      case 2:
        chunk.id = random.pick(all).chunk.id;
        break;
      case 3:
        // A copy, so that no chunk contains itself.
        random.pick(all).siblings.push(structuredClone(chunk));
        break;
      default:
        chunk.own = Uint8Array.from(chunk.own);
        if (chunk.own.length > 0) writeWord(chunk.own, random.below(Math.min(chunk.own.length, 16)), random);
    }
  }
  const out = joined(...roots.map(write));
  return random.chance(0.2) ? mutateBytes(out, random) : out;
}

function parse(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 0; at + 6 <= bytes.length; ) {
    const id = view.getUint16(at, true);
    const length = Math.max(6, view.getUint32(at + 2, true));
    const body = bytes.subarray(at + 6, at + length);
    const first = CONTAINERS.get(id);
    const own = first === undefined ? body.length : first < 0 ? body.indexOf(0) + 1 : first;
    chunks.push({ id, own: body.subarray(0, own), children: first === undefined ? [] : parse(body.subarray(own)) });
    at += length;
  }
  return chunks;
}

function write({ id, own, children }: Chunk): Uint8Array {
  const body = joined(own, ...children.map(write));
  const head = new Uint8Array(6);
  new DataView(head.buffer).setUint16(0, id, true);
  new DataView(head.buffer).setUint32(2, body.length + 6, true);
  return joined(head, body);
}
