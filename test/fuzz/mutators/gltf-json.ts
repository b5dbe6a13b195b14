import type { Random } from '../random.ts';
import { AWKWARD_FLOATS, AWKWARD_INTEGERS } from './awkward-values.ts';
import { addExtension } from './gltf-extensions.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** A place in the JSON: what holds it, and under which key. */
interface Slot {
  holder: JsonObject | Json[];
  key: string | number;
}

/** Numbers that JSON can write and a reader of doubles cannot hold, and the like: written into the text at last. */
const RAW = ['1e999', '-1e999', '-0', '1E+2', '1.0', '123456789012345678901234567890'];

const WORDS = [
  ...[
    'SCALAR',
    'VEC2',
    'VEC3',
    'VEC4',
    'MAT2',
    'MAT3',
    'MAT4',
    'LINEAR',
    'STEP',
    'CUBICSPLINE',
    'OPAQUE',
    'MASK',
    'BLEND',
  ],
  ...['translation', 'rotation', 'scale', 'weights', 'pointer', 'perspective', 'orthographic', 'spot', 'directional'],
  ...['POSITION', 'NORMAL', 'TANGENT', 'TEXCOORD_0', 'COLOR_0', 'JOINTS_0', 'WEIGHTS_0', '_CUSTOM', 'TEXCOORD_99'],
  ...['image/png', 'image/jpeg', 'image/webp', 'image/ktx2', 'image/gif', '2.0', '1.0', '2.1', '3.0', ''],
  ...['../outside.bin', '/etc/passwd', 'file:///etc/passwd', 'http://127.0.0.1/a.bin', 'C:\\a.bin', 'a%00b', '%zz'],
  ...['data:,', 'data:application/octet-stream;base64,AAAA', 'data:image/png;base64,@@@@', 'model.gltf', '__proto__'],
];

/** Constants of the specification that stand in place of one another. */
const CONSTANTS = [0, 1, 2, 3, 4, 5, 6, 5120, 5121, 5122, 5123, 5125, 5126, 9728, 9987, 10497, 33071, 34962, 34963];

/** Edits the JSON of a glTF asset where it means something: indices, counts, types, references, cycles, extensions. */
export function mutateGltfJson(text: string, random: Random): string {
  const json = JSON.parse(text) as JsonObject;
  for (let edits = 1 + random.below(4); edits > 0; edits--) edit(json, random);
  let out = JSON.stringify(json).replace(/"@raw:([^"]*)"/g, '$1');
  if (random.chance(0.03)) out = `${'['.repeat(random.pick([100, 50_000]))}${out}`;
  if (random.chance(0.02)) out = out.slice(0, random.below(out.length));
  return out;
}

function edit(json: JsonObject, random: Random): void {
  random.weighted<() => void>([
    [8, () => editNumber(json, random)],
    [3, () => editString(json, random)],
    [4, () => editArray(json, random)],
    [4, () => editObject(json, random)],
    [3, () => editNodes(json, random)],
    [2, () => addSparse(json, random)],
    [2, () => addTargets(json, random)],
    [3, () => addExtension(json, random)],
    [2, () => exchangeAccessors(json, random)],
    [1, () => repeatItem(json, random)],
  ])();
}

function slotsOf(root: Json, fits: (value: Json) => boolean): Slot[] {
  const found: Slot[] = [];
  const open: Json[] = [root];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    for (const [key, value] of Object.entries(at)) {
      if (fits(value)) found.push({ holder: at as JsonObject, key: Array.isArray(at) ? Number(key) : key });
      if (typeof value === 'object') open.push(value);
    }
  }
  return found;
}

function read({ holder, key }: Slot): Json {
  return (holder as JsonObject)[key]!;
}

function write({ holder, key }: Slot, value: Json): void {
  (holder as JsonObject)[key] = value;
}

function editNumber(json: JsonObject, random: Random): void {
  const slots = slotsOf(json, (value) => typeof value === 'number');
  if (slots.length === 0) return;
  const slot = random.pick(slots);
  const old = read(slot) as number;
  write(
    slot,
    random.weighted<Json>([
      [4, random.pick(AWKWARD_INTEGERS)],
      [2, random.pick(AWKWARD_FLOATS)],
      [3, old + random.pick([1, -1, 2, 4, -4])],
      [3, random.pick(CONSTANTS)],
      [2, read(random.pick(slots))],
      [1, `@raw:${random.pick(RAW)}`],
      [1, random.pick<Json>([null, true, '1', [], {}, [1]])],
    ]),
  );
}

function editString(json: JsonObject, random: Random): void {
  const slots = slotsOf(json, (value) => typeof value === 'string');
  if (slots.length === 0) return;
  write(
    random.pick(slots),
    random.weighted<Json>([
      [5, random.pick(WORDS)],
      [3, read(random.pick(slots))],
      [1, 'n'.repeat(random.pick([1000, 300_000]))],
      [1, random.pick<Json>([null, 7, [], {}, '\0', '\ud800', '\u{1f4a9}'])],
    ]),
  );
}

