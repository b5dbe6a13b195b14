import type { Document, Texture } from '@gltf-transform/core';
import { EXTTextureAVIF, EXTTextureWebP, KHRTextureBasisu } from '@gltf-transform/extensions';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelTooLarge } from '../errors.ts';
import { readImageHeader } from '../image-header.ts';
import { baseName, type ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { decodeTga } from './decode-tga.ts';
import { encodePng } from './encode-png.ts';

/** Why a texture could not be used. */
export type TextureProblem = 'missing' | 'remote' | 'unreadable';

/** Finds the images that a model refers to and makes each a glTF texture once. TGA becomes PNG. */
export class TextureLibrary {
  private readonly document: Document;
  private readonly files: ResourceFiles;
  private readonly main: ModelFile;
  private readonly limits: ModelLimits;
  private readonly report: (problem: TextureProblem, reference: string, detail: string) => void;
  private readonly byReference = new Map<string, Texture | null>();
  private readonly byFile = new Map<Uint8Array, Texture | null>();

  /** @param report called once for each reference that does not lead to a usable image */
  constructor(
    document: Document,
    files: ResourceFiles,
    main: ModelFile,
    limits: ModelLimits,
    report: (problem: TextureProblem, reference: string, detail: string) => void,
  ) {
    this.document = document;
    this.files = files;
    this.main = main;
    this.limits = limits;
    this.report = report;
  }

  /**
   * The texture that `reference` means; null where there is none, which was reported.
   *
   * @throws MaquetteError `model_resource_unsafe`, `model_too_large`
   */
  find(reference: string): Texture | null {
    const known = this.byReference.get(reference);
    if (known !== undefined) return known;
    const found = this.files.resolve(reference, this.main.name, this.main.name);
    let texture: Texture | null = null;
    if (found.kind === 'found') texture = this.fromBytes(found.file.bytes, baseName(found.file.name));
    else this.report(found.kind, reference, '');
    this.byReference.set(reference, texture);
    return texture;
  }

  /** A texture of an image in memory; null, and reported, where glTF has no place for its format. */
  fromBytes(bytes: Uint8Array, name: string): Texture | null {
    const known = this.byFile.get(bytes);
    if (known !== undefined) return known;
    const texture = this.create(bytes, name);
    this.byFile.set(bytes, texture);
    return texture;
  }

  private create(bytes: Uint8Array, name: string): Texture | null {
    const tga = /\.(tga|icb|vda|vst)$/i.test(name) ? decodeTga(bytes) : null;
    if (tga) return this.create(encodePng(tga), name.replace(/\.[^.]+$/, '.png'));
    const header = readImageHeader(bytes);
    if (header && header.width * header.height > this.limits.texturePixels) {
      throw modelTooLarge(
        name,
        `The texture has ${formatCount(header.width)} × ${formatCount(header.height)} pixels; the limit is ${formatCount(this.limits.texturePixels)} pixels.`,
        'texturePixels',
      );
    }
    const mimeType = header?.mimeType ?? '';
    if (!header || header.width === 0 || !this.isHeld(mimeType)) {
      this.report('unreadable', name, mimeType);
      return null;
    }
    return this.document
      .createTexture(name.replace(/\.[^.]+$/, ''))
      .setMimeType(mimeType)
      .setImage(new Uint8Array(bytes));
  }

  /** Whether glTF holds images of the type; some need an extension. */
  private isHeld(mimeType: string): boolean {
    switch (mimeType) {
      case 'image/png':
      case 'image/jpeg':
        return true;
      case 'image/webp':
        this.document.createExtension(EXTTextureWebP).setRequired(true);
        return true;
      case 'image/avif':
        this.document.createExtension(EXTTextureAVIF).setRequired(true);
        return true;
      case 'image/ktx2':
        this.document.createExtension(KHRTextureBasisu).setRequired(true);
        return true;
      default:
        return false;
    }
  }
}
