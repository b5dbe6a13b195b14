import type { FbxFindings } from './fbx-findings.ts';
import { child, textAt, toNumber } from './fbx-node.ts';
import type { FbxObject } from './fbx-scene.ts';

/** What about the program that made a file decides how its materials and lights are to be read. */
export interface SourceProgram {
  isBlender: boolean;
  /**
   * Whether Lambert and Phong colours are linear light: Blender's, and Maya's since 2016, where colour management is
   * on by default. Everywhere else they are taken as sRGB, as three.js and Unity do.
   */
  hasLinearColors: boolean;
}

/** @param application name and version, or the name of the library that wrote the file */
export function readProgram(application: string): SourceProgram {
  const isBlender = /^Blender\b/i.test(application);
  const maya = /\bMaya\b\D*(20\d\d)/i.exec(application);
  return { isBlender, hasLinearColors: isBlender || Number(maya?.[1] ?? 0) >= 2016 };
}

/** Places of glTF that a texture can go to. */
export type SurfaceMap = 'baseColor' | 'opacity' | 'metallic' | 'roughness' | 'normal' | 'occlusion' | 'emissive';

/** A material in the terms of metallic-roughness shading. */
export interface Surface {
  /** Whether the colours are linear light; otherwise sRGB. */
  linear: boolean;
  /** Already multiplied by its weight. */
  baseColor: number[];
  /** What a texture in place of the colour is multiplied by. */
  baseWeight: number;
  opacity: number;
  metallic: number;
  roughness: number;
  emissive: number[];
  /** Multiplies the colour or the texture; may exceed 1. */
  emissiveWeight: number;
  clearcoat: number;
  clearcoatRoughness: number;
  transmission: number;
  ior: number | null;
  maps: Map<SurfaceMap, FbxObject>;
  /** Textures that glTF has no place for: what they control, and the texture. */
  unused: [string, FbxObject][];
}

/** Names of the properties of a physical material, without their prefix. */
interface PhysicalNames {
  prefix: string;
  baseColor: string;
  baseWeight?: string;
  metallic: string;
  roughness: string;
  roughnessInverted?: string;
  emissive: string;
  emissiveWeight?: string;
  opacity?: string;
  transmission?: string;
  ior?: string;
  clearcoat?: string;
  clearcoatRoughness?: string;
  maps: Record<string, SurfaceMap>;
}

/** Autodesk Standard Surface and Arnold's, as Maya writes them. */
const MAYA_STANDARD: PhysicalNames = {
  prefix: 'Maya|',
  baseColor: 'baseColor',
  baseWeight: 'base',
  metallic: 'metalness',
  roughness: 'specularRoughness',
  emissive: 'emissionColor',
  emissiveWeight: 'emission',
  opacity: 'opacity',
  transmission: 'transmission',
  ior: 'specularIOR',
  clearcoat: 'coat',
  clearcoatRoughness: 'coatRoughness',
  maps: {
    basecolor: 'baseColor',
    metalness: 'metallic',
    specularroughness: 'roughness',
    emissioncolor: 'emissive',
    normalcamera: 'normal',
    opacity: 'opacity',
  },
};

/** Stingray PBS of Maya. */
const MAYA_STINGRAY: PhysicalNames = {
  prefix: 'Maya|',
  baseColor: 'base_color',
  metallic: 'metallic',
  roughness: 'roughness',
  emissive: 'emissive',
  emissiveWeight: 'emissive_intensity',
  opacity: 'opacity',
  maps: {
    tex_color_map: 'baseColor',
    tex_metallic_map: 'metallic',
    tex_roughness_map: 'roughness',
    tex_normal_map: 'normal',
    tex_emissive_map: 'emissive',
    tex_ao_map: 'occlusion',
  },
};

/** PBR (Metal/Rough) of 3ds Max. */
const MAX_PBR: PhysicalNames = {
  prefix: '3dsMax|main|',
  baseColor: 'baseColor',
  metallic: 'metalness',
  roughness: 'roughness',
  emissive: 'emit_color',
  maps: {
    base_color_map: 'baseColor',
    metalness_map: 'metallic',
    roughness_map: 'roughness',
    norm_map: 'normal',
    emit_color_map: 'emissive',
    ao_map: 'occlusion',
    opacity_map: 'opacity',
  },
};

