import { srgbToLinear } from '../../geometry/color.ts';
import { isObject, type Json, type JsonDictionary } from './json-dictionary.ts';

const BLEND = 3042;
const CULL_FACE = 2884;

/**
 * Makes a metallic-roughness material of one of glTF 1.0: its shaders stay behind; what its technique calls diffuse,
 * emission, shininess and transparency (or `KHR_materials_common` does) is kept, colours taken as sRGB.
 */
export function upgradeMaterial(id: string, source: Json, techniques: JsonDictionary, textures: JsonDictionary): Json {
  const common = isObject(source.extensions) ? source.extensions.KHR_materials_common : undefined;
  const technique = techniques.get(source.technique);
  const values: Json = {
    ...defaultsOf(technique),
    ...(isObject(source.values) ? source.values : {}),
    ...(isObject(common) && isObject(common.values) ? common.values : {}),
  };
  const states = isObject(technique?.states) && Array.isArray(technique.states.enable) ? technique.states.enable : null;
  const diffuse = values.diffuse ?? values.ambient;
  const emission = values.emission;
  const color = linear(diffuse) ?? [1, 1, 1, 1];
  const transparency = typeof values.transparency === 'number' ? values.transparency : 1;
  color[3] = Math.min(1, Math.max(0, color[3]! * transparency));
  const shininess = typeof values.shininess === 'number' && values.shininess > 0 ? values.shininess : 0;
  const pbr: Json = { metallicFactor: 0, roughnessFactor: (2 / (shininess + 2)) ** 0.25 };
  if (typeof diffuse === 'string' && textures.number(diffuse) >= 0) {
    pbr.baseColorTexture = { index: textures.number(diffuse) };
    if (transparency < 1) pbr.baseColorFactor = [1, 1, 1, color[3]];
  } else pbr.baseColorFactor = color;
  const material: Json = { name: source.name ?? id, pbrMetallicRoughness: pbr };
  if (typeof emission === 'string' && textures.number(emission) >= 0) {
    material.emissiveTexture = { index: textures.number(emission) };
    material.emissiveFactor = [1, 1, 1];
  } else if (linear(emission)) material.emissiveFactor = linear(emission)!.slice(0, 3);
  const isBlended = values.transparent === true || color[3]! < 1 || states?.includes(BLEND) === true;
  if (isBlended) material.alphaMode = 'BLEND';
  const isOpen = (isObject(common) && common.doubleSided === true) || values.doubleSided === true;
  if (isOpen || (states !== null && !states.includes(CULL_FACE))) material.doubleSided = true;
  if (isObject(source.extras)) material.extras = source.extras;
  return material;
}

function defaultsOf(technique: Json | undefined): Json {
  const out: Json = {};
  if (!isObject(technique?.parameters)) return out;
  for (const [name, parameter] of Object.entries(technique.parameters))
    if (isObject(parameter) && parameter.value !== undefined) out[name] = parameter.value;
  return out;
}

function linear(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length < 3 || !value.every((part) => Number.isFinite(part))) return null;
  const [r, g, b, a] = value as number[];
  return [srgbToLinear(r!), srgbToLinear(g!), srgbToLinear(b!), Math.min(1, Math.max(0, a ?? 1))];
}
