import type { Camera, Document, ExtensionProperty, Material, Node, TextureInfo } from '@gltf-transform/core';
import type {
  Anisotropy,
  Clearcoat,
  DiffuseTransmission,
  Dispersion,
  EmissiveStrength,
  IOR,
  Iridescence,
  KHRLightsPunctual,
  Light,
  Sheen,
  Specular,
  Transform,
  Transmission,
  Volume,
} from '@gltf-transform/extensions';

/** A value of the document, as an animation reads and writes it. */
export interface PointedValue {
  /** What draws it: decides what is written anew when it moves. */
  part: 'material' | 'light' | 'camera';
  /** Numbers of the value. */
  size: number;
  get(): readonly number[];
  set(value: readonly number[]): void;
}

/** What a pointer of KHR_animation_pointer refers to. */
export type PointerTarget =
  | { kind: 'node'; node: Node; path: 'translation' | 'rotation' | 'scale' | 'weights' }
  | { kind: 'mesh-weights'; nodes: Node[] }
  | { kind: 'value'; value: PointedValue };

type Access = Omit<PointedValue, 'part'>;

/**
 * Finds what a JSON pointer of `KHR_animation_pointer` refers to: transforms and weights of nodes, weights of meshes,
 * factors, texture transforms and extensions of materials, punctual lights, and cameras. Undefined for anything else.
 */
export function resolvePointer(document: Document, pointer: string): PointerTarget | undefined {
  const [, list, index, ...rest] = pointer.split('/');
  const path = rest.join('/');
  const root = document.getRoot();
  if (list === 'extensions') return value('light', lightValue(document, pointer));
  const i = Number(index);
  if (!Number.isInteger(i)) return undefined;
  switch (list) {
    case 'nodes': {
      const node = root.listNodes()[i];
      if (!node) return undefined;
      return path === 'translation' || path === 'rotation' || path === 'scale' || path === 'weights'
        ? { kind: 'node', node, path }
        : undefined;
    }
    case 'meshes': {
      const mesh = root.listMeshes()[i];
      if (!mesh || path !== 'weights') return undefined;
      // Weights of a node win over those of its mesh.
      const nodes = root.listNodes().filter((node) => node.getMesh() === mesh && node.getWeights().length === 0);
      return { kind: 'mesh-weights', nodes };
    }
    case 'materials': {
      const material = root.listMaterials()[i];
      return material ? value('material', materialValue(material, path)) : undefined;
    }
    case 'cameras': {
      const camera = root.listCameras()[i];
      return camera ? value('camera', cameraValue(camera, path)) : undefined;
    }
    default:
      return undefined;
  }
}

function value(part: PointedValue['part'], access: Access | undefined): PointerTarget | undefined {
  return access && { kind: 'value', value: { part, ...access } };
}

function scalar(get: () => number | null, set: (value: number) => unknown): Access {
  return { size: 1, get: () => [get() ?? 0], set: ([x]) => void set(x!) };
}

function vector<T extends number[]>(size: number, get: () => T, set: (value: T) => unknown): Access {
  return { size, get, set: (x) => void set([...x] as T) };
}

function lightValue(document: Document, pointer: string): Access | undefined {
  const match = /^\/extensions\/KHR_lights_punctual\/lights\/(\d+)\/(.+)$/.exec(pointer);
  const extension = document
    .getRoot()
    .listExtensionsUsed()
    .find((each): each is KHRLightsPunctual => each.extensionName === 'KHR_lights_punctual');
  const light = match && extension?.listProperties()[Number(match[1])];
  if (!light) return undefined;
  const l = light as Light;
  switch (match[2]) {
    case 'color':
      return vector(
        3,
        () => l.getColor(),
        (x) => l.setColor(x),
      );
    case 'intensity':
      return scalar(
        () => l.getIntensity(),
        (x) => l.setIntensity(x),
      );
    case 'range':
      return scalar(
        () => l.getRange(),
        (x) => l.setRange(x),
      );
    case 'spot/innerConeAngle':
      return scalar(
        () => l.getInnerConeAngle(),
        (x) => l.setInnerConeAngle(x),
      );
    case 'spot/outerConeAngle':
      return scalar(
        () => l.getOuterConeAngle(),
        (x) => l.setOuterConeAngle(x),
      );
    default:
      return undefined;
  }
}

