import type { Material, Texture } from '@gltf-transform/core';
import { srgbByte } from '../../render/srgb-byte.ts';
import { transformedCoordinates } from '../baked/texture-coordinates.ts';
import type { Corrections } from '../corrections.ts';
import { plural } from '../corrections.ts';
import type { ExportedFile } from '../exported-model.ts';
import type { ExportHost } from '../exporter.ts';
import { FileNames, stemOf } from '../file-names.ts';
import type { TextWriter } from '../text-writer.ts';
import { portableImage } from '../textures/portable-texture.ts';
import { attribute } from './xml-text.ts';

/** What glTF draws without a material. */
const PLAIN = { name: 'Default', color: [1, 1, 1, 1], metallic: 0, roughness: 1 };
const TILES: Record<number, string> = { 10497: 'wrap', 33648: 'mirror', 33071: 'clamp' };

/** An image of the package. */
export interface PackedTexture {
  file: ExportedFile;
  contentType: 'image/png' | 'image/jpeg';
}

/** Brings textures into PNG or JPEG, with their paths in the package. Those without an image are missing. */
export async function packTextures(
  textures: Iterable<Texture>,
  host: ExportHost,
  warnings: Corrections,
): Promise<Map<Texture, PackedTexture>> {
  const names = new FileNames();
  const packed = new Map<Texture, PackedTexture>();
  for (const texture of textures) {
    const image = await portableImage(texture, false, host);
    if (!image) continue;
    if (image.convertedFrom) {
      warnings.add('converted_textures', 1, (n) => `${plural(n, 'texture')} written as PNG or JPEG.`);
    }
    const name = names.unique(stemOf(texture.getName() || texture.getURI()) || 'texture', image.ending);
    packed.set(texture, {
      file: { path: `3D/Textures/${name}`, bytes: image.bytes },
      contentType: image.ending === '.png' ? 'image/png' : 'image/jpeg',
    });
  }
  return packed;
}

/** What a triangle of a primitive refers to: an entry of a group for each of its vertices, or one for all. */
export interface Properties {
  group: number;
  /** By vertex; null where `index` holds for all. */
  byVertex: Uint32Array | null;
  index: number;
}

/** Hands out ids and writes the property groups of a model: base materials, colours, textures. */
export class PropertyGroups {
  readonly #text: TextWriter;
  readonly #textures: ReadonlyMap<Texture, PackedTexture>;
  readonly #bases: Material[];
  readonly #textureIds = new Map<string, number>();
  #next = 1;
  /** Id of the base materials. */
  readonly base: number;

  /** Writes the base materials: the first is what glTF draws without one. */
  constructor(text: TextWriter, materials: readonly Material[], textures: ReadonlyMap<Texture, PackedTexture>) {
    this.#text = text;
    this.#textures = textures;
    this.#bases = [...materials];
    const all = [PLAIN, ...materials.map(baseOf)];
    const display = this.id();
    text.ascii(`<m:pbmetallicdisplayproperties id="${display}">`);
    for (const { name, metallic, roughness } of all) {
      text
        .ascii('<m:pbmetallic')
        .text(attribute('name', name))
        .ascii(` metallicness="${unit(metallic)}"`);
      text.ascii(` roughness="${unit(roughness)}"/>`);
    }
    text.ascii('</m:pbmetallicdisplayproperties>\n');
    this.base = this.id();
    text.ascii(`<basematerials id="${this.base}" displaypropertiesid="${display}">`);
    for (const { name, color } of all) {
      text
        .ascii('<base')
        .text(attribute('name', name))
        .ascii(` displaycolor="${hexColor(color)}"/>`);
    }
    text.ascii('</basematerials>\n');
  }

  id(): number {
    return this.#next++;
  }

  /** Writes the groups that the triangles of a primitive need. */
  properties(material: Material | null, texcoords: Float32Array | null, colors: Float32Array | null): Properties {
    const texture = material?.getBaseColorTexture();
    const packed = texture && this.#textures.get(texture);
    if (material && packed && texcoords) return this.#textureGroup(material, packed, texcoords);
    if (colors) return this.#colorGroup(material, colors);
    const index = material ? this.#bases.indexOf(material) + 1 : 0;
    return { group: this.base, byVertex: null, index };
  }

  #textureGroup(material: Material, { file, contentType }: PackedTexture, texcoords: Float32Array): Properties {
    const info = material.getBaseColorTextureInfo();
    const [u, v] = [TILES[info?.getWrapS() ?? 10497] ?? 'wrap', TILES[info?.getWrapT() ?? 10497] ?? 'wrap'];
    const key = `${file.path} ${u} ${v}`;
    let id = this.#textureIds.get(key);
    const text = this.#text;
    if (id === undefined) {
      id = this.id();
      this.#textureIds.set(key, id);
      text.ascii(`<m:texture2d id="${id}" path="/${file.path}" contenttype="${contentType}"`);
      text.ascii(` tilestyleu="${u}" tilestylev="${v}"/>\n`);
    }
    const group = this.id();
    text.ascii(`<m:texture2dgroup id="${group}" texid="${id}">`);
    const placed = transformedCoordinates(texcoords, info);
    for (let i = 0; i < placed.length; i += 2) {
      text
        .ascii('<m:tex2coord u="')
        .number(placed[i]!, 8)
        .ascii('" v="')
        .number(1 - placed[i + 1]!, 8)
        .ascii('"/>');
    }
    text.ascii('</m:texture2dgroup>\n');
    return { group, byVertex: Uint32Array.from({ length: texcoords.length / 2 }, (_, index) => index), index: 0 };
  }

  /** Each colour once: those of the vertices times that of the material. */
  #colorGroup(material: Material | null, colors: Float32Array): Properties {
    const factor = material?.getBaseColorFactor() ?? PLAIN.color;
    const group = this.id();
    const known = new Map<number, number>();
    const byVertex = new Uint32Array(colors.length / 4);
    this.#text.ascii(`<m:colorgroup id="${group}">`);
    for (let i = 0; i < byVertex.length; i++) {
      const color = factor.map((value, k) => value * colors[i * 4 + k]!);
      const packed = packColor(color);
      let index = known.get(packed);
      if (index === undefined) {
        index = known.size;
        known.set(packed, index);
        this.#text.ascii(`<m:color color="${hexColor(color)}"/>`);
      }
      byVertex[i] = index;
    }
    this.#text.ascii('</m:colorgroup>\n');
    return { group, byVertex, index: 0 };
  }
}

function baseOf(material: Material) {
  const [r, g, b, alpha] = material.getBaseColorFactor();
  return {
    name: material.getName() || 'Material',
    color: [r, g, b, material.getAlphaMode() === 'BLEND' ? alpha : 1],
    metallic: material.getMetallicFactor(),
    roughness: material.getRoughnessFactor(),
  };
}

function bytesOf(color: readonly number[]): number[] {
  return color.map((value, k) => (k === 3 ? Math.round(Math.min(1, Math.max(0, value)) * 255) : srgbByte(value)));
}

function packColor(color: readonly number[]): number {
  return bytesOf(color).reduce((packed, byte) => packed * 256 + byte, 0);
}

function hexColor(color: readonly number[]): string {
  return `#${bytesOf(color)
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('')}`;
}

function unit(value: number): number {
  return Number(Math.min(1, Math.max(0, value)).toFixed(4));
}
