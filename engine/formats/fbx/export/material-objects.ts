import type { Material, TextureInfo } from '@gltf-transform/core';
import type { Clearcoat, EmissiveStrength, IOR, Transform, Transmission } from '@gltf-transform/extensions';
import { type Corrections, plural } from '../../corrections.ts';
import { linearToSrgb } from '../../geometry/color.ts';
import type { FbxDraft } from './fbx-draft.ts';
import { uvSetName } from './geometry-objects.ts';
import type { EmbeddedImage, MaterialImages } from './material-images.ts';
import type { TextWriter } from './text-writer.ts';

/** The number by which Maya knows Standard Surface. */
const STANDARD_SURFACE = 1398031443;

/** Extensions that neither Phong nor Standard Surface as it is written here have a place for. */
const LOST = [
  'KHR_materials_anisotropy',
  'KHR_materials_diffuse_transmission',
  'KHR_materials_dispersion',
  'KHR_materials_iridescence',
  'KHR_materials_pbrSpecularGlossiness',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_unlit',
  'KHR_materials_volume',
] as const;

/**
 * Adds materials: Phong for programs that know nothing else, and on the same material the properties of Autodesk
 * Standard Surface as Maya writes them, which hold metalness and roughness as they are.
 */
export class MaterialObjects {
  readonly #draft: FbxDraft;
  readonly #images: ReadonlyMap<Material, MaterialImages>;
  readonly #report: Corrections;
  readonly #materials = new Map<Material | null, number>();
  readonly #videos = new Map<EmbeddedImage, number>();

  constructor(draft: FbxDraft, images: ReadonlyMap<Material, MaterialImages>, report: Corrections) {
    this.#draft = draft;
    this.#images = images;
    this.#report = report;
  }

  /** @returns the id of the object */
  get(material: Material | null): number {
    const known = this.#materials.get(material);
    if (known !== undefined) return known;
    const images = (material && this.#images.get(material)) ?? {};
    const name = material?.getName() || 'Material';
    const id = this.#draft.add('Material', 'Material', name, '', (writer) => writeMaterial(writer, material, images));
    this.#materials.set(material, id);
    if (material) {
      this.#connect(id, material, images);
      this.#reportLosses(material);
    }
    return id;
  }

  #connect(id: number, material: Material, images: MaterialImages): void {
    const base = material.getBaseColorTextureInfo();
    const surface = material.getMetallicRoughnessTextureInfo();
    const isOpaque = material.getAlphaMode() === 'OPAQUE';
    const links: [EmbeddedImage | undefined, TextureInfo | null, string[]][] = [
      [images.base, base, ['DiffuseColor', 'Maya|baseColor', ...(isOpaque ? [] : ['Maya|opacity'])]],
      [images.metalness, surface, ['Maya|metalness']],
      [images.roughness, surface, ['Maya|specularRoughness']],
      [images.normal, material.getNormalTextureInfo(), ['NormalMap', 'Maya|normalCamera']],
      [images.emission, material.getEmissiveTextureInfo(), ['EmissiveColor', 'Maya|emissionColor']],
    ];
    for (const [image, info, properties] of links) {
      if (!image) continue;
      const texture = this.#texture(image, info);
      for (const property of properties) this.#draft.connect(texture, id, property);
    }
  }

  #texture(image: EmbeddedImage, info: TextureInfo | null): number {
    if (info?.getWrapS() === MIRROR || info?.getWrapT() === MIRROR)
      this.#report.add(
        'lost_mirrored_textures',
        1,
        (n) => `${plural(n, 'texture')} that ${n === 1 ? 'is' : 'are'} mirrored beyond the border repeat instead.`,
      );
    const texture = this.#draft.add('Texture', 'Texture', image.name, '', (writer) =>
      writeTexture(writer, image, info),
    );
    let video = this.#videos.get(image);
    if (video === undefined) {
      video = this.#draft.add('Video', 'Video', image.name, 'Clip', (writer) => writeVideo(writer, image));
      this.#videos.set(image, video);
    }
    this.#draft.connect(video, texture);
    return texture;
  }

  #reportLosses(material: Material): void {
    for (const name of LOST)
      if (material.getExtension(name))
        this.#report.add(
          `lost_${name.slice('KHR_materials_'.length)}`,
          1,
          (n) => `${plural(n, 'material')} lost ${name}, for which FBX materials have no place.`,
        );
    if (material.getOcclusionTexture())
      this.#report.add(
        'lost_occlusion',
        1,
        (n) => `${plural(n, 'material')} lost the occlusion texture, for which FBX materials have no place.`,
      );
    const coat = material.getExtension<Clearcoat>('KHR_materials_clearcoat');
    const transmission = material.getExtension<Transmission>('KHR_materials_transmission');
    if (coat?.getClearcoatTexture() || coat?.getClearcoatRoughnessTexture() || transmission?.getTransmissionTexture())
      this.#report.add(
        'lost_extension_textures',
        1,
        (n) => `${plural(n, 'material')} lost textures of clear coat or transmission; their factors are kept.`,
      );
    if (material.getNormalTexture() && material.getNormalScale() !== 1)
      this.#report.add(
        'lost_normal_scale',
        1,
        (n) => `${plural(n, 'material')} lost the scale of the normal texture: FBX draws it at full strength.`,
      );
  }
}

