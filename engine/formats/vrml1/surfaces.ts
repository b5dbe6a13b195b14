import type { Document, Material, Texture } from '@gltf-transform/core';
import { TextureInfo } from '@gltf-transform/core';
import { KHRMaterialsUnlit } from '@gltf-transform/extensions';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelTooLarge } from '../errors.ts';
import { createPlainMaterial, srgbToLinear } from '../geometry/color.ts';
import { encodePng } from '../textures/encode-png.ts';
import type { TextureLibrary } from '../textures/texture-library.ts';
import { stringsOf, type WorldNode } from '../x3d/world-node.ts';
import { choiceOf } from './choices.ts';
import type { NodeNumbers } from './node-numbers.ts';
import type { ShapeSource } from './shape-source.ts';

/** What a surface is made of, beside the materials of its shape. */
export interface Surface {
  texture: Texture | null;
  hasColors: boolean;
}

/** Makes the materials and textures of a world, each once. */
export class Surfaces {
  private readonly document: Document;
  private readonly textures: TextureLibrary;
  private readonly limits: ModelLimits;
  private readonly numbers: NodeNumbers;
  private readonly missing: (name: string) => void;
  private readonly made = new Map<string, Material>();
  private readonly pictures = new Map<number, Texture | null>();

  /** @param missing called for a texture that was not given or cannot be read */
  constructor(
    document: Document,
    textures: TextureLibrary,
    limits: ModelLimits,
    numbers: NodeNumbers,
    missing: (name: string) => void,
  ) {
    this.document = document;
    this.textures = textures;
    this.limits = limits;
    this.numbers = numbers;
    this.missing = missing;
  }

  /** The picture of a `Texture2`, from a file or from the numbers in it; null without. */
  texture(node: WorldNode | undefined, fail: ShapeSource['fail']): Texture | null {
    if (!node) return null;
    const number = this.numbers.of(node);
    const known = this.pictures.get(number);
    if (known !== undefined) return known;
    const [name = ''] = stringsOf(node, 'filename');
    let texture: Texture | null = null;
    if (name !== '') {
      texture = this.textures.find(name);
      if (!texture) this.missing(name.slice(0, 200));
    } else if (node.fields.has('image')) {
      const png = this.picture(node, fail);
      texture = png && this.textures.fromBytes(png, `${node.name || 'image'}.png`);
    }
    this.pictures.set(number, texture);
    return texture;
  }

  /** The material of a shape. */
  material(source: ShapeSource, { texture, hasColors }: Surface): Material {
    const { properties, materials, hints } = source;
    const parts = [properties.Material, texture && properties.Texture2].map((node) =>
      this.numbers.of(node ?? undefined),
    );
    const key = [...parts, hasColors, hints.isDoubleSided].join();
    const known = this.made.get(key);
    if (known) return known;
    const material = createPlainMaterial(this.document, hasColors).setDoubleSided(hints.isDoubleSided);
    const [r, g, b, alpha] = materials.colors as unknown as [number, number, number, number];
    const isClear = hasColors ? materials.colors.some((value, i) => i % 4 === 3 && value < 1) : alpha < 1;
    // A picture takes the place of the colour.
    const color = hasColors || texture ? [1, 1, 1] : [r, g, b].map(srgbToLinear);
    material
      .setName(properties.Material?.name.slice(0, 200) || 'Material')
      .setBaseColorFactor([color[0]!, color[1]!, color[2]!, hasColors ? 1 : alpha])
      .setEmissiveFactor(materials.emissive.map(srgbToLinear) as [number, number, number])
      .setRoughnessFactor((2 / (materials.shininess * 128 + 2)) ** 0.25)
      .setAlphaMode(isClear || isClearImage(properties.Texture2) ? 'BLEND' : 'OPAQUE');
    if (materials.isUnlit) {
      material.setExtension('KHR_materials_unlit', this.document.createExtension(KHRMaterialsUnlit).createUnlit());
    }
    if (texture) {
      material.setBaseColorTexture(texture);
      const wrap = (field: string) =>
        choiceOf(properties.Texture2, field) === 'CLAMP'
          ? TextureInfo.WrapMode.CLAMP_TO_EDGE
          : TextureInfo.WrapMode.REPEAT;
      material.getBaseColorTextureInfo()!.setWrapS(wrap('wrapS')).setWrapT(wrap('wrapT'));
    }
    this.made.set(key, material);
    return material;
  }

  /** An `SFImage` as PNG: width, height, components, then a number for each pixel, the lowest row first. */
  private picture(node: WorldNode, fail: ShapeSource['fail']): Uint8Array | null {
    const words = new TextDecoder('latin1').decode(node.fields.get('image')).matchAll(/[^\s,]+/g);
    const next = () => {
      const { value } = words.next();
      return value === undefined ? Number.NaN : Number(value[0]);
    };
    const [width, height, components] = [next(), next(), next()] as [number, number, number];
    if (width === 0 || height === 0 || components === 0) return null;
    const isSize = (value: number) => Number.isInteger(value) && value > 0;
    if (!isSize(width) || !isSize(height) || !(isSize(components) && components <= 4)) {
      fail('The image of a Texture2 has no size.', 'Give its width, height and components, 1 to 4, before the pixels.');
    }
    if (width * height > this.limits.texturePixels) {
      const size = `${formatCount(width)} × ${formatCount(height)} pixels`;
      const limit = formatCount(this.limits.texturePixels);
      throw modelTooLarge(
        node.name || 'Texture2',
        `The texture has ${size}; the limit is ${limit} pixels.`,
        'texturePixels',
      );
    }
    const values: number[] = [];
    for (let value = next(); values.length < width * height && !Number.isNaN(value); value = next()) values.push(value);
    if (values.length < width * height) {
      const declared = `${formatCount(width)} × ${formatCount(height)}`;
      fail(
        `The image of a Texture2 declares ${declared} pixels and has ${formatCount(values.length)}.`,
        'The file is cut off, or the size of the image is wrong: export it again.',
      );
    }
    const pixels = new Uint8Array(width * height * 4);
    for (let i = 0; i < values.length; i++) {
      const row = height - 1 - Math.floor(i / width);
      pixels.set(rgbaOf(values[i]!, components), (row * width + (i % width)) * 4);
    }
    return encodePng({ width, height, pixels });
  }
}

/** Whether the numbers in a node are a picture with an alpha channel. */
function isClearImage(node: WorldNode | undefined): boolean {
  if (stringsOf(node, 'filename').some((name) => name !== '')) return false;
  const head = new TextDecoder('latin1').decode(node?.fields.get('image')?.subarray(0, 100));
  return [2, 4].includes(Number(head.match(/[^\s,]+/g)?.[2]));
}

/** A pixel of one to four bytes: grey, grey and alpha, colour, colour and alpha. */
function rgbaOf(value: number, components: number): [number, number, number, number] {
  const byte = (index: number) => (value >>> (8 * index)) & 255;
  switch (components) {
    case 1:
      return [byte(0), byte(0), byte(0), 255];
    case 2:
      return [byte(1), byte(1), byte(1), byte(0)];
    case 3:
      return [byte(2), byte(1), byte(0), 255];
    default:
      return [byte(3), byte(2), byte(1), byte(0)];
  }
}
