import type {
  Accessor,
  Document,
  Mesh as GltfMesh,
  Material,
  Node,
  Primitive,
  Texture,
  TypedArray,
} from '@gltf-transform/core';
import { KHRMaterialsClearcoat, KHRMaterialsIOR, KHRTextureTransform } from '@gltf-transform/extensions';
import type {
  Bone,
  BufferAttribute,
  BufferGeometry,
  Group,
  Mesh,
  MeshPhysicalMaterial,
  Object3D,
  SkinnedMesh,
  Material as ThreeMaterial,
  Texture as ThreeTexture,
} from 'three';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import type { TextureLibrary } from '../textures/texture-library.ts';
import { CamerasLightsAndPoints } from './cameras-lights-points.ts';
import { type CornerValues, DETAILS, type MeshDetails } from './mesh-details.ts';
import { IMAGE, type UsdImage } from './read-usd.ts';
import { EXTRAS, HIDDEN, PRIM, type UsdPrim } from './stage-composer.ts';

const WRAPS: Record<number, 10497 | 33071 | 33648> = { 1000: 10497, 1001: 33071, 1002: 33648 };

/** Turns a composed three.js scene into glTF: nodes, meshes, preview surfaces, skins. */
export class UsdDocument {
  readonly nodes = new Map<Object3D, Node>();
  private readonly document: Document;
  private readonly textures: TextureLibrary;
  private readonly limits: ModelLimits;
  private readonly name: string;
  private readonly materials = new Map<string, Material>();
  private readonly meshes = new Map<string, GltfMesh | null>();
  /** Names of the morph targets of each node that has some. */
  readonly shapes = new Map<Node, string[]>();
  /** Prims that are hidden in the file. */
  hidden = 0;
  /** Area lights, for which glTF has the nearest. */
  areaLights = 0;
  /** The faces of what is shown by their sides. */
  readonly polygons = new PolygonCounts();
  private readonly counted = new Set<ArrayLike<number>>();
  private triangles = 0;
  private others: CamerasLightsAndPoints | null = null;

  constructor(document: Document, textures: TextureLibrary, limits: ModelLimits, name: string) {
    this.document = document;
    this.textures = textures;
    this.limits = limits;
    this.name = name;
  }

  build(group: Group): void {
    this.others = new CamerasLightsAndPoints(this.document, group.scale.x);
    const scene = this.document.createScene(this.name);
    this.document.getRoot().setDefaultScene(scene);
    scene.addChild(this.node(group, 0, false));
    this.areaLights = this.others.areaLights;
    for (const [object, node] of this.nodes) if (isSkinned(object)) this.skin(object, node);
  }

  private node(object: Object3D, depth: number, isHidden: boolean): Node {
    checkNodes(this.name, this.nodes.size + 1, this.limits);
    const node = this.document.createNode(object.name || (depth === 0 ? 'USD' : ''));
    this.nodes.set(object, node);
    if (!object.matrixAutoUpdate) object.matrix.decompose(object.position, object.quaternion, object.scale);
    node.setTranslation(object.position.toArray());
    node.setRotation(object.quaternion.toArray() as [number, number, number, number]);
    node.setScale(object.scale.toArray());
    const extras = object.userData[EXTRAS] as Record<string, unknown> | undefined;
    if (extras) node.setExtras(extras);
    const hidden = isHidden || object.userData[HIDDEN] === true;
    if (hidden && !isHidden) this.hidden++;
    const prim = object.userData[PRIM] as UsdPrim | undefined;
    if (!hidden) {
      if (isMesh(object)) this.mesh(object, node);
      if (prim) this.others?.attach(object, prim, node);
    }
    for (const inner of object.children) node.addChild(this.node(inner, depth + 1, hidden));
    return node;
  }

  private mesh(object: Mesh, node: Node): void {
    const { geometry } = object;
    const details = object.userData[DETAILS] as MeshDetails | undefined;
    const materials = [object.material].flat();
    // Copies of a prototype share their mesh.
    const key = `${geometry.uuid} ${materials.map(({ uuid }) => uuid).join(' ')}`;
    const known = this.meshes.get(key);
    const mesh = known ?? (known === undefined ? this.createMesh(object, geometry, details) : null);
    this.meshes.set(key, mesh);
    if (!mesh) return;
    node.setMesh(mesh);
    const names = details?.shapes.map(({ name }) => name) ?? [];
    if (names.length > 0) this.shapes.set(node, names);
  }