/** Physical Material of 3ds Max. */
const MAX_PHYSICAL: PhysicalNames = {
  prefix: '3dsMax|Parameters|',
  baseColor: 'base_color',
  baseWeight: 'base_weight',
  metallic: 'metalness',
  roughness: 'roughness',
  roughnessInverted: 'roughness_inv',
  emissive: 'emit_color',
  emissiveWeight: 'emission',
  transmission: 'transparency',
  ior: 'trans_ior',
  clearcoat: 'coating',
  clearcoatRoughness: 'coat_roughness',
  maps: {
    base_color_map: 'baseColor',
    metalness_map: 'metallic',
    roughness_map: 'roughness',
    emission_map: 'emissive',
    emit_color_map: 'emissive',
    bump_map: 'normal',
    cutout_map: 'opacity',
  },
};

/** Arnold Standard Surface of 3ds Max. */
const MAX_ARNOLD: PhysicalNames = {
  prefix: '3dsMax|Parameters|',
  baseColor: 'base_color',
  baseWeight: 'base',
  metallic: 'metalness',
  roughness: 'specular_roughness',
  emissive: 'emission_color',
  emissiveWeight: 'emission',
  opacity: 'opacity',
  transmission: 'transmission',
  ior: 'specular_IOR',
  clearcoat: 'coat',
  clearcoatRoughness: 'coat_roughness',
  maps: {
    'base_color.shader': 'baseColor',
    'metalness.shader': 'metallic',
    'specular_roughness.shader': 'roughness',
    'emission_color.shader': 'emissive',
    'normal.shader': 'normal',
    'opacity.shader': 'opacity',
  },
};

/** Properties of Lambert and Phong materials that textures hang on. */
const PHONG_MAPS: Record<string, SurfaceMap> = {
  diffusecolor: 'baseColor',
  diffuse: 'baseColor',
  normalmap: 'normal',
  emissivecolor: 'emissive',
  emissive: 'emissive',
  transparentcolor: 'opacity',
  transparencyfactor: 'opacity',
  opacity: 'opacity',
};

/** Bump maps hold heights, which glTF has no place for; many exporters put normal maps there nevertheless. */
const BUMP = new Set(['bump', 'bumpfactor', 'bump_map']);
const NORMAL_NAME = /norm|nrm|[_.-]n(_|\.|$)/i;

/** Reads a material of any kind. Blender writes its own meaning of the Phong parameters. */
export function readSurface(material: FbxObject, program: SourceProgram, findings: FbxFindings): Surface {
  const names = physicalNames(material);
  const surface = names ? readPhysical(material, names) : readPhong(material, program);
  const shading = (
    material.properties.text('ShadingModel') ?? textAt(child(material.node, 'ShadingModel'), 0)
  ).toLowerCase();
  if (!names && shading !== '' && !/^(lambert|phong|blinn|constant)/.test(shading)) {
    findings.add('unsupported_material', `"${material.name}" (${shading})`);
  }
  connectMaps(material, surface, names);
  return surface;
}

function physicalNames(material: FbxObject): PhysicalNames | null {
  const { properties } = material;
  if (properties.has('3dsMax|main|baseColor')) return MAX_PBR;
  if (properties.has('3dsMax|Parameters|specular_roughness')) return MAX_ARNOLD;
  if (properties.has('3dsMax|Parameters|base_color')) return MAX_PHYSICAL;
  if (properties.has('Maya|baseColor')) return MAYA_STANDARD;
  if (properties.has('Maya|base_color') || properties.has('Maya|TEX_color_map')) return MAYA_STINGRAY;
  return null;
}

function readPhysical(material: FbxObject, names: PhysicalNames): Surface {
  const { properties } = material;
  const number = (name: string | undefined): number | undefined =>
    name === undefined ? undefined : properties.number(names.prefix + name);
  const color = (name: string): number[] | undefined => properties.vector(names.prefix + name);
  const weight = number(names.baseWeight) ?? 1;
  const roughness = share(number(names.roughness) ?? 0.5);
  const inverted = (number(names.roughnessInverted) ?? 0) > 0;
  const opacity = names.opacity === undefined ? undefined : properties.get(names.prefix + names.opacity);
  const glossy = names === MAX_PBR && properties.has('3dsMax|main|glossiness');
  const metallic = share(number(names.metallic) ?? 0);
  return {
    linear: true,
    baseColor: (color(names.baseColor) ?? [1, 1, 1]).map((value) => value * weight),
    baseWeight: share(weight),
    opacity: opacity ? share(average(opacity.values.map((value) => toNumber(value) ?? 1))) : 1,
    metallic,
    roughness: glossy ? 1 - share(number('glossiness') ?? 0.5) : inverted ? 1 - roughness : roughness,
    emissive: (color(names.emissive) ?? [0, 0, 0]).map((value) => Math.max(0, value)),
    emissiveWeight: Math.max(0, number(names.emissiveWeight) ?? 1),
    clearcoat: share(number(names.clearcoat) ?? 0),
    clearcoatRoughness: share(number(names.clearcoatRoughness) ?? 0),
    transmission: share(number(names.transmission) ?? 0),
    ior: metallic < 1 ? (number(names.ior) ?? null) : null,
    maps: new Map(),
    unused: [],
  };
}

