import type { Material, Texture, TextureInfo } from '@gltf-transform/core';
import type {
  Clearcoat,
  EmissiveStrength,
  IOR,
  PBRSpecularGlossiness,
  Transform,
  Transmission,
} from '@gltf-transform/extensions';
import { type Corrections, plural } from '../../corrections.ts';
import type { UsdPrim, UsdType, UsdValue } from '../usd-layer.ts';
import type { TextureFiles } from './texture-files.ts';

/** Extensions that a preview surface has no inputs for. */
const LOST = [
  'KHR_materials_anisotropy',
  'KHR_materials_diffuse_transmission',
  'KHR_materials_dispersion',
  'KHR_materials_iridescence',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_volume',
] as const;

const WRAPS: Record<number, string> = { 10497: 'repeat', 33071: 'clamp', 33648: 'mirror' };

/** How a texture is read: which of it, and what becomes of its values (`value × scale + bias`). */
interface Reading {
  texture: Texture | null | undefined;
  info: TextureInfo | null | undefined;
  /** `rgb`, or one letter. */
  output: 'rgb' | 'r' | 'g' | 'b' | 'a';
  isColor: boolean;
  scale: readonly [number, number, number, number];
  bias?: readonly [number, number, number, number];
}

/** Where in the package textures are, and which of them have an alpha channel. */
export type SurfaceImages = Pick<TextureFiles, 'paths' | 'withAlpha'>;

/** Where the colour of a surface comes from beside its material. */
export interface SurfaceVariant {
  /** The mesh has `displayColor`, which holds the factor of the material too. */
  hasColors: boolean;
}

/**
 * Writes a material as a `UsdPreviewSurface` network (UsdPreviewSurface specification 2.6). Factors of textures become
 * their scale; metalness, roughness and occlusion each read their channel.
 *
 * @param prim the material prim to fill
 * @param images where the textures are
 */
export function writePreviewSurface(
  prim: UsdPrim,
  material: Material | null,
  images: SurfaceImages,
  { hasColors }: SurfaceVariant,
  report: Corrections,
): void {
  const surface = prim
    .define('Surface', 'Shader')
    .attribute('info:id', 'token', 'UsdPreviewSurface', { uniform: true });
  prim.attribute('outputs:surface', 'token', undefined, { connection: `${surface.path}.outputs:surface` });
  const network = new Network(prim, surface, images);
  if (!material) {
    if (hasColors) network.colors('diffuseColor');
    else network.value('diffuseColor', 'color3f', [1, 1, 1]);
    network.value('metallic', 'float', 1).value('roughness', 'float', 1);
  } else {
    const isUnlit = material.getExtension('KHR_materials_unlit') !== null;
    const glossy = material.getExtension<PBRSpecularGlossiness>('KHR_materials_pbrSpecularGlossiness');
    writeBase(network, material, glossy, hasColors, isUnlit, report);
    if (isUnlit) {
      report.add(
        'approximated_unlit',
        1,
        (n) => `${plural(n, 'unlit material')} became black ones that shine in their colour.`,
      );
      network.value('useSpecularWorkflow', 'int', 1).value('specularColor', 'color3f', [0, 0, 0]);
      network.value('roughness', 'float', 1);
    } else {
      writeReflection(network, material, glossy);
      writeDetail(network, material);
      writeCoat(network, material, report);
    }
    for (const name of LOST) {
      if (!material.getExtension(name)) continue;
      report.add(
        `lost_${name.slice('KHR_materials_'.length)}`,
        1,
        (n) => `${plural(n, 'material')} lost ${name}, for which preview surfaces have no inputs.`,
      );
    }
  }
  surface.attribute('outputs:surface', 'token');
}

function writeBase(
  network: Network,
  material: Material,
  glossy: PBRSpecularGlossiness | null,
  hasColors: boolean,
  isUnlit: boolean,
  report: Corrections,
): void {
  const [r, g, b, alpha] = glossy?.getDiffuseFactor() ?? material.getBaseColorFactor();
  const texture = glossy ? glossy.getDiffuseTexture() : material.getBaseColorTexture();
  const info = glossy ? glossy.getDiffuseTextureInfo() : material.getBaseColorTextureInfo();
  const reading: Reading = { texture, info, output: 'rgb', isColor: true, scale: [r, g, b, alpha] };
  const slot = isUnlit ? 'emissiveColor' : 'diffuseColor';
  if (isUnlit) network.value('diffuseColor', 'color3f', [0, 0, 0]);
  if (network.texture(slot, 'color3f', reading)) {
    if (hasColors)
      report.add(
        'lost_vertex_colors',
        1,
        (n) => `${plural(n, 'material')} with a texture lost the vertex colours that tinted it.`,
      );
  } else if (hasColors) network.colors(slot);
  else network.value(slot, 'color3f', [r, g, b]);
  const mode = material.getAlphaMode();
  const transmission = material.getExtension<Transmission>('KHR_materials_transmission')?.getTransmissionFactor() ?? 0;
  if (transmission > 0)
    report.add(
      'approximated_transmission',
      1,
      (n) => `${plural(n, 'transparent material')} (KHR_materials_transmission) became partly opaque ones.`,
    );
  if (mode === 'OPAQUE') {
    // A little stays, or nothing would be seen but reflections.
    if (transmission > 0) network.value('opacity', 'float', 1 - 0.9 * transmission);
    return;
  }
  if (!network.texture('opacity', 'float', { ...reading, output: 'a' })) network.value('opacity', 'float', alpha);
  if (mode === 'MASK') network.value('opacityThreshold', 'float', material.getAlphaCutoff());
}