  private createMesh(object: Mesh, geometry: BufferGeometry, details: MeshDetails | undefined): GltfMesh | null {
    const mesh = this.document.createMesh(object.name);
    const count = geometry.index?.count ?? geometry.attributes.position?.count ?? 0;
    const groups =
      Array.isArray(object.material) && geometry.groups.length > 0
        ? geometry.groups
        : [{ start: 0, count, materialIndex: 0 }];
    for (const { start, count: size, materialIndex } of [...groups, ...ungrouped(groups, count)]) {
      const material =
        materialIndex === REST
          ? (details?.material ?? null)
          : Array.isArray(object.material)
            ? object.material[materialIndex ?? 0]
            : object.material;
      const primitive = this.primitive(object, geometry, start, Math.min(size, count - start), material ?? null);
      if (primitive) mesh.addPrimitive(primitive);
    }
    if (mesh.listPrimitives().length === 0) {
      mesh.dispose();
      return null;
    }
    if (details) this.count(details);
    if (details && details.shapes.length > 0) {
      mesh.setExtras({ targetNames: details.shapes.map(({ name }) => name) });
      mesh.setWeights(details.shapes.map(() => 0));
    }
    return mesh;
  }

  /** A mesh that is referred to several times is composed as often, of the same faces. */
  private count({ counts }: MeshDetails): void {
    if (this.counted.has(counts)) return;
    this.counted.add(counts);
    for (let face = 0; face < counts.length; face++) this.polygons.add(counts[face]!);
  }

  /** Corners that agree in everything become one vertex. */
  private primitive(
    object: Mesh,
    geometry: BufferGeometry,
    start: number,
    count: number,
    source: ThreeMaterial | null,
  ): Primitive | null {
    const { position, normal, uv, uv1, skinIndex, skinWeight } = geometry.attributes as Record<
      string,
      BufferAttribute | undefined
    >;
    if (!position || count < 3) return null;
    this.triangles += Math.floor(count / 3);
    checkTriangles(this.name, this.triangles, this.limits);
    // The reader fills up what faces refer to and is not there with numbers that are none.
    for (let i = 0; i < position.count * 3; i++) {
      if (Number.isFinite(position.array[i])) continue;
      throw modelMalformed(
        `${this.name}: mesh "${object.name}"`,
        'Its faces refer to points that do not exist, or a point is no number.',
      );
    }
    const corners = Uint32Array.from(
      { length: count - (count % 3) },
      (_, i) => geometry.index?.getX(start + i) ?? start + i,
    );
    const details = object.userData[DETAILS] as MeshDetails | undefined;
    const color = cornerColors(details, uv1);
    const second = details?.texcoords && uv1 ? cornerColumn(details.texcoords, uv1) : undefined;
    const point = details && details.shapes.length > 0 && uv1 ? pointColumn(details.points, uv1) : undefined;
    const parts: Column[] = [position, normal, uv, skinIndex, skinWeight, color, second, point].filter(
      (attribute) => attribute !== undefined,
    );
    const width = parts.reduce((sum, attribute) => sum + attribute.itemSize, 0);
    const row = new Float32Array(width);
    const bits = new Int32Array(row.buffer);
    const tuples = new TupleIndex(width, corners.length);
    const indices = new Uint32Array(corners.length);
    const source0: number[] = [];
    for (const [i, corner] of corners.entries()) {
      let at = 0;
      for (const attribute of parts)
        for (let k = 0; k < attribute.itemSize; k++) row[at++] = attribute.getComponent(corner, k) + 0;
      const vertex = tuples.add(bits);
      if (vertex === source0.length) source0.push(corner);
      indices[i] = vertex;
    }
    const pick = (attribute: Column, vertices: ArrayLike<number>): Float32Array => {
      const out = new Float32Array(vertices.length * attribute.itemSize);
      for (let i = 0; i < vertices.length; i++)
        for (let k = 0; k < attribute.itemSize; k++)
          out[i * attribute.itemSize + k] = attribute.getComponent(vertices[i]!, k);
      return out;
    };
    const facing = details;
    if (facing?.leftHanded) turn(indices);
    let vertices: number[] = source0;
    let triangles = indices;
    let normals: Float32Array;
    if (normal) {
      normals = pick(normal, vertices);
      // The reader computed them from the order of the corners.
      if (facing?.leftHanded && !facing.hasNormals)
        for (let i = 0; i < normals.length; i++) normals[i] = -normals[i]! + 0;
    } else {
      const shaded = shadeVertices(pick(position, vertices), indices);
      vertices = Array.from(shaded.source, (vertex) => source0[vertex]!);
      triangles = new Uint32Array(shaded.indices);
      normals = shaded.normals;
    }
    const texcoords = uv ? pick(uv, vertices) : null;
    for (let i = 1; texcoords && i < texcoords.length; i += 2) texcoords[i] = 1 - texcoords[i]!;
    const primitive = createPrimitive(this.document, {
      positions: pick(position, vertices),
      normals,
      texcoords,
      colors: color ? toColors(pick(color, vertices), color.itemSize) : null,
      indices: triangles,
      material: source
        ? this.material(source, facing?.doubleSided ?? false)
        : createPlainMaterial(this.document, color !== undefined),
    });
    if (second) {
      const values = pick(second, vertices);
      for (let i = 1; i < values.length; i += 2) values[i] = 1 - values[i]!;
      primitive.setAttribute('TEXCOORD_1', this.accessor('VEC2', values));
    }
    for (const shape of point && details ? details.shapes : []) {
      const offsets = shapeOffsets(shape, pick(point!, vertices));
      const target = this.document.createPrimitiveTarget(shape.name);
      primitive.addTarget(target.setAttribute('POSITION', this.accessor('VEC3', offsets)));
    }
    if (skinIndex && skinWeight) {
      primitive.setAttribute('JOINTS_0', this.accessor('VEC4', Uint16Array.from(pick(skinIndex, vertices))));
      primitive.setAttribute('WEIGHTS_0', this.accessor('VEC4', pick(skinWeight, vertices)));
    }
    return primitive;
  }

