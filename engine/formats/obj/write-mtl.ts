import type { Material, Texture, TextureInfo } from '@gltf-transform/core';
import type { Clearcoat, EmissiveStrength, IOR, Sheen, Transform } from '@gltf-transform/extensions';
import type { ExportWarning } from '#contracts/model/export-format.ts';
import type { RgbaImage } from '../../texture/image-codec.ts';
import { coordinateSet } from '../baked/texture-coordinates.ts';
import { Corrections, plural } from '../corrections.ts';
import type { ExportedFile } from '../exported-model.ts';
import type { ExportHost } from '../exporter.ts';
import { type FileNames, stemOf } from '../file-names.ts';
import { linearToSrgb } from '../geometry/color.ts';
import { readImageHeader } from '../image-header.ts';
import { portableImage } from '../textures/portable-texture.ts';

const CLAMP_TO_EDGE = 33071;

/** A material library and the images that it names. */
export interface WrittenMtl {
  bytes: Uint8Array<ArrayBuffer>;
  textures: ExportedFile[];
  warnings: ExportWarning[];
}

/**
 * Writes materials as Wavefront MTL with the PBR statements of 2015 (`Pr`, `Pm`, `Pc`, `Ps`, `norm`). Colours are in
 * sRGB. Roughness and metalness share an image in glTF: they are written as grey images of their own, as other programs
 * read them, and together as `map_ORM`, which loses nothing.
 *
 * @param materials with their names in the library
 * @param names of files that there are already
 * @throws MaquetteError `image_malformed`
 */
export async function writeMtl(
  materials: ReadonlyMap<Material, string>,
  stem: string,
  names: FileNames,
  host: ExportHost,
): Promise<WrittenMtl> {
  const writer = new MtlWriter(stem, names, host);
  for (const [material, name] of materials) await writer.material(material, name);
  return writer.finish();
}

class MtlWriter {
  readonly #stem: string;
  readonly #names: FileNames;
  readonly #host: ExportHost;
  readonly #lines: string[] = ['# Made by Maquette'];
  readonly #files: ExportedFile[] = [];
  readonly #written = new Map<string, string | null>();
  readonly #numbers = new Map<Texture, number>();
  readonly #warnings = new Corrections();

  constructor(stem: string, names: FileNames, host: ExportHost) {
    this.#stem = stem;
    this.#names = names;
    this.#host = host;
  }

  async material(material: Material, name: string): Promise<void> {
    const [r, g, b, alpha] = material.getBaseColorFactor();
    const metallic = material.getMetallicFactor();
    const roughness = material.getRoughnessFactor();
    const base = [r, g, b];
    const opacity = material.getAlphaMode() === 'OPAQUE' ? 1 : alpha;
    const reflectance = base.map((value) => 0.04 * (1 - metallic) + value * metallic);
    this.#lines.push('', `newmtl ${name}`);
    this.#color('Kd', base);
    this.#color('Ks', reflectance);
    // The widths of the lobes agree (Walter et al. 2007, "Microfacet Models for Refraction", section 5.3).
    this.#value('Ns', Math.min(1000, Math.max(0, 2 / Math.max(roughness ** 4, 1e-6) - 2)));
    this.#value('Ni', material.getExtension<IOR>('KHR_materials_ior')?.getIOR() ?? 1.5);
    this.#value('d', opacity);
    this.#value('illum', 2);
    this.#value('Pr', roughness);
    this.#value('Pm', metallic);
    this.#coats(material);
    this.#emission(material);
    await this.#maps(material);
  }

  finish(): WrittenMtl {
    return {
      bytes: new TextEncoder().encode(`${this.#lines.join('\n')}\n`),
      textures: this.#files,
      warnings: this.#warnings.list(),
    };
  }