function writeReflection(network: Network, material: Material, glossy: PBRSpecularGlossiness | null): void {
  if (glossy) {
    const [r, g, b] = glossy.getSpecularFactor();
    const gloss = glossy.getGlossinessFactor();
    const texture = glossy.getSpecularGlossinessTexture();
    const info = glossy.getSpecularGlossinessTextureInfo();
    network.value('useSpecularWorkflow', 'int', 1);
    if (
      !network.texture('specularColor', 'color3f', { texture, info, output: 'rgb', isColor: true, scale: [r, g, b, 1] })
    )
      network.value('specularColor', 'color3f', [r, g, b]);
    const rough: Reading = { texture, info, output: 'a', isColor: false, scale: [1, 1, 1, -gloss], bias: [0, 0, 0, 1] };
    if (!network.texture('roughness', 'float', rough)) network.value('roughness', 'float', 1 - gloss);
    return;
  }
  const metallic = material.getMetallicFactor();
  const roughness = material.getRoughnessFactor();
  const reading = {
    texture: material.getMetallicRoughnessTexture(),
    info: material.getMetallicRoughnessTextureInfo(),
    isColor: false,
    scale: [1, roughness, metallic, 1] as const,
  };
  if (!network.texture('metallic', 'float', { ...reading, output: 'b' })) network.value('metallic', 'float', metallic);
  if (!network.texture('roughness', 'float', { ...reading, output: 'g' }))
    network.value('roughness', 'float', roughness);
  const ior = material.getExtension<IOR>('KHR_materials_ior')?.getIOR();
  if (ior !== undefined) network.value('ior', 'float', ior);
}

function writeDetail(network: Network, material: Material): void {
  const strength =
    material.getExtension<EmissiveStrength>('KHR_materials_emissive_strength')?.getEmissiveStrength() ?? 1;
  const [r, g, b] = material.getEmissiveFactor().map((value) => value * strength) as [number, number, number];
  if (r > 0 || g > 0 || b > 0) {
    const texture = material.getEmissiveTexture();
    const info = material.getEmissiveTextureInfo();
    const reading: Reading = { texture, info, output: 'rgb', isColor: true, scale: [r, g, b, 1] };
    if (!network.texture('emissiveColor', 'color3f', reading)) network.value('emissiveColor', 'color3f', [r, g, b]);
  }
  const bump = material.getNormalScale();
  network.texture('normal', 'normal3f', {
    texture: material.getNormalTexture(),
    info: material.getNormalTextureInfo(),
    output: 'rgb',
    isColor: false,
    scale: [2 * bump, 2 * bump, 2, 1],
    bias: [-bump, -bump, -1, 0],
  });
  const occlusion = material.getOcclusionStrength();
  network.texture('occlusion', 'float', {
    texture: material.getOcclusionTexture(),
    info: material.getOcclusionTextureInfo(),
    output: 'r',
    isColor: false,
    scale: [occlusion, occlusion, occlusion, 1],
    bias: [1 - occlusion, 1 - occlusion, 1 - occlusion, 0],
  });
}

function writeCoat(network: Network, material: Material, report: Corrections): void {
  const coat = material.getExtension<Clearcoat>('KHR_materials_clearcoat');
  if (!coat || coat.getClearcoatFactor() === 0) return;
  const amount = coat.getClearcoatFactor();
  const roughness = coat.getClearcoatRoughnessFactor();
  const amounts: Reading = {
    texture: coat.getClearcoatTexture(),
    info: coat.getClearcoatTextureInfo(),
    output: 'r',
    isColor: false,
    scale: [amount, 1, 1, 1],
  };
  const roughnesses: Reading = {
    texture: coat.getClearcoatRoughnessTexture(),
    info: coat.getClearcoatRoughnessTextureInfo(),
    output: 'g',
    isColor: false,
    scale: [1, roughness, 1, 1],
  };
  if (!network.texture('clearcoat', 'float', amounts)) network.value('clearcoat', 'float', amount);
  if (!network.texture('clearcoatRoughness', 'float', roughnesses))
    network.value('clearcoatRoughness', 'float', roughness);
  if (coat.getClearcoatNormalTexture())
    report.add(
      'lost_clearcoat_normals',
      1,
      (n) =>
        `${plural(n, 'material')} lost the normal map of the clear coat, for which preview surfaces have no input.`,
    );
}

