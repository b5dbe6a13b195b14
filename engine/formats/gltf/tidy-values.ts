import type { GLTF } from '@gltf-transform/core';
import { isObject, type Json } from './json-checker.ts';
import { tidyVariants } from './tidy-variants.ts';

/** What a property may hold: numbers between two bounds (one, or a list of so many), whole numbers, texts, or one of some values. */
type Rule =
  | { kind: 'number'; min: number; max: number; above?: true }
  | { kind: 'list'; length: number; min: number; max: number }
  | { kind: 'index' }
  | { kind: 'text' }
  | { kind: 'choice'; values: readonly unknown[] };

const from = (min: number, max: number = Number.MAX_VALUE): Rule => ({ kind: 'number', min, max });
const above = (min: number): Rule => ({ kind: 'number', min, max: Number.MAX_VALUE, above: true });
const list = (length: number, min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Rule => ({
  kind: 'list',
  length,
  min,
  max,
});
const SHARE = from(0, 1);
const COLOR = list(3, 0, 1);
const TEXT: Rule = { kind: 'text' };
const ANY = from(-Number.MAX_VALUE);

/** Properties of extensions with the ranges that their specifications (Khronos, glTF 2.0 extensions) give them. */
const EXTENSIONS: Record<string, Record<string, Rule>> = {
  KHR_materials_clearcoat: { clearcoatFactor: SHARE, clearcoatRoughnessFactor: SHARE },
  KHR_materials_transmission: { transmissionFactor: SHARE },
  KHR_materials_volume: { thicknessFactor: from(0), attenuationDistance: above(0), attenuationColor: COLOR },
  KHR_materials_sheen: { sheenColorFactor: COLOR, sheenRoughnessFactor: SHARE },
  KHR_materials_specular: { specularFactor: SHARE, specularColorFactor: list(3, 0) },
  KHR_materials_iridescence: {
    iridescenceFactor: SHARE,
    iridescenceIor: from(1),
    iridescenceThicknessMinimum: from(0),
    iridescenceThicknessMaximum: from(0),
  },
  KHR_materials_anisotropy: { anisotropyStrength: SHARE, anisotropyRotation: ANY },
  KHR_materials_dispersion: { dispersion: from(0) },
  KHR_materials_emissive_strength: { emissiveStrength: from(0) },
  KHR_materials_diffuse_transmission: { diffuseTransmissionFactor: SHARE, diffuseTransmissionColorFactor: COLOR },
  KHR_materials_pbrSpecularGlossiness: {
    diffuseFactor: list(4, 0, 1),
    specularFactor: COLOR,
    glossinessFactor: SHARE,
  },
  KHR_texture_transform: { offset: list(2), scale: list(2), rotation: ANY, texCoord: { kind: 'index' } },
};

const ALPHA_MODE: Rule = { kind: 'choice', values: ['OPAQUE', 'MASK', 'BLEND'] };
const INTERPOLATION: Rule = { kind: 'choice', values: ['LINEAR', 'STEP', 'CUBICSPLINE'] };
const WRAP: Rule = { kind: 'choice', values: [33071, 33648, 10497] };
const SAMPLER: Record<string, Rule> = {
  magFilter: { kind: 'choice', values: [9728, 9729] },
  minFilter: { kind: 'choice', values: [9728, 9729, 9984, 9985, 9986, 9987] },
  wrapS: WRAP,
  wrapT: WRAP,
};
const LIGHT: Record<string, Rule> = { name: TEXT, color: COLOR, intensity: from(0), range: above(0) };
const LIGHT_TYPES = ['directional', 'point', 'spot'];

/** Numbers that a camera cannot do without. */
const DEFAULT_YFOV = Math.PI / 3;
const DEFAULT_ZNEAR = 0.01;
const DEFAULT_ZFAR = 1000;

/**
 * Brings what materials, textures, samplers, accessors, lights and cameras say into the ranges of the specification: numbers are clamped,
 * what is of another type is left out, so that its default counts. Deep nesting is cut off.
 *
 * @returns copies of the parts that are looked at, and how many values were changed
 */
export function tidyValues(json: GLTF.IGLTF): { json: GLTF.IGLTF; changed: number } {
  const tidy = new Tidying();
  const out = { ...json };
  if (json.materials) out.materials = structuredClone(json.materials);
  if (json.samplers) out.samplers = structuredClone(json.samplers);
  if (json.cameras) out.cameras = structuredClone(json.cameras);
  if (isObject(json.extensions)) out.extensions = structuredClone(json.extensions);
  if (json.extensionsUsed?.includes('KHR_materials_variants')) {
    out.meshes = structuredClone(json.meshes);
    tidy.changed += tidyVariants(out);
  }
  for (const material of (out.materials ?? []) as unknown as Json[]) {
    tidy.apply(material, { alphaMode: ALPHA_MODE, alphaCutoff: ANY });
    tidy.extensions(material, 0);
  }
  if (json.accessors) out.accessors = json.accessors.map((accessor) => tidy.accessor(accessor));
  if (json.animations) out.animations = structuredClone(json.animations);
  for (const { samplers } of out.animations ?? []) {
    for (const sampler of samplers) tidy.apply(sampler as unknown as Json, { interpolation: INTERPOLATION });
  }
  for (const sampler of (out.samplers ?? []) as unknown as Json[]) tidy.apply(sampler, SAMPLER);
  for (const camera of (out.cameras ?? []) as unknown as Json[]) tidy.camera(camera);
  const lights = (out.extensions as Json | undefined)?.KHR_lights_punctual;
  if (isObject(lights) && Array.isArray(lights.lights)) lights.lights = lights.lights.map((light) => tidy.light(light));
  out.asset = { ...json.asset };
  tidy.apply(out.asset as unknown as Json, { copyright: TEXT, generator: TEXT, minVersion: TEXT });
  return { json: out, changed: tidy.changed };
}

class Tidying {
  changed = 0;

  /** Extensions of an object and of the objects in it, such as the textures of a material. */
  extensions(holder: Json, level: number): void {
    for (const [key, value] of Object.entries(holder)) {
      if (!isObject(value)) continue;
      if (/normalTexture$/i.test(key)) this.apply(value, { scale: ANY });
      if (key === 'occlusionTexture') this.apply(value, { strength: ANY });
      if (level < 4) this.extensions(value, level + 1);
    }
    if (!isObject(holder.extensions)) return;
    for (const [name, value] of Object.entries(holder.extensions)) {
      const rules = EXTENSIONS[name];
      if (rules && isObject(value)) this.apply(value, rules);
      // 0 is the index of a surface that ignores how it is looked at.
      if (name === 'KHR_materials_ior' && isObject(value) && value.ior !== 0) this.apply(value, { ior: from(1) });
    }
  }

  /** Whole numbers of at most two bytes may stand for shares of one (glTF 2.0, section 3.6.2.2). */
  accessor(accessor: GLTF.IAccessor): GLTF.IAccessor {
    if (accessor.normalized === undefined || accessor.normalized === false) return accessor;
    if (accessor.normalized === true && accessor.componentType <= 5123) return accessor;
    this.changed++;
    return { ...accessor, normalized: false };
  }

  /** A light that nodes may refer to; what is none gives no light. */
  light(light: unknown): Json {
    if (!isObject(light)) {
      this.changed++;
      return { type: 'point', intensity: 0 };
    }
    this.apply(light, LIGHT);
    if (!LIGHT_TYPES.includes(light.type as string)) this.set(light, 'type', 'point');
    if (light.type !== 'spot' || light.spot === undefined) return light;
    const spot = light.spot;
    const outer = isObject(spot) ? (spot.outerConeAngle ?? Math.PI / 4) : Number.NaN;
    const inner = isObject(spot) ? (spot.innerConeAngle ?? 0) : Number.NaN;
    const good = typeof outer === 'number' && typeof inner === 'number' && outer <= Math.PI / 2;
    if (!good || !(inner >= 0) || !(inner < outer)) this.set(light, 'spot', {});
    return light;
  }

  camera(camera: Json): void {
    const lens = camera[camera.type as string];
    if (!isObject(lens)) return;
    if (camera.type === 'perspective') {
      if (!isAbove(lens.yfov, 0)) this.set(lens, 'yfov', DEFAULT_YFOV);
      if (!isAbove(lens.znear, 0)) this.set(lens, 'znear', DEFAULT_ZNEAR);
      this.apply(lens, { aspectRatio: above(0) });
      if (lens.zfar !== undefined && !isAbove(lens.zfar, lens.znear as number)) this.remove(lens, 'zfar');
      return;
    }
    for (const key of ['xmag', 'ymag']) {
      if (lens[key] === 0 || !Number.isFinite(lens[key])) this.set(lens, key, 1);
    }
    if (lens.znear !== 0 && !isAbove(lens.znear, 0)) this.set(lens, 'znear', 0);
    if (!isAbove(lens.zfar, lens.znear as number)) this.set(lens, 'zfar', (lens.znear as number) * 2 + DEFAULT_ZFAR);
  }

  /** Brings the properties that there are rules for into them. */
  apply(holder: Json, rules: Record<string, Rule>): void {
    for (const [key, rule] of Object.entries(rules)) {
      const value = holder[key];
      if (value === undefined) continue;
      const good = permitted(value, rule);
      if (good === undefined) this.remove(holder, key);
      else if (good !== value) this.set(holder, key, good);
    }
  }

  private set(holder: Json, key: string, value: unknown): void {
    holder[key] = value;
    this.changed++;
  }

  private remove(holder: Json, key: string): void {
    delete holder[key];
    this.changed++;
  }
}

/** JSON may hold numbers beyond what can be written: they are read as infinite. */
function isAbove(value: unknown, least: number): boolean {
  return Number.isFinite(value) && (value as number) > least;
}

/** The value itself where it is permitted, the nearest one that is, or undefined where it is of another type. */
function permitted(value: unknown, rule: Rule): unknown {
  switch (rule.kind) {
    case 'choice':
      return rule.values.includes(value) ? value : undefined;
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'index':
      return Number.isSafeInteger(value) && (value as number) >= 0 ? value : undefined;
    case 'number':
      if (typeof value !== 'number' || (rule.above && value <= rule.min)) return undefined;
      return Math.min(rule.max, Math.max(rule.min, value));
    case 'list': {
      if (!Array.isArray(value) || value.length !== rule.length || value.some((item) => typeof item !== 'number')) {
        return undefined;
      }
      const out = value.map((item) => Math.min(rule.max, Math.max(rule.min, item)));
      return out.every((item, i) => item === value[i]) ? value : out;
    }
  }
}