  #coats(material: Material): void {
    const clearcoat = material.getExtension<Clearcoat>('KHR_materials_clearcoat');
    if (clearcoat && clearcoat.getClearcoatFactor() > 0) {
      this.#value('Pc', clearcoat.getClearcoatFactor());
      this.#value('Pcr', clearcoat.getClearcoatRoughnessFactor());
    }
    const sheen = material.getExtension<Sheen>('KHR_materials_sheen')?.getSheenColorFactor();
    if (sheen?.some((value) => value > 0)) this.#value('Ps', Math.max(...sheen));
  }

  #emission(material: Material): void {
    const strength = material.getExtension<EmissiveStrength>('KHR_materials_emissive_strength');
    const factor = strength?.getEmissiveStrength() ?? 1;
    const emissive = material.getEmissiveFactor();
    const peak = Math.max(...emissive);
    if (peak <= 0) return;
    // sRGB ends at 1: what is brighter is a colour of that peak times a strength.
    const total = peak * factor;
    const written = emissive.map((value) =>
      total > 1 ? linearToSrgb(value / peak) * total : linearToSrgb(value * factor),
    );
    this.#lines.push(`Ke ${written.map(numeral).join(' ')}`);
  }

  async #maps(material: Material): Promise<void> {
    const color = material.getBaseColorTexture();
    const colorInfo = material.getBaseColorTextureInfo();
    const set = coordinateSet(colorInfo);
    const options = (info: TextureInfo | null) => this.#options(info, set);
    const colorFile = color && (await this.#image(color, false));
    if (colorFile) {
      this.#lines.push(`map_Kd ${options(colorInfo)}${colorFile}`);
      if (material.getAlphaMode() !== 'OPAQUE') this.#lines.push(`map_d ${options(colorInfo)}${colorFile}`);
    }
    const packed = material.getMetallicRoughnessTexture();
    if (packed) await this.#packedMaps(material, packed, options(material.getMetallicRoughnessTextureInfo()));
    const normal = material.getNormalTexture();
    const normalFile = normal && (await this.#image(normal, true));
    if (normalFile) {
      const scale = material.getNormalScale();
      const multiplier = scale === 1 ? '' : `-bm ${numeral(scale)} `;
      this.#lines.push(`norm ${multiplier}${options(material.getNormalTextureInfo())}${normalFile}`);
    }
    const emissive = material.getEmissiveTexture();
    const emissiveFile = emissive && (await this.#image(emissive, false));
    if (emissiveFile && material.getEmissiveFactor().some((value) => value > 0)) {
      this.#lines.push(`map_Ke ${options(material.getEmissiveTextureInfo())}${emissiveFile}`);
    }
  }

  /** Roughness is in the green channel of the image, metalness in the blue one, each times its factor. */
  async #packedMaps(material: Material, texture: Texture, options: string): Promise<void> {
    const roughness = material.getRoughnessFactor();
    const metallic = material.getMetallicFactor();
    const decoded = await this.#decode(texture);
    if (!decoded) return;
    const grey = (channel: number, factor: number) => {
      const data = new Uint8Array(decoded.data.length).fill(255);
      for (let i = 0; i < data.length; i += 4) data.fill(Math.round(decoded.data[i + channel]! * factor), i, i + 3);
      return { ...decoded, data };
    };
    this.#lines.push(`map_Pr ${options}${await this.#made(texture, `roughness_${roughness}`, grey(1, roughness))}`);
    if (metallic > 0) {
      this.#lines.push(`map_Pm ${options}${await this.#made(texture, `metalness_${metallic}`, grey(2, metallic))}`);
    }
    const both = () => {
      const data = Uint8Array.from(decoded.data);
      for (let i = 0; i < data.length; i += 4) {
        data[i + 1] = Math.round(data[i + 1]! * roughness);
        data[i + 2] = Math.round(data[i + 2]! * metallic);
        data[i + 3] = 255;
      }
      return { ...decoded, data };
    };
    const same = roughness === 1 && metallic === 1;
    const file = same
      ? await this.#image(texture, true)
      : await this.#made(texture, `orm_${roughness}_${metallic}`, both());
    if (file) this.#lines.push(`map_ORM ${options}${file}`);
  }

  async #decode(texture: Texture): Promise<RgbaImage | null> {
    const bytes = texture.getImage();
    const header = bytes && readImageHeader(bytes);
    return bytes && header ? this.#host.decodeImage(bytes, header.mimeType) : null;
  }

  /** The file of an image that was made of a texture; written once. */
  async #made(texture: Texture, kind: string, image: RgbaImage): Promise<string> {
    const key = `${this.#numberOf(texture)} ${kind}`;
    const known = this.#written.get(key);
    if (known) return known;
    const bytes = await this.#host.encodeTexture(image, { format: 'png', quality: 100, lossless: true, alpha: false });
    return this.#add(key, `${this.#nameOf(texture)}_${kind.replace(/_.*/, '')}`, '.png', bytes);
  }

  /** The file of a texture as PNG or JPEG; null where it has no image. Written once. */
  async #image(texture: Texture, lossless: boolean): Promise<string | null> {
    const key = String(this.#numberOf(texture));
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    const image = await portableImage(texture, lossless, this.#host);
    if (!image) {
      this.#written.set(key, null);
      return null;
    }
    if (image.convertedFrom) {
      this.#warnings.add('converted_textures', 1, (n) => `${plural(n, 'texture')} written as PNG or JPEG.`);
    }
    return this.#add(key, this.#nameOf(texture), image.ending, image.bytes);
  }

  #add(key: string, name: string, ending: string, bytes: Uint8Array<ArrayBuffer>): string {
    const path = this.#names.unique(name, ending);
    this.#files.push({ path, bytes });
    this.#written.set(key, path);
    return path;
  }

  #numberOf(texture: Texture): number {
    const number = this.#numbers.get(texture) ?? this.#numbers.size;
    this.#numbers.set(texture, number);
    return number;
  }

  #nameOf(texture: Texture): string {
    return `${this.#stem}_${stemOf(texture.getName() || texture.getURI()) || 'texture'}`;
  }

  /** The options of a texture statement, with a blank behind each. OBJ scales about the lower left corner. */
  #options(info: TextureInfo | null, set: number): string {
    if (!info) return '';
    const transform = info.getExtension<Transform>('KHR_texture_transform');
    if (coordinateSet(info) !== set) {
      this.#warnings.add(
        'moved_textures',
        1,
        (n) =>
          `${plural(n, 'texture')} on another set of texture coordinates than the colour lie on that of the colour.`,
      );
    }
    const clamp = info.getWrapS() === CLAMP_TO_EDGE && info.getWrapT() === CLAMP_TO_EDGE ? '-clamp on ' : '';
    if (!transform) return clamp;
    if (transform.getRotation() !== 0) {
      this.#warnings.add('lost_texture_rotation', 1, (n) => `${plural(n, 'texture')} written without its turn.`);
    }
    const [su, sv] = transform.getScale();
    const [ou, ov] = transform.getOffset();
    return `${clamp}-s ${numeral(su)} ${numeral(sv)} 1 -o ${numeral(ou)} ${numeral(1 - sv - ov)} 0 `;
  }

  #color(word: string, linear: readonly number[]): void {
    this.#lines.push(`${word} ${linear.map((value) => numeral(linearToSrgb(value))).join(' ')}`);
  }

  #value(word: string, value: number): void {
    this.#lines.push(`${word} ${numeral(value)}`);
  }
}

/** Six digits behind the point at most. */
function numeral(value: number): string {
  return String(Number(value.toFixed(6)));
}