/** The shaders of one material. What reads the same is made once. */
class Network {
  readonly #prim: UsdPrim;
  readonly #surface: UsdPrim;
  readonly #images: SurfaceImages;
  readonly #shaders = new Map<string, UsdPrim>();

  constructor(prim: UsdPrim, surface: UsdPrim, images: SurfaceImages) {
    this.#prim = prim;
    this.#surface = surface;
    this.#images = images;
  }

  value(input: string, type: UsdType, value: UsdValue): this {
    this.#surface.attribute(`inputs:${input}`, type, value);
    return this;
  }

  /** Reads the colours of the vertices. */
  colors(input: string): void {
    const reader = this.#shader('colors', 'Colors', (shader) =>
      shader
        .attribute('info:id', 'token', 'UsdPrimvarReader_float3', { uniform: true })
        .attribute('inputs:varname', 'string', 'displayColor')
        .attribute('outputs:result', 'float3'),
    );
    this.#surface.attribute(`inputs:${input}`, 'color3f', undefined, { connection: `${reader.path}.outputs:result` });
  }

  /** @returns whether there is a texture to read */
  texture(input: string, type: UsdType, reading: Reading): boolean {
    const { texture } = reading;
    const path = texture && this.#images.paths.get(texture);
    if (!path || (reading.output === 'a' && !this.#images.withAlpha.has(texture))) return false;
    const shader = this.#sampler(input, path, reading);
    const output = `outputs:${reading.output}`;
    if (!shader.properties.some(({ name }) => name === output))
      shader.attribute(output, reading.output === 'rgb' ? 'float3' : 'float');
    this.#surface.attribute(`inputs:${input}`, type, undefined, { connection: `${shader.path}.${output}` });
    return true;
  }

  #sampler(input: string, path: string, { info, isColor, scale, bias }: Reading): UsdPrim {
    const coordinates = this.#coordinates(info);
    const space = isColor ? 'sRGB' : 'raw';
    const wraps = [info?.getWrapS() ?? 10497, info?.getWrapT() ?? 10497].map((wrap) => WRAPS[wrap] ?? 'repeat');
    const key = JSON.stringify([path, coordinates, space, wraps, scale, bias]);
    return this.#shader(key, `Texture_${input}`, (shader) => {
      shader
        .attribute('info:id', 'token', 'UsdUVTexture', { uniform: true })
        .attribute('inputs:file', 'asset', path)
        .attribute('inputs:st', 'float2', undefined, { connection: coordinates })
        .attribute('inputs:wrapS', 'token', wraps[0]!)
        .attribute('inputs:wrapT', 'token', wraps[1]!)
        .attribute('inputs:sourceColorSpace', 'token', space);
      if (scale.some((value) => value !== 1)) shader.attribute('inputs:scale', 'float4', scale);
      if (bias?.some((value) => value !== 0)) shader.attribute('inputs:bias', 'float4', bias);
    });
  }

  /** @returns the output that gives the coordinates at which a texture is read */
  #coordinates(info: TextureInfo | null | undefined): string {
    const transform = info?.getExtension<Transform>('KHR_texture_transform');
    const set = transform?.getTexCoord() ?? info?.getTexCoord() ?? 0;
    const varname = coordinatesName(set);
    const reader = this.#shader(varname, `Coordinates_${varname}`, (shader) =>
      shader
        .attribute('info:id', 'token', 'UsdPrimvarReader_float2', { uniform: true })
        .attribute('inputs:varname', 'string', varname)
        .attribute('outputs:result', 'float2'),
    );
    if (!transform) return `${reader.path}.outputs:result`;
    const [x, y] = transform.getOffset();
    const [width, height] = transform.getScale();
    const angle = transform.getRotation();
    const moved = this.#shader(JSON.stringify([varname, x, y, width, height, angle]), 'Transform', (shader) =>
      shader
        .attribute('info:id', 'token', 'UsdTransform2d', { uniform: true })
        .attribute('inputs:in', 'float2', undefined, { connection: `${reader.path}.outputs:result` })
        .attribute('inputs:scale', 'float2', [width, height])
        .attribute('inputs:rotation', 'float', (angle * 180) / Math.PI)
        // Coordinates are upside down in glTF: what it turns about the upper left corner is turned about the lower here.
        .attribute('inputs:translation', 'float2', [x + height * Math.sin(angle), 1 - y - height * Math.cos(angle)])
        .attribute('outputs:result', 'float2'),
    );
    return `${moved.path}.outputs:result`;
  }

  #shader(key: string, name: string, fill: (shader: UsdPrim) => void): UsdPrim {
    const known = this.#shaders.get(key);
    if (known) return known;
    const taken = [...this.#shaders.values()].filter((shader) => shader.name.startsWith(name)).length;
    const shader = this.#prim.define(taken === 0 ? name : `${name}_${taken}`, 'Shader');
    this.#shaders.set(key, shader);
    fill(shader);
    return shader;
  }
}

/** The name of the primvar with a set of texture coordinates. */
export function coordinatesName(set: number): string {
  return set === 0 ? 'st' : `st${set}`;
}