function readPhong(material: FbxObject, program: SourceProgram): Surface {
  const { isBlender: fromBlender } = program;
  const { properties } = material;
  const diffuse = properties.vector('DiffuseColor') ?? properties.vector('Diffuse') ?? [0.8, 0.8, 0.8];
  const diffuseFactor = properties.number('DiffuseFactor') ?? 1;
  const emissive = properties.vector('EmissiveColor') ?? properties.vector('Emissive') ?? [0, 0, 0];
  const shininess = properties.number('ShininessExponent') ?? properties.number('Shininess');
  const specular =
    average(properties.vector('SpecularColor') ?? [0, 0, 0]) * (properties.number('SpecularFactor') ?? 1);
  const lambert = /lambert/i.test(properties.text('ShadingModel') ?? textAt(child(material.node, 'ShadingModel'), 0));
  return {
    linear: program.hasLinearColors,
    baseColor: diffuse.map((value) => value * diffuseFactor),
    baseWeight: share(diffuseFactor),
    opacity: readOpacity(material, fromBlender),
    metallic: fromBlender ? share(properties.number('ReflectionFactor') ?? 0) : 0,
    roughness: fromBlender
      ? share(1 - Math.sqrt(Math.max(0, properties.number('Shininess') ?? shininess ?? 25)) / 10)
      : lambert || specular <= 0
        ? 0.9
        : // The Beckmann roughness whose highlight is as wide as that of the exponent (Walter et al. 2007).
          Math.max(0.05, share((2 / (Math.max(0, shininess ?? 20) + 2)) ** 0.25)),
    emissive: emissive.map((value) => Math.max(0, value)),
    emissiveWeight: Math.max(0, properties.number('EmissiveFactor') ?? 1),
    clearcoat: 0,
    clearcoatRoughness: 0,
    transmission: 0,
    ior: null,
    maps: new Map(),
    unused: [],
  };
}

/**
 * `Opacity` where the file states it (Maya and 3ds Max do, consistently); otherwise transparency times its colour, of
 * which Blender uses the factor alone.
 */
function readOpacity(material: FbxObject, fromBlender: boolean): number {
  const { properties } = material;
  const factor = properties.number('TransparencyFactor');
  if (fromBlender && properties.has('TransparencyFactor')) return share(1 - (factor ?? 0));
  if (properties.has('Opacity')) return share(properties.number('Opacity') ?? 1);
  const color = properties.vector('TransparentColor');
  if (!properties.has('TransparencyFactor') && !properties.has('TransparentColor')) return 1;
  return share(1 - (factor ?? 1) * average(color ?? [0, 0, 0]));
}

function connectMaps(material: FbxObject, surface: Surface, names: PhysicalNames | null): void {
  for (const { object, property } of material.children) {
    const texture = textureOf(object, 0);
    if (!texture || property === null) continue;
    const title = names && property.startsWith(names.prefix) ? property.slice(names.prefix.length) : property;
    const key = title.toLowerCase();
    const known = names ? names.maps[key] : undefined;
    let map: SurfaceMap | undefined = known ?? PHONG_MAPS[key];
    if (BUMP.has(key)) map = NORMAL_NAME.test(fileName(texture)) ? 'normal' : undefined;
    // A map of the weight takes its place.
    if (key === 'emission_map') surface.emissiveWeight = 1;
    if (map && !surface.maps.has(map)) surface.maps.set(map, texture);
    else if (!map && !/^mapM\d+$/.test(title)) surface.unused.push([title, texture]);
  }
}

/** The texture itself, or the first one of a layered texture or of what stands between. */
function textureOf(object: FbxObject, depth: number): FbxObject | null {
  if (object.kind === 'Texture') return object;
  if (object.kind !== 'LayeredTexture' || depth > 4) return null;
  for (const link of object.children) {
    const found = textureOf(link.object, depth + 1);
    if (found) return found;
  }
  return null;
}

function fileName(texture: FbxObject): string {
  return (
    textAt(child(texture.node, 'RelativeFilename'), 0) || textAt(child(texture.node, 'FileName'), 0) || texture.name
  );
}

function average(values: readonly number[]): number {
  return values.length === 0
    ? 0
    : values.slice(0, 3).reduce((sum, value) => sum + value, 0) / Math.min(3, values.length);
}

function share(value: number): number {
  return Math.min(Math.max(value, 0) || 0, 1);
}
