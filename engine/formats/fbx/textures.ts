import type { Document, Texture, TextureInfo } from '@gltf-transform/core';
import { KHRTextureTransform } from '@gltf-transform/extensions';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { baseName, type ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { child, isArray, textAt } from './fbx-node.ts';
import { childrenOf, type FbxObject } from './fbx-scene.ts';

const CLAMP_TO_EDGE = 33071;

/** The images of a file: embedded ones, and files beside it that it refers to. */
export class FbxTextures {
  private readonly document: Document;
  private readonly files: ResourceFiles;
  private readonly main: ModelFile;
  private readonly library: TextureLibrary;
  private readonly findings: FbxFindings;
  private readonly made = new Map<FbxObject, Texture | null>();
  /** Embedded images by the name they are stored under; several `Video` objects may share one. */
  private readonly embedded = new Map<string, Uint8Array>();

  constructor(
    document: Document,
    objects: readonly FbxObject[],
    files: ResourceFiles,
    main: ModelFile,
    limits: ModelLimits,
    findings: FbxFindings,
  ) {
    this.document = document;
    this.files = files;
    this.main = main;
    this.findings = findings;
    this.library = new TextureLibrary(document, files, main, limits, (problem, reference, detail) => {
      const code = problem === 'missing' ? 'missing_texture' : 'unsupported_texture';
      findings.add(code, `"${reference}"${detail ? ` (${detail})` : ''}`);
    });
    for (const object of objects) {
      if (object.kind !== 'Video') continue;
      const bytes = embeddedBytes(object);
      if (!bytes) continue;
      for (const path of pathsOf(object)) {
        const key = baseName(path).toLowerCase();
        if (key !== '' && !this.embedded.has(key)) this.embedded.set(key, bytes);
      }
    }
  }

  /** The image of a texture object; null, and reported once, where it is not there or in no format of glTF. */
  get(texture: FbxObject): Texture | null {
    const known = this.made.get(texture);
    if (known !== undefined) return known;
    const made = this.load(texture);
    this.made.set(texture, made);
    return made;
  }

  /** Whether two texture objects show the same image. */
  isSame(a: FbxObject, b: FbxObject): boolean {
    const first = this.get(a);
    return first !== null && first === this.get(b);
  }

  private load(texture: FbxObject): Texture | null {
    const videos = childrenOf(texture, 'Video');
    const paths = [...pathsOf(texture), ...videos.flatMap(pathsOf)];
    for (const video of videos) {
      const bytes = embeddedBytes(video);
      if (bytes) return this.library.fromBytes(bytes, baseName(paths[0] ?? video.name) || video.name);
    }
    for (const path of paths) {
      const bytes = this.embedded.get(baseName(path).toLowerCase());
      if (bytes) return this.library.fromBytes(bytes, baseName(path));
    }
    for (const path of paths) {
      const file = this.lookUp(path);
      if (file) return this.library.fromBytes(file.bytes, baseName(file.name));
    }
    if (paths.length > 0) this.findings.add('missing_texture', `"${baseName(paths[0]!)}"`);
    return null;
  }

  private lookUp(path: string): ModelFile | null {
    try {
      const found = this.files.resolve(path, this.main.name, this.main.name);
      return found.kind === 'found' ? found.file : null;
    } catch (error) {
      // Every FBX states where the image lies on its author's disk; that only means that the file is not here.
      if (error instanceof MaquetteError && error.code === 'model_resource_unsafe') return null;
      throw error;
    }
  }

  /** Repeat, offset and rotation of the image, and the set of coordinates it uses. */
  apply(texture: FbxObject, info: TextureInfo, uvSets: readonly string[]): void {
    const { properties } = texture;
    const set = uvSets.indexOf(properties.text('UVSet') ?? '');
    if (set > 0) info.setTexCoord(set);
    if (properties.number('WrapModeU') === 1) info.setWrapS(CLAMP_TO_EDGE);
    if (properties.number('WrapModeV') === 1) info.setWrapT(CLAMP_TO_EDGE);
    const legacyOffset = numbers(texture, 'ModelUVTranslation');
    const legacyScale = numbers(texture, 'ModelUVScaling');
    const [u, v] = properties.vector('Translation') ?? legacyOffset ?? [0, 0];
    const [su, sv] = properties.vector('Scaling') ?? legacyScale ?? [1, 1];
    const degrees = properties.vector('Rotation')?.[2] ?? 0;
    if (u === 0 && v === 0 && su === 1 && sv === 1 && degrees === 0) return;
    if (!(su !== 0 && sv !== 0)) return;
    // FBX scales, turns about the origin at the bottom left and moves; glTF counts v from the top, which changes the
    // sense of the turn.
    const angle = (degrees * Math.PI) / 180;
    const transform = this.document.createExtension(KHRTextureTransform).createTransform();
    transform
      .setScale([su!, sv!])
      .setRotation(-angle)
      .setOffset([u! - sv! * Math.sin(angle), 1 - v! - sv! * Math.cos(angle)]);
    info.setExtension('KHR_texture_transform', transform);
  }
}

/** Where the object says its image lies; the relative path first. */
function pathsOf(object: FbxObject): string[] {
  const names = ['RelativeFilename', 'FileName', 'Filename'];
  const paths = names.map((name) => textAt(child(object.node, name), 0));
  for (const name of ['RelPath', 'Path']) paths.push(object.properties.text(name) ?? '');
  return [...new Set(paths.filter((path) => path !== ''))];
}

/** Bytes in binary files, base 64 in text files (in several pieces when large). */
function embeddedBytes(video: FbxObject): Uint8Array | null {
  const values = child(video.node, 'Content')?.values ?? [];
  const first = values[0];
  if (first instanceof Uint8Array) return first.length > 0 ? first : null;
  if (isArray(first) && first.count > 0) return Uint8Array.from(first.int32());
  const pieces = values.filter((value): value is string => typeof value === 'string' && value !== '');
  if (pieces.length === 0) return null;
  const decoded = pieces.map(decodeBase64);
  if (decoded.some((piece) => piece === null)) return null;
  const out = new Uint8Array(decoded.reduce((sum, piece) => sum + piece!.length, 0));
  let at = 0;
  for (const piece of decoded) {
    out.set(piece!, at);
    at += piece!.length;
  }
  return out.length > 0 ? out : null;
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    const binary = atob(text.replace(/\s+/g, ''));
    const out = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
    return out;
  } catch {
    return null;
  }
}

function numbers(object: FbxObject, name: string): number[] | null {
  const values = child(object.node, name)?.values.map(Number) ?? [];
  return values.length >= 2 && values.every(Number.isFinite) ? values : null;
}
