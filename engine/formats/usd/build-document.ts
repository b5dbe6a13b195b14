import type { Accessor, Document, Mesh as GltfMesh, Node, Primitive, TypedArray } from '@gltf-transform/core';
import type {
  Bone,
  BufferAttribute,
  BufferGeometry,
  Group,
  Mesh,
  Object3D,
  SkinnedMesh,
  Material as ThreeMaterial,
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
import { clamp, UsdMaterials } from './build-materials.ts';
import { CamerasLightsAndPoints } from './cameras-lights-points.ts';
import { DETAILS, type MeshDetails } from './mesh-details.ts';
import { EXTRAS, HIDDEN, PRIM, type UsdPrim } from './stage-composer.ts';
import { type Column, cornerColors, cornerColumn, pointColumn, shapeOffsets } from './vertex-columns.ts';

/** Turns a composed three.js scene into glTF: nodes, meshes, preview surfaces, skins. */
export class UsdDocument {
  readonly nodes = new Map<Object3D, Node>();
  private readonly document: Document;
  private readonly limits: ModelLimits;
  private readonly name: string;
  private readonly materials: UsdMaterials;
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
    this.materials = new UsdMaterials(document, textures);
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
    if (details?.leftHanded) turn(indices);
    let vertices: number[] = source0;
    let triangles = indices;
    let normals: Float32Array;
    if (normal) {
      normals = pick(normal, vertices);
      // The reader computed them from the order of the corners.
      if (details?.leftHanded && !details.hasNormals)
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
        ? this.materials.materialOf(source, details?.doubleSided ?? false)
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

  private accessor(type: 'VEC2' | 'VEC3' | 'VEC4' | 'MAT4', array: Float32Array | Uint16Array): Accessor {
    // The engine never makes arrays over shared memory, which is what the cast excludes.
    return this.document
      .createAccessor()
      .setType(type)
      .setArray(array as TypedArray)
      .setBuffer(this.document.getRoot().listBuffers()[0] ?? this.document.createBuffer());
  }
}

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

function toColors(values: Float32Array, width: number): Uint16Array {
  const count = values.length / width;
  const out = new Uint16Array(count * 4).fill(65535);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < Math.min(4, width); k++) out[i * 4 + k] = Math.round(clamp(values[i * width + k]) * 65535);
  return out;
}
