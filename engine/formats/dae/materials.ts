import type { Document, Material } from '@gltf-transform/core';
import { createPlainMaterial, srgbToLinear } from '../geometry/color.ts';
import type { TextureLibrary } from '../textures/texture-library.ts';
import { child, childrenOf, descend, textOf, type XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';

const SHADERS = ['phong', 'blinn', 'lambert', 'constant'];

/** A colour or a texture of a shader. */
interface Slot {
  color: number[] | null;
  image: string | null;
  wrapS: 10497 | 33071 | 33648;
  wrapT: 10497 | 33071 | 33648;
}

const WRAPS: Record<string, Slot['wrapS']> = { WRAP: 10497, MIRROR: 33648, CLAMP: 33071, BORDER: 33071, NONE: 33071 };

/** Makes glTF materials of the common profile of effects: phong, blinn, lambert, constant. */
export class DaeMaterials {
  private readonly document: Document;
  private readonly file: DaeFile;
  private readonly textures: TextureLibrary;
  private readonly made = new Map<string, Material>();

  constructor(document: Document, file: DaeFile, textures: TextureLibrary) {
    this.document = document;
    this.file = file;
    this.textures = textures;
  }

  /** @param url reference to the `<material>`; a plain one stands in for what is not there */
  get(url: string | undefined, hasColors: boolean): Material {
    const key = `${url ?? ''} ${hasColors}`;
    let material = this.made.get(key);
    if (!material) {
      material = this.create(this.file.follow(url), hasColors);
      this.made.set(key, material);
    }
    return material;
  }

  private create(source: XmlElement | null, hasColors: boolean): Material {
    const effect = this.file.follow(child(source, 'instance_effect')?.attributes.get('url'));
    const profile = child(effect, 'profile_COMMON');
    const shader = descend(profile, 'technique')?.children.find(({ name }) => SHADERS.includes(name));
    const material = createPlainMaterial(this.document, hasColors);
    if (!source || !profile || !shader) return material;
    material.setName((source.attributes.get('name') ?? source.attributes.get('id') ?? '').slice(0, 200));
    const diffuse = this.slot(profile, child(shader, shader.name === 'constant' ? 'emission' : 'diffuse'));
    const texture = diffuse.image === null ? null : this.textures.find(diffuse.image);
    const color = texture ? [1, 1, 1] : (diffuse.color ?? [0.6, 0.6, 0.6]).slice(0, 3).map(srgbToLinear);
    const alpha = this.opacity(profile, shader);
    material.setBaseColorFactor([color[0]!, color[1]!, color[2]!, alpha]).setAlphaMode(alpha < 1 ? 'BLEND' : 'OPAQUE');
    if (texture) {
      material.setBaseColorTexture(texture);
      material.getBaseColorTextureInfo()!.setWrapS(diffuse.wrapS).setWrapT(diffuse.wrapT);
      if (child(shader, 'transparent')?.children.some(({ name }) => name === 'texture')) material.setAlphaMode('BLEND');
    }
    const emission = this.slot(profile, child(shader, 'emission'));
    const glow = emission.image === null ? null : this.textures.find(emission.image);
    if (glow) material.setEmissiveTexture(glow).setEmissiveFactor([1, 1, 1]);
    else if (emission.color && shader.name !== 'constant') {
      const [r, g, b] = emission.color.map(srgbToLinear);
      material.setEmissiveFactor([r!, g!, b!]);
    }
    const shininess = this.number(child(shader, 'shininess'));
    const isShiny = (shader.name === 'phong' || shader.name === 'blinn') && shininess !== null && shininess >= 0;
    // The width of a Phong lobe as a roughness (Walter et al. 2007); some programs write shares of 128 instead.
    if (isShiny)
      material.setRoughnessFactor(Math.min(1, (2 / ((shininess <= 1 ? shininess * 128 : shininess) + 2)) ** 0.25));
    else material.setRoughnessFactor(0.9);
    if (findDoubleSided(effect)) material.setDoubleSided(true);
    return material;
  }

  private slot(profile: XmlElement, element: XmlElement | null): Slot {
    const slot: Slot = { color: null, image: null, wrapS: 10497, wrapT: 10497 };
    const color = child(element, 'color');
    if (color) {
      const values = Array.from(this.file.floats(color));
      if (values.length >= 3 && values.every(Number.isFinite)) slot.color = values;
    }
    const texture = child(element, 'texture')?.attributes.get('texture');
    if (texture === undefined) return slot;
    const sampler = child(this.parameter(profile, texture), 'sampler2D');
    slot.wrapS = WRAPS[textOf(child(sampler, 'wrap_s'))] ?? 10497;
    slot.wrapT = WRAPS[textOf(child(sampler, 'wrap_t'))] ?? 10497;
    const surface = this.parameter(profile, textOf(child(sampler, 'source')));
    // COLLADA 1.4 goes through a surface, 1.5 names the image, and some programs name it at once.
    const id =
      textOf(descend(surface, 'surface', 'init_from')) ||
      descend(sampler, 'instance_image')?.attributes.get('url')?.slice(1) ||
      texture;
    const image = this.file.find(id);
    const from = child(image, 'init_from');
    slot.image = image?.name === 'image' ? textOf(child(from, 'ref') ?? from) || null : null;
    return slot;
  }

  private parameter(profile: XmlElement, sid: string): XmlElement | null {
    const scopes = [profile, child(profile, 'technique'), profile.parent];
    for (const scope of scopes) {
      const found = childrenOf(scope, 'newparam').find((parameter) => parameter.attributes.get('sid') === sid);
      if (found) return found;
    }
    return null;
  }

  /**
   * COLLADA 1.4.1 release notes, "Determining transparency". Programs often write a full transparency for solid
   * things, so that nothing at all would be seen: those stay solid.
   */
  private opacity(profile: XmlElement, shader: XmlElement): number {
    const transparent = child(shader, 'transparent');
    const amount = this.number(child(shader, 'transparency')) ?? 1;
    if (!transparent) return amount > 0 && amount < 1 ? amount : 1;
    const color = this.slot(profile, transparent).color ?? [1, 1, 1, 1];
    const mode = transparent.attributes.get('opaque') ?? 'A_ONE';
    const luminance = color[0]! * 0.212671 + color[1]! * 0.71516 + color[2]! * 0.072169;
    const shares: Record<string, number> = {
      A_ONE: (color[3] ?? 1) * amount,
      A_ZERO: 1 - (color[3] ?? 0) * amount,
      RGB_ONE: luminance * amount,
      RGB_ZERO: 1 - luminance * amount,
    };
    const opacity = shares[mode] ?? 1;
    return opacity > 0.001 && opacity < 1 ? opacity : 1;
  }

  private number(element: XmlElement | null): number | null {
    const float = child(element, 'float');
    const value = float ? this.file.floats(float)[0] : undefined;
    return value !== undefined && Number.isFinite(value) ? value : null;
  }
}

function findDoubleSided(effect: XmlElement | null): boolean {
  const open = effect ? [effect] : [];
  for (let element = open.pop(); element; element = open.pop()) {
    if (element.name === 'double_sided' && /^(1|true)$/.test(textOf(element))) return true;
    open.push(...element.children);
  }
  return false;
}
