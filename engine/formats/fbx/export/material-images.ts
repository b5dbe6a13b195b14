import type { Material, Texture } from '@gltf-transform/core';
import type { RgbaImage } from '../../../texture/image-codec.ts';
import { type Corrections, plural } from '../../corrections.ts';
import type { ExportHost } from '../../exporter.ts';
import { linearToSrgb, srgbToLinear } from '../../geometry/color.ts';
import { readImageHeader } from '../../image-header.ts';
import { portableImage } from '../../textures/portable-texture.ts';
import { UniqueNames } from '../../unique-names.ts';

/** An image to be embedded. */
export interface EmbeddedImage {
  /** File name, unique among the images of the file. */
  name: string;
  bytes: Uint8Array;
}

/** The images of a material: of each channel one of its own, with the factors in them that FBX has no place for. */
export interface MaterialImages {
  base?: EmbeddedImage;
  metalness?: EmbeddedImage;
  roughness?: EmbeddedImage;
  normal?: EmbeddedImage;
  emission?: EmbeddedImage;
}

/** Makes the images of materials. What is needed twice is made once. */
export class MaterialImageMaker {
  readonly #host: ExportHost;
  readonly #report: Corrections;
  readonly #made = new Map<string, Promise<EmbeddedImage | null>>();
  readonly #decoded = new Map<Texture, Promise<RgbaImage>>();
  readonly #numbers = new Map<Texture, number>();
  readonly #names = new UniqueNames({ ignoresCase: true });

  constructor(host: ExportHost, report: Corrections) {
    this.#host = host;
    this.#report = report;
  }

  async make(material: Material): Promise<MaterialImages> {
    const images: MaterialImages = {};
    const put = (slot: keyof MaterialImages, image: EmbeddedImage | null): void => {
      if (image) images[slot] = image;
    };
    const [r, g, b] = material.getBaseColorFactor();
    put('base', await this.#tinted(material.getBaseColorTexture(), [r, g, b]));
    const surface = material.getMetallicRoughnessTexture();
    if (surface?.getImage()) {
      put('metalness', await this.#channel(surface, 2, material.getMetallicFactor(), 'metalness'));
      put('roughness', await this.#channel(surface, 1, material.getRoughnessFactor(), 'roughness'));
    }
    const normal = material.getNormalTexture();
    if (normal) put('normal', await this.#plain(normal, true));
    const emissive = material.getEmissiveFactor();
    if (emissive.some((value) => value > 0))
      put('emission', await this.#tinted(material.getEmissiveTexture(), emissive));
    return images;
  }

  /** A factor that is the same for all colours is left to the material. */
  #tinted(texture: Texture | null, factor: readonly [number, number, number]): Promise<EmbeddedImage | null> {
    if (!texture?.getImage()) return Promise.resolve(null);
    const [r, g, b] = factor;
    if (r === g && g === b) return this.#plain(texture, false);
    const tables = factor.map((share) =>
      Uint8Array.from({ length: 256 }, (_, byte) => Math.round(linearToSrgb(srgbToLinear(byte / 255) * share) * 255)),
    );
    return this.#bake(texture, `tinted ${factor.join()}`, 'tinted', (data, at) => {
      for (let k = 0; k < 3; k++) data[at + k] = tables[k]![data[at + k]!]!;
    });
  }

  /** One channel of an image times a factor, as grey. */
  #channel(texture: Texture, channel: number, factor: number, suffix: string): Promise<EmbeddedImage | null> {
    return this.#bake(texture, `${suffix} ${factor}`, suffix, (data, at) => {
      const grey = Math.round(data[at + channel]! * factor);
      data[at] = grey;
      data[at + 1] = grey;
      data[at + 2] = grey;
      data[at + 3] = 255;
    });
  }

  #plain(texture: Texture, lossless: boolean): Promise<EmbeddedImage | null> {
    return this.#once(texture, 'plain', async () => {
      const image = await portableImage(texture, lossless, this.#host);
      if (!image) return null;
      if (image.convertedFrom)
        this.#report.add(
          'converted_textures',
          1,
          (n) => `${plural(n, 'texture')} in a format that programs that read FBX do not know became PNG or JPEG.`,
        );
      return { name: this.#name(texture, '', image.ending), bytes: image.bytes };
    });
  }

  #bake(
    texture: Texture,
    key: string,
    suffix: string,
    change: (data: Uint8Array, at: number) => void,
  ): Promise<EmbeddedImage | null> {
    return this.#once(texture, key, async () => {
      const source = await this.#decode(texture);
      const data = source.data.slice();
      for (let at = 0; at < data.length; at += 4) change(data, at);
      const alpha = data.some((value, i) => i % 4 === 3 && value < 255);
      const bytes = await this.#host.encodeTexture(
        { width: source.width, height: source.height, data },
        { format: 'png', quality: 100, lossless: true, alpha },
      );
      return { name: this.#name(texture, `_${suffix}`, '.png'), bytes };
    });
  }

  #decode(texture: Texture): Promise<RgbaImage> {
    let decoded = this.#decoded.get(texture);
    if (!decoded) {
      const bytes = texture.getImage()!;
      decoded = this.#host.decodeImage(bytes, readImageHeader(bytes)?.mimeType ?? texture.getMimeType());
      this.#decoded.set(texture, decoded);
    }
    return decoded;
  }

  #once(texture: Texture, key: string, make: () => Promise<EmbeddedImage | null>): Promise<EmbeddedImage | null> {
    const number = this.#numbers.get(texture) ?? this.#numbers.size;
    this.#numbers.set(texture, number);
    const full = `${number} ${key}`;
    const made = this.#made.get(full) ?? make();
    this.#made.set(full, made);
    return made;
  }

  #name(texture: Texture, suffix: string, ending: string): string {
    const stem = `${(texture.getName() || 'texture').replaceAll(/[^A-Za-z0-9._-]+/g, '_')}${suffix}`;
    return this.#names.unique(stem, ending);
  }
}