  private skin(object: SkinnedMesh, node: Node): void {
    const bones: Bone[] = object.skeleton?.bones ?? [];
    const joints = bones.map((bone) => this.nodes.get(bone));
    if (bones.length === 0 || joints.some((joint) => joint === undefined) || new Set(joints).size !== joints.length)
      return;
    const matrices = new Float32Array(bones.length * 16);
    for (const [i, inverse] of object.skeleton.boneInverses.entries())
      matrices.set(inverse.clone().multiply(object.bindMatrix).elements, i * 16);
    const skin = this.document.createSkin(object.name).setInverseBindMatrices(this.accessor('MAT4', matrices));
    for (const joint of joints) if (joint) skin.addJoint(joint);
    node.setSkin(skin);
  }

  private material(source: ThreeMaterial, doubleSided: boolean): Material {
    const key = `${source.uuid} ${doubleSided}`;
    const known = this.materials.get(key);
    if (known) return known;
    const standard = source as MeshPhysicalMaterial;
    const material = this.document.createMaterial(source.name);
    this.materials.set(key, material);
    const { r, g, b } = standard.color;
    const opacity = standard.opacity ?? 1;
    material
      .setBaseColorFactor([r, g, b, opacity])
      .setMetallicFactor(standard.metalness ?? 0)
      .setRoughnessFactor(standard.roughness ?? 0.5)
      .setEmissiveFactor([clamp(standard.emissive?.r), clamp(standard.emissive?.g), clamp(standard.emissive?.b)])
      .setDoubleSided(doubleSided || standard.side === 2)
      .setAlphaMode(standard.alphaTest > 0 ? 'MASK' : standard.transparent || opacity < 1 ? 'BLEND' : 'OPAQUE');
    if (standard.alphaTest > 0) material.setAlphaCutoff(standard.alphaTest);
    const map = this.texture(standard.map);
    if (map) this.describe(material.setBaseColorTexture(map).getBaseColorTextureInfo(), standard.map);
    const normal = this.texture(standard.normalMap);
    if (normal) this.describe(material.setNormalTexture(normal).getNormalTextureInfo(), standard.normalMap);
    const emissive = this.texture(standard.emissiveMap);
    if (emissive) this.describe(material.setEmissiveTexture(emissive).getEmissiveTextureInfo(), standard.emissiveMap);
    const occlusion = this.texture(standard.aoMap);
    if (occlusion) this.describe(material.setOcclusionTexture(occlusion).getOcclusionTextureInfo(), standard.aoMap);
    // glTF keeps both in one image: green is the roughness and blue the metalness, as in the source where both name it.
    const surface = this.texture(standard.roughnessMap ?? standard.metalnessMap);
    if (surface)
      this.describe(
        material.setMetallicRoughnessTexture(surface).getMetallicRoughnessTextureInfo(),
        standard.roughnessMap ?? standard.metalnessMap,
      );
    if (standard.clearcoat > 0) {
      const extension = this.document.createExtension(KHRMaterialsClearcoat);
      material.setExtension(
        'KHR_materials_clearcoat',
        extension
          .createClearcoat()
          .setClearcoatFactor(clamp(standard.clearcoat))
          .setClearcoatRoughnessFactor(clamp(standard.clearcoatRoughness)),
      );
    }
    if (standard.ior !== undefined && standard.ior !== 1.5 && standard.ior >= 1) {
      material.setExtension(
        'KHR_materials_ior',
        this.document.createExtension(KHRMaterialsIOR).createIOR().setIOR(standard.ior),
      );
    }
    return material;
  }

  private texture(source: ThreeTexture | null | undefined): Texture | null {
    const image = source?.userData[IMAGE] as UsdImage | undefined;
    return image ? this.textures.fromBytes(image.bytes, image.name) : null;
  }

