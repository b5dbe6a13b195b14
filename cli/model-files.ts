import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { headOf, type ModelFile } from '#engine/formats/model-file.ts';
import { wholeLines } from '#engine/formats/whole-lines.ts';
import { FileOnDisk } from '#platform/files/file-on-disk.ts';

/** References beyond these are left out, and reported as missing by the reader. */
const MOST_FILES = 500;

/** Header of a GLB and of its first chunk. */
const GLB_HEAD_BYTES = 20;
/** No text of JavaScript is longer. */
const MOST_JSON_BYTES = 2 ** 29;

const LF = 0x0a;

/**
 * Reads a model and the files beside it that it refers to: the buffers and textures of a glTF, the material libraries
 * and textures of an OBJ. Nothing outside the model's folder is read.
 *
 * @param known The model's own bytes, where they have been read already.
 * @throws MaquetteError `not_found` when the model itself cannot be read.
 */
export async function readModelFiles(path: string, known?: Uint8Array): Promise<ModelFile[]> {
  const folder = dirname(path);
  const files: ModelFile[] = [known ? { name: basename(path), bytes: known } : openFile(path)];
  for (let index = 0; index < files.length && files.length < MOST_FILES; index++) {
    const file = files[index] as ModelFile;
    for (const reference of await referencesOf(file)) {
      const target = join(folder, dirname(file.name), reference);
      const name = relative(folder, target).replaceAll('\\', '/');
      if (name.startsWith('..') || files.some((known) => known.name === name)) continue;
      const content = await readFile(target).catch(() => null);
      if (content) files.push({ name, bytes: content });
    }
  }
  return files;
}

function openFile(path: string): ModelFile {
  try {
    return new FileOnDisk(basename(path), path);
  } catch (thrown) {
    const cause = thrown as NodeJS.ErrnoException;
    const reason =
      cause.code === 'ENOENT' ? 'there is no such file' : cause.code === 'EISDIR' ? 'it is a folder' : cause.message;
    throw new MaquetteError('not_found', `${path} cannot be read: ${reason}.`, { cause });
  }
}

/** File names that a glTF, GLB, OBJ, MTL, FBX, DAE, PLY, USDA or 3DS file mentions; nothing for other files. */
async function referencesOf(file: ModelFile): Promise<string[]> {
  const ending = file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase();
  if (ending === 'gltf') return gltfReferences(file.bytes);
  if (ending === 'glb') return gltfReferences(jsonChunk(file));
  if (ending === 'obj') return listLibraries(file);
  // Options such as `-s 1 1 1` stand before the name, which may hold blanks: both readings are tried.
  if (ending === 'mtl') {
    return statements(file.bytes, /^\s*(?:map_\w+|bump|norm|disp|refl)\s+(.+?)\s*$/gim).flatMap((text) => [
      text,
      text.split(/\s+/).at(-1) ?? text,
    ]);
  }
  if (ending === 'fbx') return (await import('#engine/formats/fbx/list-references.ts')).listFbxReferences(file.bytes);
  if (ending === 'dae')
    return statements(file.bytes, /<(?:init_from|ref)>\s*(?:file:\/\/\/?)?([^<]+?)\s*</g).map(decoded);
  if (ending === 'ply') return statements(headOf(file, 65_536), /^comment TextureFile\s+(.+?)\s*$/gm);
  if (ending === 'usda' || ending === 'usd') return statements(file.bytes, /@(?:\.\/)?([^@\n]{1,500})@/g);
  // A binary format: its file names end with a zero byte.
  if (ending === '3ds') return statements(file.bytes, /([\w .()\\/-]{1,64}\.(?:jpe?g|png|tga|webp|bmp|gif|tiff?))\0/gi);
  return [];
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/**
 * The first chunk of a GLB, which is its JSON (glTF 2.0, 4.4.3); nothing where the file is too short for one. The rest,
 * which may be larger than any buffer, is not read for it.
 */
function jsonChunk(file: ModelFile): Uint8Array {
  const head = headOf(file, GLB_HEAD_BYTES);
  if (head.length < GLB_HEAD_BYTES) return head.subarray(0, 0);
  const length = new DataView(head.buffer, head.byteOffset).getUint32(12, true);
  return length > MOST_JSON_BYTES
    ? head.subarray(0, 0)
    : headOf(file, GLB_HEAD_BYTES + length).subarray(GLB_HEAD_BYTES);
}

function gltfReferences(bytes: Uint8Array): string[] {
  try {
    const json = JSON.parse(new TextDecoder().decode(bytes)) as {
      buffers?: { uri?: string }[];
      images?: { uri?: string }[];
    };
    return [...(json.buffers ?? []), ...(json.images ?? [])]
      .map(({ uri }) => uri)
      .filter((uri): uri is string => typeof uri === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(uri))
      .map((uri) => decodeURIComponent(uri));
  } catch {
    // What is wrong with it is for the reader to say.
    return [];
  }
}

/** The material libraries of an OBJ, which may stand anywhere in it. */
function listLibraries(file: ModelFile): string[] {
  const found: string[] = [];
  for (const lines of wholeLines(file)) {
    const block = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    for (let at = block.indexOf('mtllib'); at >= 0; at = block.indexOf('mtllib', at + 1)) {
      const start = block.lastIndexOf(LF, at) + 1;
      const end = block.indexOf(LF, at);
      found.push(...statements(block.subarray(start, end < 0 ? block.length : end), /^\s*mtllib\s+(.+?)\s*$/gm));
    }
  }
  return found;
}

function statements(bytes: Uint8Array, pattern: RegExp): string[] {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  const text = new TextDecoder(utf16).decode(bytes);
  return [...text.matchAll(pattern)].map((match) => (match[1] as string).replaceAll('\\', '/'));
}
