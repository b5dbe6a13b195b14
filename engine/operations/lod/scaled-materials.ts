import type { Document, Material, Texture } from '@gltf-transform/core';
import { readImageHeader } from '../../formats/image-header.ts';
import { resizeTexture } from '../../texture/resize.ts';
import type { OperationHost } from '../operation-context.ts';
import { formatOf, meaningOf, usesAlpha } from '../textures.ts';

/** Textures do not become smaller than this, in pixels. */
const LEAST = 16;
/** Of what loses detail anyway. */
const QUALITY = 85;

/**
 * Materials with smaller textures for coarser levels: each level has textures of half the size of the one before. What
 * two materials share they share on every level, and a material without anything to scale serves all levels. Textures of
 * extensions stay as they are, and so do those in KTX2.
 */
export class ScaledMaterials {
  readonly #document: Document;
  readonly #host: OperationHost;
  readonly #materials = new Map<number, Map<Material, Material>>();
  readonly #textures = new Map<number, Map<Texture, Texture>>();

  constructor(document: Document, host: OperationHost) {
    this.#document = document;
    this.#host = host;
  }

  /** @param level from 1 */
  async of(material: Material, level: number): Promise<Material> {
    const known = this.#materials.get(level) ?? new Map<Material, Material>();
    this.#materials.set(level, known);
    const made = known.get(material) ?? (await this.#make(material, level));
    known.set(material, made);
    return made;
  }

  async #make(material: Material, level: number): Promise<Material> {
    const scaled = async (texture: Texture | null) => texture && (await this.#scale(texture, level));
    const [base, rough, normal, occlusion, emissive] = [
      await scaled(material.getBaseColorTexture()),
      await scaled(material.getMetallicRoughnessTexture()),
      await scaled(material.getNormalTexture()),
      await scaled(material.getOcclusionTexture()),
      await scaled(material.getEmissiveTexture()),
    ];
    const same =
      base === material.getBaseColorTexture() &&
      rough === material.getMetallicRoughnessTexture() &&
      normal === material.getNormalTexture() &&
      occlusion === material.getOcclusionTexture() &&
      emissive === material.getEmissiveTexture();
    if (same) return material;
    return material
      .clone()
      .setName(`${material.getName() || 'material'}_LOD${level}`)
      .setBaseColorTexture(base)
      .setMetallicRoughnessTexture(rough)
      .setNormalTexture(normal)
      .setOcclusionTexture(occlusion)
      .setEmissiveTexture(emissive);
  }

  async #scale(texture: Texture, level: number): Promise<Texture> {
    const known = this.#textures.get(level) ?? new Map<Texture, Texture>();
    this.#textures.set(level, known);
    const made = known.get(texture) ?? (await this.#resize(texture, level));
    known.set(texture, made);
    return made;
  }

  async #resize(texture: Texture, level: number): Promise<Texture> {
    const image = texture.getImage();
    const header = image && readImageHeader(image);
    const format = header && formatOf(header.mimeType);
    if (!image || !header || !format || Math.min(header.width, header.height) <= LEAST) return texture;
    const side = (length: number) => Math.max(LEAST, Math.round(length / 2 ** level));
    const decoded = await this.#host.decodeImage(image, header.mimeType);
    const meaning = meaningOf(this.#document, texture);
    const small = resizeTexture(decoded, side(header.width), side(header.height), meaning);
    const alpha = usesAlpha(this.#document, texture);
    const bytes = await this.#host.encodeTexture(small, { format, quality: QUALITY, lossless: false, alpha });
    const copy = texture.clone().setImage(bytes).setMimeType(header.mimeType);
    return copy.setName(`${texture.getName() || 'texture'}_LOD${level}`).setURI('');
  }
}
