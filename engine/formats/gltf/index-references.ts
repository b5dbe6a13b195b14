import {
  type Document,
  type GLTF,
  type Property,
  type ReaderContext,
  Texture,
  TextureInfo,
  type WriterContext,
} from '@gltf-transform/core';

type Kind = 'accessor' | 'animation' | 'camera' | 'image' | 'material' | 'mesh' | 'node' | 'skin' | 'texture';

/**
 * Where extensions that the engine only carries along hold indices. A `*` stands for every key of a list or an object;
 * `*Texture` for every key that ends so.
 */
const INDEX_PATHS: Record<string, [path: string, kind: Kind][]> = {
  EXT_mesh_manifold: [
    ['manifoldPrimitive.indices', 'accessor'],
    ['manifoldPrimitive.attributes.*', 'accessor'],
    ['mergeIndices', 'accessor'],
    ['mergeValues', 'accessor'],
  ],
  VRMC_vrm: [
    ['meta.thumbnailImage', 'image'],
    ['humanoid.humanBones.*.node', 'node'],
    ['firstPerson.meshAnnotations.*.node', 'node'],
    ['expressions.*.*.morphTargetBinds.*.node', 'node'],
    ['expressions.*.*.materialColorBinds.*.material', 'material'],
    ['expressions.*.*.textureTransformBinds.*.material', 'material'],
  ],
  VRMC_springBone: [
    ['colliders.*.node', 'node'],
    ['springs.*.joints.*.node', 'node'],
    ['springs.*.center', 'node'],
  ],
  VRMC_node_constraint: [['constraint.*.source', 'node']],
  VRMC_materials_mtoon: [['*Texture.index', 'texture']],
  VRM: [
    ['meta.texture', 'texture'],
    ['humanoid.humanBones.*.node', 'node'],
    ['firstPerson.firstPersonBone', 'node'],
    ['firstPerson.meshAnnotations.*.mesh', 'mesh'],
    ['blendShapeMaster.blendShapeGroups.*.binds.*.mesh', 'mesh'],
    ['secondaryAnimation.boneGroups.*.bones.*', 'node'],
    ['secondaryAnimation.boneGroups.*.center', 'node'],
    ['secondaryAnimation.colliderGroups.*.node', 'node'],
    ['materialProperties.*.textureProperties.*', 'texture'],
  ],
  KHR_animation_pointer: [['pointer', 'node']],
  MSFT_lod: [['ids.*', 'node']],
};

const POINTER_LISTS: Record<string, Kind> = {
  accessors: 'accessor',
  animations: 'animation',
  cameras: 'camera',
  materials: 'material',
  meshes: 'mesh',
  nodes: 'node',
  skins: 'skin',
};

/** One index inside an extension's JSON, as the property that it means. */
export interface IndexReference {
  path: string[];
  kind: Kind;
  /** Null once it was removed from the document. */
  property: Property | null;
  /** Of textures: their sampler. */
  textureInfo: TextureInfo | null;
}

type Json = Record<string, unknown>;

/** Finds the indices in the JSON of extension `name` and the properties that they mean. */
export function findReferences(
  name: string,
  value: Json,
  context: ReaderContext,
  document: Document,
): IndexReference[] {
  const references: IndexReference[] = [];
  for (const [pattern, declared] of INDEX_PATHS[name] ?? []) {
    visit(value, pattern.split('.'), [], (path, found) => {
      const pointer = typeof found === 'string' ? /^\/(\w+)\/(\d+)/.exec(found) : null;
      const kind = pointer ? POINTER_LISTS[pointer[1]!] : declared;
      const index = pointer ? Number(pointer[2]) : found;
      if (kind === undefined || typeof index !== 'number') return;
      const property = propertyAt(kind, index, context);
      if (!property) return;
      let textureInfo: TextureInfo | null = null;
      if (kind === 'texture') {
        textureInfo = new TextureInfo(document.getGraph());
        context.setTextureInfo(textureInfo, { index });
      }
      references.push({ path, kind, property, textureInfo });
    });
  }
  return references;
}

/** A copy of the JSON with the indices that the properties have in the file being written. */
export function withCurrentIndices(value: Json, references: readonly IndexReference[], context: WriterContext): Json {
  const copy = structuredClone(value);
  const lists = new Set<unknown[]>();
  for (const reference of references) {
    let holder = copy;
    for (const key of reference.path.slice(0, -1)) holder = holder[key] as Json;
    const key = reference.path.at(-1)!;
    const index = indexOf(reference, context);
    const old = holder[key];
    if (index === undefined) {
      if (Array.isArray(holder)) lists.add(holder);
      // A texture reference is nothing without its texture: the whole of it goes.
      if (reference.kind === 'texture' && key === 'index') removeAt(copy, reference.path.slice(0, -1));
      else delete holder[key];
    } else holder[key] = typeof old === 'string' ? old.replace(/^(\/\w+\/)\d+/, `$1${index}`) : index;
  }
  // What was removed from a list leaves a hole, which would be written as null.
  for (const list of lists) list.splice(0, list.length, ...list.filter((item) => item !== undefined));
  return copy;
}

function removeAt(value: Json, path: readonly string[]): void {
  let holder = value;
  for (const key of path.slice(0, -1)) holder = holder[key] as Json;
  delete holder[path.at(-1)!];
}

function visit(
  value: unknown,
  pattern: string[],
  path: string[],
  found: (path: string[], value: unknown) => void,
): void {
  const [part, ...rest] = pattern;
  if (part === undefined) {
    found(path, value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    const matches = part.startsWith('*') ? key.endsWith(part.slice(1)) : key === part;
    if (matches) visit(item, rest, [...path, key], found);
  }
}

function propertyAt(kind: Kind, index: number, context: ReaderContext): Property | undefined {
  switch (kind) {
    case 'accessor':
      return context.accessors[index];
    case 'animation':
      return context.animations[index];
    case 'camera':
      return context.cameras[index];
    case 'image':
      return context.textures[index];
    case 'material':
      return context.materials[index];
    case 'mesh':
      return context.meshes[index];
    case 'node':
      return context.nodes[index];
    case 'skin':
      return context.skins[index];
    case 'texture': {
      const source = (context.jsonDoc.json.textures?.[index] as GLTF.ITexture | undefined)?.source;
      return source === undefined ? undefined : context.textures[source];
    }
  }
}

function indexOf({ kind, property, textureInfo }: IndexReference, context: WriterContext): number | undefined {
  // The maps are keyed by the class that the kind stands for.
  const key = property as never;
  switch (kind) {
    case 'accessor':
      return context.accessorIndexMap.get(key);
    case 'animation':
      return context.animationIndexMap.get(key);
    case 'camera':
      return context.cameraIndexMap.get(key);
    case 'image':
      return context.imageIndexMap.get(key);
    case 'material':
      return context.materialIndexMap.get(key);
    case 'mesh':
      return context.meshIndexMap.get(key);
    case 'node':
      return context.nodeIndexMap.get(key);
    case 'skin':
      return context.skinIndexMap.get(key);
    case 'texture':
      return property instanceof Texture && textureInfo && context.imageIndexMap.has(property)
        ? context.createTextureInfoDef(property, textureInfo).index
        : undefined;
  }
}