function cameraValue(c: Camera, path: string): Access | undefined {
  switch (path) {
    case 'perspective/yfov':
      return scalar(
        () => c.getYFov(),
        (x) => c.setYFov(x),
      );
    case 'perspective/aspectRatio':
      return scalar(
        () => c.getAspectRatio(),
        (x) => c.setAspectRatio(x),
      );
    case 'perspective/znear':
    case 'orthographic/znear':
      return scalar(
        () => c.getZNear(),
        (x) => c.setZNear(x),
      );
    case 'perspective/zfar':
    case 'orthographic/zfar':
      return scalar(
        () => c.getZFar(),
        (x) => c.setZFar(x),
      );
    case 'orthographic/xmag':
      return scalar(
        () => c.getXMag(),
        (x) => c.setXMag(x),
      );
    case 'orthographic/ymag':
      return scalar(
        () => c.getYMag(),
        (x) => c.setYMag(x),
      );
    default:
      return undefined;
  }
}

function materialValue(m: Material, path: string): Access | undefined {
  switch (path) {
    case 'pbrMetallicRoughness/baseColorFactor':
      return vector(
        4,
        () => m.getBaseColorFactor(),
        (x) => m.setBaseColorFactor(x),
      );
    case 'pbrMetallicRoughness/metallicFactor':
      return scalar(
        () => m.getMetallicFactor(),
        (x) => m.setMetallicFactor(x),
      );
    case 'pbrMetallicRoughness/roughnessFactor':
      return scalar(
        () => m.getRoughnessFactor(),
        (x) => m.setRoughnessFactor(x),
      );
    case 'emissiveFactor':
      return vector(
        3,
        () => m.getEmissiveFactor(),
        (x) => m.setEmissiveFactor(x),
      );
    case 'alphaCutoff':
      return scalar(
        () => m.getAlphaCutoff(),
        (x) => m.setAlphaCutoff(x),
      );
    case 'normalTexture/scale':
      return scalar(
        () => m.getNormalScale(),
        (x) => m.setNormalScale(x),
      );
    case 'occlusionTexture/strength':
      return scalar(
        () => m.getOcclusionStrength(),
        (x) => m.setOcclusionStrength(x),
      );
    default:
      return transformValue(m, path) ?? extensionValue(m, path);
  }
}

const TEXTURES: Record<string, (material: Material) => TextureInfo | null> = {
  'pbrMetallicRoughness/baseColorTexture': (m) => m.getBaseColorTextureInfo(),
  'pbrMetallicRoughness/metallicRoughnessTexture': (m) => m.getMetallicRoughnessTextureInfo(),
  normalTexture: (m) => m.getNormalTextureInfo(),
  occlusionTexture: (m) => m.getOcclusionTextureInfo(),
  emissiveTexture: (m) => m.getEmissiveTextureInfo(),
};

function transformValue(material: Material, path: string): Access | undefined {
  const match = /^(.+)\/extensions\/KHR_texture_transform\/(offset|scale|rotation)$/.exec(path);
  const t = match && TEXTURES[match[1]!]?.(material)?.getExtension<Transform>('KHR_texture_transform');
  if (!t) return undefined;
  switch (match[2]) {
    case 'offset':
      return vector(
        2,
        () => t.getOffset(),
        (x) => t.setOffset(x),
      );
    case 'scale':
      return vector(
        2,
        () => t.getScale(),
        (x) => t.setScale(x),
      );
    default:
      return scalar(
        () => t.getRotation(),
        (x) => t.setRotation(x),
      );
  }
}

function extensionValue(m: Material, path: string): Access | undefined {
  const match = /^extensions\/(KHR_materials_\w+)\/(\w+)$/.exec(path);
  const extension = match && m.getExtension(match[1]!);
  return extension ? EXTENSION_VALUES[`${match[1]}/${match[2]}`]?.(extension) : undefined;
}

function of<T extends ExtensionProperty>(make: (property: T) => Access): (property: ExtensionProperty) => Access {
  return (property) => make(property as T);
}

