import {
  Accessor,
  type Document,
  Format,
  type GLTF,
  type JSONDocument,
  type PlatformIO,
  type TypedArray,
} from '@gltf-transform/core';

/** Smaller arrays are not worth leaving out. */
const LARGE_BYTES = 4096;

/** Begins the names of accessors while their arrays are left out. */
const MARK = '\0array ';

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;

/**
 * Writes a document as the parts of a GLB, which stand one after the other in the file. Large arrays are not copied:
 * their parts are views of what the document holds, valid until it changes.
 *
 * glTF-Transform writes the document with one element in place of each large array; counts, bounds and places are then
 * those of the arrays themselves. The bytes are the same as those of `PlatformIO.writeBinary`.
 *
 * @param io Must write attributes one after the other (`VertexLayout.SEPARATE`), and nothing that it compresses.
 */
export async function writeGlbParts(io: PlatformIO, document: Document): Promise<Uint8Array<ArrayBuffer>[]> {
  const large = document
    .getRoot()
    .listAccessors()
    .filter((accessor) => !accessor.getSparse() && (accessor.getArray()?.byteLength ?? 0) >= LARGE_BYTES);
  const written = await withoutArrays(large, () => io.writeJSON(document, { format: Format.GLB }));
  return assemble(written.json, placeArrays(written));
}

/** What glTF-Transform wrote, and the arrays of accessors that it has only seen one element of. */
interface Written {
  json: GLTF.IGLTF;
  binary: Uint8Array<ArrayBuffer>;
  arrays: Map<GLTF.IAccessor, TypedArray>;
}

/** Runs `write` while every accessor of `large` has one element, and puts their own numbers into the JSON. */
async function withoutArrays(large: readonly Accessor[], write: () => Promise<JSONDocument>): Promise<Written> {
  const kept: { array: TypedArray; name: string }[] = [];
  const restore = (index: number): Accessor => {
    const { array, name } = kept[index]!;
    return large[index]!.setArray(array).setName(name);
  };
  try {
    for (const [index, accessor] of large.entries()) {
      const array = accessor.getArray()!;
      kept.push({ array, name: accessor.getName() });
      accessor.setArray(array.slice(0, accessor.getElementSize())).setName(MARK + index);
    }
    const { json, resources } = await write();
    const arrays = new Map<GLTF.IAccessor, TypedArray>();
    for (const definition of json.accessors ?? []) {
      if (!definition.name?.startsWith(MARK)) continue;
      const accessor = restore(Number(definition.name.slice(MARK.length)));
      definition.name = accessor.getName();
      if (definition.name === '') delete definition.name;
      definition.count = accessor.getCount();
      const array = accessor.getArray()!;
      if (definition.max) [definition.min, definition.max] = boundsOf(array, accessor.getElementSize());
      arrays.set(definition, array);
    }
    return { json, binary: Object.values(resources)[0] ?? new Uint8Array(0), arrays };
  } finally {
    for (const index of kept.keys()) restore(index);
  }
}

/** Smallest and largest of the finite numbers of each component, in single precision. */
function boundsOf(array: TypedArray, width: number): [min: number[], max: number[]] {
  const min = new Float32Array(width).fill(Infinity);
  const max = new Float32Array(width).fill(-Infinity);
  for (let k = 0; k < width; k++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = k; i < array.length; i += width) {
      const value = array[i]!;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
    min[k] = low;
    max[k] = high;
  }
  return [[...min], [...max]];
}

/** The parts of the binary chunk. Gives buffer views and accessors their places and sizes in it. */
function placeArrays({ json, binary, arrays }: Written): Uint8Array<ArrayBuffer>[] {
  const views = json.bufferViews ?? [];
  const images = new Set(json.images?.map(({ bufferView }) => bufferView));
  const users = new Map<number, GLTF.IAccessor[]>();
  for (const accessor of json.accessors ?? []) {
    if (accessor.bufferView === undefined) continue;
    const known = users.get(accessor.bufferView);
    if (known) known.push(accessor);
    else users.set(accessor.bufferView, [accessor]);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const add = (part: Uint8Array<ArrayBuffer>, multiple: number): void => {
    const padding = (multiple - ((length + part.byteLength) % multiple)) % multiple;
    parts.push(part);
    if (padding > 0) parts.push(new Uint8Array(padding));
    length += part.byteLength + padding;
  };
  const order = [...views.keys()].sort((a, b) => (views[a]!.byteOffset ?? 0) - (views[b]!.byteOffset ?? 0) || a - b);
  for (const index of order) {
    const view = views[index]!;
    const from = view.byteOffset ?? 0;
    const start = length;
    const accessors = users.get(index) ?? [];
    view.byteOffset = start;
    if (accessors.some((accessor) => arrays.has(accessor))) {
      for (const accessor of accessors) {
        const at = from + (accessor.byteOffset ?? 0);
        const array = arrays.get(accessor);
        accessor.byteOffset = length - start;
        add(array ? elements(array, accessor, view) : binary.subarray(at, at + sizeOf(accessor)), 4);
      }
      view.byteLength = length - start;
    } else {
      add(binary.subarray(from, from + view.byteLength), images.has(index) ? 8 : 1);
    }
  }
  if (json.buffers?.[0]) json.buffers[0].byteLength = length;
  return parts;
}

/** The bytes of an accessor; vertex attributes have elements that begin at multiples of four. */
function elements(
  array: TypedArray,
  accessor: GLTF.IAccessor,
  { byteStride }: GLTF.IBufferView,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const size = array.byteLength / accessor.count;
  if (byteStride === undefined || byteStride === size) return bytes;
  const padded = new Uint8Array(accessor.count * byteStride);
  for (let i = 0; i < accessor.count; i++) {
    for (let k = 0; k < size; k++) padded[i * byteStride + k] = bytes[i * size + k]!;
  }
  return padded;
}

/** Bytes of an accessor whose elements stand one behind the other. */
function sizeOf({ type, componentType, count }: GLTF.IAccessor): number {
  return count * Accessor.getElementSize(type) * Accessor.getComponentSize(componentType);
}

/** Header and chunks (glTF 2.0, section 4.4). */
function assemble(json: GLTF.IGLTF, binary: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer>[] {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const jsonChunk = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(0x20);
  jsonChunk.set(text);
  const length = binary.reduce((sum, part) => sum + part.byteLength, 0);
  const binaryLength = Math.ceil(length / 4) * 4;
  const head = [
    GLB_MAGIC,
    2,
    20 + jsonChunk.length + (length > 0 ? 8 + binaryLength : 0),
    jsonChunk.length,
    JSON_CHUNK,
  ];
  const parts = [words(head), jsonChunk];
  if (length > 0) parts.push(words([binaryLength, BINARY_CHUNK]), ...binary);
  if (binaryLength > length) parts.push(new Uint8Array(binaryLength - length));
  return parts;
}

/** Little-endian, as all numbers of the format. */
function words(values: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value, true);
  return bytes;
}