  private describe(
    info: ReturnType<Material['getBaseColorTextureInfo']>,
    source: ThreeTexture | null | undefined,
  ): void {
    if (!info || !source) return;
    info.setWrapS(WRAPS[source.wrapS] ?? 10497).setWrapT(WRAPS[source.wrapT] ?? 10497);
    const { offset, repeat, rotation } = source;
    if (offset.x === 0 && offset.y === 0 && repeat.x === 1 && repeat.y === 1 && rotation === 0) return;
    // USD turns coordinates about the lower left corner of the image, glTF about the upper left.
    const x = offset.x - repeat.y * Math.sin(rotation);
    const y = 1 - offset.y - repeat.y * Math.cos(rotation);
    const extension = this.document.createExtension(KHRTextureTransform);
    info.setExtension(
      'KHR_texture_transform',
      extension.createTransform().setScale([repeat.x, repeat.y]).setRotation(rotation).setOffset([x, y]),
    );
  }

  private accessor(type: 'VEC2' | 'VEC3' | 'VEC4' | 'MAT4', array: Float32Array | Uint16Array): Accessor {
    // The engine never makes arrays over shared memory, which is what the cast excludes.
    return this.document
      .createAccessor()
      .setType(type)
      .setArray(array as TypedArray)
      .setBuffer(this.document.getRoot().listBuffers()[0] ?? this.document.createBuffer());
  }
}

type Column = Pick<BufferAttribute, 'itemSize' | 'getComponent'>;

/** In place of a number of a material: the faces that are in no subset. */
const REST = -1;

/** The stretches of a list of corners that no group has. */
function ungrouped(
  groups: readonly { start: number; count: number }[],
  count: number,
): { start: number; count: number; materialIndex: number }[] {
  const out: { start: number; count: number; materialIndex: number }[] = [];
  let end = 0;
  for (const group of groups.toSorted((a, b) => a.start - b.start)) {
    if (group.start > end) out.push({ start: end, count: group.start - end, materialIndex: REST });
    end = Math.max(end, group.start + group.count);
  }
  if (count > end) out.push({ start: end, count: count - end, materialIndex: REST });
  return out;
}

/** A primvar by the vertices that the composer made, which know their corners. */
function cornerColumn({ values, width, at }: CornerValues, corners: BufferAttribute): Column {
  return {
    itemSize: width,
    getComponent: (vertex, k) => values[at(corners.getX(vertex)) * width + k] ?? 0,
  };
}

function cornerColors(details: MeshDetails | undefined, corners: BufferAttribute | undefined): Column | undefined {
  if (!details || !corners || (!details.colors && !details.opacities)) return undefined;
  const colors = details.colors && cornerColumn(details.colors, corners);
  const opacities = details.opacities && cornerColumn(details.opacities, corners);
  return {
    itemSize: 4,
    getComponent: (vertex, k) =>
      k < 3 ? (colors?.getComponent(vertex, k) ?? 1) : (opacities?.getComponent(vertex, 0) ?? 1),
  };
}

function pointColumn(points: ArrayLike<number>, corners: BufferAttribute): Column {
  return { itemSize: 1, getComponent: (vertex) => points[corners.getX(vertex)] ?? 0 };
}

/** How far each vertex moves, from how far each point does. */
function shapeOffsets({ offsets, points }: MeshDetails['shapes'][number], pointOf: Float32Array): Float32Array {
  const place = points && new Map(Array.from(points, (point, i) => [point, i]));
  const out = new Float32Array(pointOf.length * 3);
  for (const [vertex, point] of pointOf.entries()) {
    const at = place ? place.get(point) : point;
    if (at === undefined) continue;
    for (let k = 0; k < 3; k++) out[vertex * 3 + k] = offsets[at * 3 + k] ?? 0;
  }
  return out;
}

/** Swaps the second and third corner of each triangle. */
function turn(indices: Uint32Array): void {
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const second = indices[i + 1]!;
    indices[i + 1] = indices[i + 2]!;
    indices[i + 2] = second;
  }
}

function isMesh(object: Object3D): object is Mesh {
  return 'isMesh' in object && object.isMesh === true;
}

function isSkinned(object: Object3D): object is SkinnedMesh {
  return 'isSkinnedMesh' in object && object.isSkinnedMesh === true;
}

function clamp(value: number | undefined): number {
  return value !== undefined && value > 0 ? Math.min(1, value) : 0;
}

function toColors(values: Float32Array, width: number): Uint16Array {
  const count = values.length / width;
  const out = new Uint16Array(count * 4).fill(65535);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < Math.min(4, width); k++) out[i * 4 + k] = Math.round(clamp(values[i * width + k]) * 65535);
  return out;
}