/** One entry a factor; the extension's property is what its name says. */
const EXTENSION_VALUES: Record<string, (property: ExtensionProperty) => Access> = {
  'KHR_materials_emissive_strength/emissiveStrength': of<EmissiveStrength>((e) =>
    scalar(
      () => e.getEmissiveStrength(),
      (x) => e.setEmissiveStrength(x),
    ),
  ),
  'KHR_materials_ior/ior': of<IOR>((e) =>
    scalar(
      () => e.getIOR(),
      (x) => e.setIOR(x),
    ),
  ),
  'KHR_materials_transmission/transmissionFactor': of<Transmission>((e) =>
    scalar(
      () => e.getTransmissionFactor(),
      (x) => e.setTransmissionFactor(x),
    ),
  ),
  'KHR_materials_volume/thicknessFactor': of<Volume>((e) =>
    scalar(
      () => e.getThicknessFactor(),
      (x) => e.setThicknessFactor(x),
    ),
  ),
  'KHR_materials_volume/attenuationDistance': of<Volume>((e) =>
    scalar(
      () => e.getAttenuationDistance(),
      (x) => e.setAttenuationDistance(x),
    ),
  ),
  'KHR_materials_volume/attenuationColor': of<Volume>((e) =>
    vector(
      3,
      () => e.getAttenuationColor(),
      (x) => e.setAttenuationColor(x),
    ),
  ),
  'KHR_materials_clearcoat/clearcoatFactor': of<Clearcoat>((e) =>
    scalar(
      () => e.getClearcoatFactor(),
      (x) => e.setClearcoatFactor(x),
    ),
  ),
  'KHR_materials_clearcoat/clearcoatRoughnessFactor': of<Clearcoat>((e) =>
    scalar(
      () => e.getClearcoatRoughnessFactor(),
      (x) => e.setClearcoatRoughnessFactor(x),
    ),
  ),
  'KHR_materials_sheen/sheenColorFactor': of<Sheen>((e) =>
    vector(
      3,
      () => e.getSheenColorFactor(),
      (x) => e.setSheenColorFactor(x),
    ),
  ),
  'KHR_materials_sheen/sheenRoughnessFactor': of<Sheen>((e) =>
    scalar(
      () => e.getSheenRoughnessFactor(),
      (x) => e.setSheenRoughnessFactor(x),
    ),
  ),
  'KHR_materials_specular/specularFactor': of<Specular>((e) =>
    scalar(
      () => e.getSpecularFactor(),
      (x) => e.setSpecularFactor(x),
    ),
  ),
  'KHR_materials_specular/specularColorFactor': of<Specular>((e) =>
    vector(
      3,
      () => e.getSpecularColorFactor(),
      (x) => e.setSpecularColorFactor(x),
    ),
  ),
  'KHR_materials_iridescence/iridescenceFactor': of<Iridescence>((e) =>
    scalar(
      () => e.getIridescenceFactor(),
      (x) => e.setIridescenceFactor(x),
    ),
  ),
  'KHR_materials_iridescence/iridescenceIor': of<Iridescence>((e) =>
    scalar(
      () => e.getIridescenceIOR(),
      (x) => e.setIridescenceIOR(x),
    ),
  ),
  'KHR_materials_iridescence/iridescenceThicknessMinimum': of<Iridescence>((e) =>
    scalar(
      () => e.getIridescenceThicknessMinimum(),
      (x) => e.setIridescenceThicknessMinimum(x),
    ),
  ),
  'KHR_materials_iridescence/iridescenceThicknessMaximum': of<Iridescence>((e) =>
    scalar(
      () => e.getIridescenceThicknessMaximum(),
      (x) => e.setIridescenceThicknessMaximum(x),
    ),
  ),
  'KHR_materials_anisotropy/anisotropyStrength': of<Anisotropy>((e) =>
    scalar(
      () => e.getAnisotropyStrength(),
      (x) => e.setAnisotropyStrength(x),
    ),
  ),
  'KHR_materials_anisotropy/anisotropyRotation': of<Anisotropy>((e) =>
    scalar(
      () => e.getAnisotropyRotation(),
      (x) => e.setAnisotropyRotation(x),
    ),
  ),
  'KHR_materials_dispersion/dispersion': of<Dispersion>((e) =>
    scalar(
      () => e.getDispersion(),
      (x) => e.setDispersion(x),
    ),
  ),
  'KHR_materials_diffuse_transmission/diffuseTransmissionFactor': of<DiffuseTransmission>((e) =>
    scalar(
      () => e.getDiffuseTransmissionFactor(),
      (x) => e.setDiffuseTransmissionFactor(x),
    ),
  ),
  'KHR_materials_diffuse_transmission/diffuseTransmissionColorFactor': of<DiffuseTransmission>((e) =>
    vector(
      3,
      () => e.getDiffuseTransmissionColorFactor(),
      (x) => e.setDiffuseTransmissionColorFactor(x),
    ),
  ),
};