function writeMaterial(writer: TextWriter, material: Material | null, images: MaterialImages): void {
  const [r, g, b, alpha] = material?.getBaseColorFactor() ?? [1, 1, 1, 1];
  const metallic = material?.getMetallicFactor() ?? 1;
  const roughness = material?.getRoughnessFactor() ?? 1;
  const opacity = material && material.getAlphaMode() !== 'OPAQUE' ? alpha : 1;
  const base = images.base ? { color: [1, 1, 1], weight: r === g && g === b ? r : 1 } : { color: [r, g, b], weight: 1 };
  const strength =
    material?.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength() ?? 1;
  const [er, eg, eb] = material?.getEmissiveFactor() ?? [0, 0, 0];
  const emission = images.emission
    ? { color: [1, 1, 1], weight: (er === eg && eg === eb ? er : 1) * strength }
    : { color: [er, eg, eb], weight: strength };
  const specular = base.color.map((value) => 0.04 + (value - 0.04) * metallic);
  writer.node('Version', 102);
  writer.node('ShadingModel', 'phong');
  writer.node('MultiLayer', 0);
  writer.properties(() => {
    const color = (name: string, value: readonly number[]): void =>
      writer.property(name, 'Color', '', 'A', ...value.map(linearToSrgb));
    const number = (name: string, value: number): void => writer.property(name, 'Number', '', 'A', value);
    color('DiffuseColor', base.color);
    number('DiffuseFactor', base.weight);
    color('EmissiveColor', emission.color);
    number('EmissiveFactor', emission.weight);
    color('SpecularColor', specular);
    number('SpecularFactor', 1);
    // The exponent whose highlight is as wide as that of the roughness (Walter et al. 2007).
    number('ShininessExponent', Math.min(1000, Math.max(0, 2 / Math.max(roughness, 0.05) ** 4 - 2)));
    number('ReflectionFactor', metallic);
    writer.property('TransparentColor', 'Color', '', 'A', 1, 1, 1);
    number('TransparencyFactor', 1 - opacity);
    writer.property('Opacity', 'double', 'Number', '', opacity);
    writeStandardSurface(writer, material, { base, emission, metallic, roughness, opacity });
  });
}

interface SurfaceValues {
  base: { color: number[]; weight: number };
  emission: { color: number[]; weight: number };
  metallic: number;
  roughness: number;
  opacity: number;
}

function writeStandardSurface(
  writer: TextWriter,
  material: Material | null,
  { base, emission, metallic, roughness, opacity }: SurfaceValues,
): void {
  const number = (name: string, value: number): void => writer.property(`Maya|${name}`, 'float', '', '', value);
  const color = (name: string, value: readonly number[]): void =>
    writer.property(`Maya|${name}`, 'Vector3D', 'Vector', '', ...value);
  const coat = material?.getExtension<Clearcoat>('KHR_materials_clearcoat');
  writer.property('Maya', 'Compound', '', '');
  writer.property('Maya|TypeId', 'int', 'Integer', '', STANDARD_SURFACE);
  number('base', base.weight);
  color('baseColor', base.color);
  number('metalness', metallic);
  number('specularRoughness', roughness);
  number('specularIOR', material?.getExtension<IOR>('KHR_materials_ior')?.getIOR() ?? 1.5);
  number(
    'transmission',
    material?.getExtension<Transmission>('KHR_materials_transmission')?.getTransmissionFactor() ?? 0,
  );
  number('coat', coat?.getClearcoatFactor() ?? 0);
  number('coatRoughness', coat?.getClearcoatRoughnessFactor() ?? 0);
  number('emission', emission.weight);
  color('emissionColor', emission.color);
  color('opacity', [opacity, opacity, opacity]);
}

function writeVideo(writer: TextWriter, { name, bytes }: EmbeddedImage): void {
  writer.node('Type', 'Clip');
  writer.properties(() => {
    writer.property('Path', 'KString', 'XRefUrl', '', name);
    writer.property('RelPath', 'KString', 'XRefUrl', '', name);
  });
  writer.node('UseMipMap', 0);
  writer.node('Filename', name);
  writer.node('RelativeFilename', name);
  writer.content(bytes);
}

function writeTexture(writer: TextWriter, { name }: EmbeddedImage, info: TextureInfo | null): void {
  const transform = info?.getExtension<Transform>('KHR_texture_transform');
  const [x, y] = transform?.getOffset() ?? [0, 0];
  const [width, height] = transform?.getScale() ?? [1, 1];
  const angle = transform?.getRotation() ?? 0;
  // FBX turns about the lower left corner, counter-clockwise.
  const u = x - height * Math.sin(angle);
  const v = 1 - y - height * Math.cos(angle);
  writer.node('Type', 'TextureVideoClip');
  writer.node('Version', 202);
  writer.node('TextureName', `Texture::${name}`);
  writer.properties(() => {
    writer.property('UVSet', 'KString', '', '', uvSetName(transform?.getTexCoord() ?? info?.getTexCoord() ?? 0));
    writer.property('WrapModeU', 'enum', '', '', info?.getWrapS() === CLAMP ? 1 : 0);
    writer.property('WrapModeV', 'enum', '', '', info?.getWrapT() === CLAMP ? 1 : 0);
    if (transform) {
      writer.property('Translation', 'Vector', '', 'A', u, v, 0);
      writer.property('Rotation', 'Vector', '', 'A', 0, 0, (-angle * 180) / Math.PI);
      writer.property('Scaling', 'Vector', '', 'A', width, height, 1);
    }
    writer.property('UseMaterial', 'bool', '', '', 1);
  });
  writer.node('Media', `Video::${name}`);
  writer.node('FileName', name);
  writer.node('RelativeFilename', name);
  writer.node('Texture_Alpha_Source', 'None');
}

/** Of a sampler of glTF: the border goes on; the image is mirrored. */
const CLAMP = 33071;
const MIRROR = 33648;