function editArray(json: JsonObject, random: Random): void {
  const slots = slotsOf(json, Array.isArray);
  if (slots.length === 0) return;
  const slot = random.pick(slots);
  const list = read(slot) as Json[];
  switch (random.below(6)) {
    case 0:
      list.splice(random.below(list.length), 1 + random.below(3));
      break;
    case 1:
      if (list.length > 0) list.push(structuredClone(random.pick(list)));
      break;
    case 2:
      list.length = 0;
      break;
    case 3:
      list.push(random.pick<Json>([null, -1, 0, 1e9, 'a', {}, []]));
      break;
    case 4:
      list.reverse();
      break;
    default:
      write(slot, random.pick<Json>([null, 0, 'a', {}, [[]], Array.from({ length: 5000 }, () => 0)]));
  }
}

function editObject(json: JsonObject, random: Random): void {
  const slots = slotsOf(json, (value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  const object = slots.length === 0 || random.chance(0.1) ? json : (read(random.pick(slots)) as JsonObject);
  const keys = Object.keys(object);
  if (keys.length === 0) return;
  const key = random.pick(keys);
  switch (random.below(4)) {
    case 0:
    case 1:
      delete object[key];
      break;
    case 2:
      object[random.pick(WORDS)] = object[key]!;
      break;
    default: {
      const other = slots.length === 0 ? json : (read(random.pick(slots)) as JsonObject);
      // Something that is right elsewhere; a copy, as JSON knows no cycles.
      Object.assign(object, structuredClone(other));
    }
  }
}

function list(json: JsonObject, name: string): JsonObject[] {
  const value = json[name];
  return Array.isArray(value)
    ? value.filter((item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item))
    : [];
}

/** Cycles, shared children, matrices that are none, skins on anything, and chains of more nodes than a stack holds. */
function editNodes(json: JsonObject, random: Random): void {
  const nodes = list(json, 'nodes');
  if (nodes.length === 0 || !Array.isArray(json.nodes)) return;
  const node = random.pick(nodes);
  switch (random.below(6)) {
    case 0:
      node.children = [random.below(nodes.length), ...(Array.isArray(node.children) ? node.children : [])];
      break;
    case 1:
      for (const [index, item] of nodes.entries()) item.children = [(index + 1) % nodes.length];
      break;
    case 2:
      node.matrix = Array.from({ length: 16 }, () => random.pick([0, 0, 1, 1e30, -1, 1e-30]));
      break;
    case 3:
      node.skin = random.below(3);
      node.mesh = random.below(3);
      break;
    case 4: {
      const first = json.nodes.length;
      const levels = random.pick([900, 1100, 20_000]);
      for (let i = 0; i < levels; i++) json.nodes.push(i + 1 < levels ? { children: [first + i + 1] } : { mesh: 0 });
      node.children = [first];
      break;
    }
    default:
      node.scale = [random.pick(AWKWARD_FLOATS), 0, random.pick(AWKWARD_FLOATS)];
      node.rotation = [0, 0, 0, random.pick(AWKWARD_FLOATS)];
  }
}

function addSparse(json: JsonObject, random: Random): void {
  const accessors = list(json, 'accessors');
  if (accessors.length === 0) return;
  const accessor = random.pick(accessors);
  const view = () => random.below(list(json, 'bufferViews').length + 1);
  accessor.sparse = {
    count: random.pick([0, 1, 2, 3, 1e9, -1]),
    indices: { bufferView: view(), componentType: random.pick([5121, 5123, 5125, 5126]) },
    values: { bufferView: view(), byteOffset: random.pick([0, 1, 4]) },
  };
  if (random.chance(0.3)) delete accessor.bufferView;
}

function addTargets(json: JsonObject, random: Random): void {
  const meshes = list(json, 'meshes');
  if (meshes.length === 0) return;
  const mesh = random.pick(meshes);
  const count = list(json, 'accessors').length;
  for (const primitive of list(mesh, 'primitives')) {
    primitive.targets = Array.from({ length: random.pick([1, 2, 5]) }, () => ({
      [random.pick(['POSITION', 'NORMAL', 'TANGENT', 'COLOR_0', '_X'])]: random.below(count + 1),
    }));
  }
  mesh.weights = Array.from({ length: random.below(4) }, () => random.pick(AWKWARD_FLOATS));
}

/** Attributes, indices, key times and bind matrices that are those of something else. */
function exchangeAccessors(json: JsonObject, random: Random): void {
  const count = list(json, 'accessors').length;
  const slots = slotsOf(json, (value) => typeof value === 'number').filter(({ key }) =>
    /^(indices|input|output|inverseBindMatrices|[A-Z]+(_\d+)?)$/.test(String(key)),
  );
  if (slots.length === 0) return;
  for (let i = random.below(3); i >= 0; i--) write(random.pick(slots), random.below(count));
}

function repeatItem(json: JsonObject, random: Random): void {
  const name = random.pick(['nodes', 'meshes', 'accessors', 'materials', 'textures', 'images', 'animations', 'skins']);
  const items = json[name];
  if (!Array.isArray(items) || items.length === 0) return;
  const item = random.pick(items);
  for (let i = random.pick([1, 10, 2000]); i > 0; i--) items.push(structuredClone(item));
}
