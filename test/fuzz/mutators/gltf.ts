import type { Random } from '../random.ts';
import { AWKWARD_FLOATS, NON_FINITE } from './awkward-values.ts';
import { joined, mutateBytes, writeWord } from './bytes.ts';
import { mutateGltfJson } from './gltf-json.ts';
import type { Mutator } from './mutator.ts';

/** Edits the JSON of a glTF file. */
export const mutateGltf: Mutator = ([main, ...others], random) => [
  { name: main!.name, bytes: new TextEncoder().encode(mutateGltfJson(textOf(main!.bytes), random)) },
  ...others,
];

/** Writes NaN, infinities and awkward numbers into the data that accessors of a glTF file refer to. */
export const mutateGltfBuffers: Mutator = (files, random) => {
  const [main, ...others] = files;
  const json = JSON.parse(textOf(main!.bytes)) as GltfData;
  const out = others.map((file) => ({ name: file.name, bytes: Uint8Array.from(file.bytes) }));
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    spoilAccessor(json, (buffer) => out.find(({ name }) => name === buffer.uri)?.bytes, random);
  }
  return [main!, ...out];
};

/** Edits the JSON chunk of a GLB file and puts the file together again. */
export function mutateGlbJson(bytes: Uint8Array, random: Random): Uint8Array {
  const chunks = chunksOf(bytes);
  const json = new TextEncoder().encode(mutateGltfJson(textOf(chunks[0]!.body), random));
  return writeChunks([{ type: JSON_CHUNK, body: json }, ...chunks.slice(1)]);
}

/** Spoils the data of accessors in the BIN chunk. */
export function mutateGlbData(bytes: Uint8Array, random: Random): Uint8Array {
  const chunks = chunksOf(bytes).map(({ type, body }) => ({ type, body: Uint8Array.from(body) }));
  const json = JSON.parse(textOf(chunks[0]!.body)) as GltfData;
  for (let edits = 1 + random.below(3); edits > 0; edits--) spoilAccessor(json, () => chunks[1]?.body, random);
  return writeChunks(chunks);
}

/** Damages what stands around the chunks: lengths, types, order, number, padding. */
export function mutateGlbChunks(bytes: Uint8Array, random: Random): Uint8Array {
  const chunks = chunksOf(bytes);
  const chosen = random.below(chunks.length);
  switch (random.below(6)) {
    case 0:
      chunks.splice(chosen, 1);
      break;
    case 1:
      chunks.push(chunks[chosen]!);
      break;
    case 2:
      chunks.reverse();
      break;
    case 3:
      chunks[chosen] = { ...chunks[chosen]!, type: random.pick([0, 1, JSON_CHUNK, BIN_CHUNK, 0xffffffff]) };
      break;
    case 4: {
      const { type, body } = chunks[chosen]!;
      chunks[chosen] = {
        type,
        body: random.chance(0.5) ? body.slice(0, random.below(body.length)) : new Uint8Array(0),
      };
      break;
    }
    default:
      chunks.splice(chosen, 0, { type: 0x12345678, body: new Uint8Array(random.below(100)) });
  }
  const out = writeChunks(chunks, random.chance(0.2) ? 1 : 4);
  if (random.chance(0.5)) writeWord(out, random.pick([4, 8, 12, 16, 20]), random);
  return random.chance(0.1) ? mutateBytes(out, random) : out;
}

interface GltfData {
  accessors?: { bufferView?: number; byteOffset?: number; componentType: number; count: number; type: string }[];
  bufferViews?: { buffer: number; byteOffset?: number; byteLength: number; byteStride?: number }[];
  buffers?: { uri?: string }[];
}

const WIDTHS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

function spoilAccessor(
  json: GltfData,
  bytesOf: (buffer: { uri?: string }) => Uint8Array | undefined,
  random: Random,
): void {
  const accessors = (json.accessors ?? []).filter(({ bufferView }) => bufferView !== undefined);
  if (accessors.length === 0) return;
  const accessor = random.pick(accessors);
  const view = json.bufferViews?.[accessor.bufferView!];
  const bytes = view && bytesOf(json.buffers?.[view.buffer] ?? {});
  if (!bytes) return;
  const size = { 5120: 1, 5121: 1, 5122: 2, 5123: 2 }[accessor.componentType] ?? 4;
  const start = (view.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  const stride = view.byteStride ?? size * (WIDTHS[accessor.type] ?? 1);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = random.chance(0.5) ? NON_FINITE : [...AWKWARD_FLOATS, ...NON_FINITE];
  const value = random.pick(floats);
  const whole = random.pick([0, 1, 127, 128, 255, 65535, 65534, 0xffffffff, 100, accessor.count]);
  const times = random.pick([1, 1, 3, accessor.count]);
  for (let i = 0; i < times; i++) {
    const element = times === accessor.count ? i : random.below(accessor.count);
    const at = start + element * stride + random.below(WIDTHS[accessor.type] ?? 1) * size;
    if (at + size > bytes.length) continue;
    if (accessor.componentType === 5126) data.setFloat32(at, value, true);
    else if (size === 1) data.setUint8(at, whole);
    else if (size === 2) data.setUint16(at, whole, true);
    else data.setUint32(at, whole, true);
  }
}

interface Chunk {
  type: number;
  body: Uint8Array;
}

const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    chunks.push({ type: view.getUint32(at + 4, true), body: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return chunks;
}

function writeChunks(chunks: readonly Chunk[], alignment = 4): Uint8Array {
  const parts = chunks.flatMap(({ type, body }) => {
    const padding = new Uint8Array((alignment - (body.length % alignment)) % alignment);
    padding.fill(type === JSON_CHUNK ? 32 : 0);
    return [new Uint8Array(Uint32Array.of(body.length + padding.length, type).buffer), body, padding];
  });
  const length = 12 + parts.reduce((sum, part) => sum + part.length, 0);
  return joined(new Uint8Array(Uint32Array.of(0x46546c67, 2, length).buffer), ...parts);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
