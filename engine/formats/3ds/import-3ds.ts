import { Document, type Material, type mat4, type Node } from '@gltf-transform/core';
import { KHRTextureTransform } from '@gltf-transform/extensions';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { modelEmpty } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { Z_UP_ROTATION } from '../geometry/axes.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial, srgbToLinear } from '../geometry/color.ts';
import { createPrimitive, gather } from '../geometry/create-primitive.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { composeSteps, IDENTITY, multiply } from '../geometry/transform-steps.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { animateNode, isMoving, placeNode } from './animate-3ds.ts';
import { type Data3ds, type Material3ds, type Node3ds, type Object3ds, parse3ds } from './parse-3ds.ts';

const KINDS = {
  missing_texture: [
    'warning',
    'textures were not given',
    'Upload the textures together with the model, as several files or as one zip archive.',
  ],
  unsupported_texture: [
    'warning',
    'textures are in a format that glTF does not hold',
    'Convert these textures to PNG or JPEG.',
  ],
  missing_material: [
    'warning',
    'materials are used that the file does not define',
    'Export the model again; a grey material stands in for them.',
  ],
} as const satisfies Record<string, FindingKind>;

/**
 * Reads 3DS: objects with materials, textures, smoothing groups, the hierarchy of the keyframer and what moves there.
 * The vertices of the format are in the space of the world already, so that nodes have no transforms where nothing
 * moves.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export async function import3ds(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { name } = main;
  const data = parse3ds(main.bytes, name);
  const triangles = data.objects.reduce((sum, object) => sum + object.faces.length / 3, 0);
  if (triangles === 0)
    throw modelEmpty(name, `The 3DS file has ${plural(data.objects.length, 'object')} and no faces.`);
  checkTriangles(name, triangles, limits);
  checkNodes(name, data.objects.length + data.nodes.length, limits);
  const document = new Document();
  const findings = new Findings(name, KINDS);
  const corrections = new Corrections();
  const textures = new TextureLibrary(document, files, main, limits, (problem, reference) =>
    findings.add(problem === 'unreadable' ? 'unsupported_texture' : 'missing_texture', reference),
  );
  const materials = new Materials3ds(document, data.materials, textures, (missing) =>
    findings.add('missing_material', missing),
  );
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  const scale = data.masterScale > 0 ? data.masterScale : 1;
  const top = document.createNode('3DS').setRotation(Z_UP_ROTATION).setScale([scale, scale, scale]);
  scene.addChild(top);
  const nodes = new Map<string, Node>();
  for (const object of data.objects) {
    const node = document.createNode(object.name);
    if (object.faces.length > 0) node.setMesh(buildMesh(document, object, materials));
    if (!nodes.has(object.name)) nodes.set(object.name, node);
    top.addChild(node);
  }
  if (data.nodes.some(isMoving)) animate(document, data, nodes, top);
  else {
    arrange(data, nodes);
    placeInstances(document, data, nodes, top);
  }
  corrections.add(
    'units_to_metres',
    1,
    () => `3DS names no unit: its numbers were read as metres${scale === 1 ? '' : ` (× ${scale}, its master scale)`}.`,
  );
  corrections.add('up_axis', 1, () => '+Z is up in 3DS: the model was turned so that +Y is.');
  return { document, corrections: corrections.list(), generator: null, findings: findings.report() };
}

/** The name of a node of the keyframer that shows nothing. */
const DUMMY = '$$$DUMMY';

/** Puts nodes below their parents; a circle of parents stays at the top. */
function arrange({ nodes: entries }: Data3ds, nodes: Map<string, Node>): void {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const entry of entries) {
    const parent = byId.get(entry.parent);
    const node = nodes.get(entry.name);
    const above = parent && nodes.get(parent.name);
    if (!node || !above || node === above) continue;
    let at: ReturnType<Node['getParentNode']> = above;
    while (at && at !== node) at = at.getParentNode();
    if (at === null) above.addChild(node);
  }
}

/**
 * Objects that several nodes of the keyframer show are placed by these nodes: the vertices go back into the space of
 * the object, and from there to where each node is. A single node says the same as the vertices.
 */
function placeInstances(document: Document, data: Data3ds, nodes: Map<string, Node>, top: Node): void {
  const byId = new Map(data.nodes.map((entry) => [entry.id, entry]));
  for (const object of data.objects) {
    const entries = data.nodes.filter(({ name }) => name === object.name);
    const node = nodes.get(object.name);
    const mesh = node?.getMesh();
    if (entries.length < 2 || !node || !mesh) continue;
    const inverse = invertAxes(object.matrix);
    for (const entry of entries) {
      let matrix: mat4 = multiply(translation(entry.pivot.map((value) => -value)), inverse);
      const seen = new Set<Node3ds>();
      for (let at: Node3ds | undefined = entry; at && !seen.has(at); at = byId.get(at.parent)) {
        seen.add(at);
        matrix = multiply(localMatrix(at), matrix);
      }
      const name = entry.instance ? `${object.name} ${entry.instance}` : object.name;
      const instance = document.createNode(name).setMesh(mesh);
      if (matrix.every(Number.isFinite)) setNodeMatrix(instance, matrix);
      top.addChild(instance);
    }
    node.setMesh(null);
    if (node.listChildren().length === 0) node.dispose();
  }
}

/**
 * A node for each of the keyframer's, one in another and moved by their tracks; objects hang below, back in their own
 * space.
 */
function animate(document: Document, data: Data3ds, objects: Map<string, Node>, top: Node): void {
  const animation = document.createAnimation('3DS');
  const made = new Map<Node3ds, Node>();
  const byId = new Map<number, Node3ds>();
  for (const entry of data.nodes) {
    const node = document.createNode(entry.instance || (entry.name === DUMMY ? '' : entry.name));
    placeNode(node, entry);
    animateNode(document, animation, node, entry);
    made.set(entry, node);
    byId.set(entry.id, entry);
  }
  const shapes = new Map(data.objects.map((object) => [object.name, object]));
  const shown = new Set<Node>();
  for (const [entry, node] of made) {
    const parent = byId.get(entry.parent);
    const above = parent && made.get(parent);
    (above && !isBelow(above, node) ? above : top).addChild(node);
    const object = objects.get(entry.name);
    const mesh = object?.getMesh();
    if (!object || !mesh) continue;
    const inverse = invertAxes(shapes.get(entry.name)?.matrix ?? null);
    const matrix = multiply(translation(entry.pivot.map((value) => -value)), inverse);
    const holder = document.createNode(entry.name).setMesh(mesh);
    if (matrix.every(Number.isFinite)) setNodeMatrix(holder, matrix);
    node.addChild(holder);
    shown.add(object);
  }
  for (const object of shown) object.dispose();
}

/** Whether `node` is `above` itself or stands somewhere below it. */
function isBelow(node: Node, above: Node): boolean {
  for (let at: Node | null = node; at; at = at.getParentNode()) if (at === above) return true;
  return false;
}

function localMatrix({ position, rotation: [angle, x, y, z], scale }: Node3ds): mat4 {
  return composeSteps([
    { kind: 'translate', values: position },
    { kind: 'rotate', values: [x, y, z, (-angle * 180) / Math.PI] },
    { kind: 'scale', values: scale },
  ]);
}

function translation(offset: number[]): mat4 {
  return composeSteps([{ kind: 'translate', values: offset }]);
}

/** The inverse of an affine matrix of three axes and an origin; the identity where it has none. */
function invertAxes(m: number[] | null): mat4 {
  if (!m) return IDENTITY;
  const [a, b, c, d, e, f, g, h, i, x, y, z] = m as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * (e * i - f * h) - d * (b * i - c * h) + g * (b * f - c * e);
  if (!(Math.abs(determinant) > 1e-20)) return IDENTITY;
  const n = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ].map((value) => value / determinant);
  const linear: mat4 = [n[0]!, n[1]!, n[2]!, 0, n[3]!, n[4]!, n[5]!, 0, n[6]!, n[7]!, n[8]!, 0, 0, 0, 0, 1];
  return multiply(linear, translation([-x, -y, -z]));
}

function buildMesh(document: Document, object: Object3ds, materials: Materials3ds) {
  const count = object.faces.length / 3;
  const groupOf = new Uint32Array(count);
  for (const [i, group] of object.groups.entries()) for (const face of group.faces) groupOf[face] = i + 1;
  const shaded = shadeVertices(object.positions, object.faces, {
    partition: groupOf,
    ...(object.smoothing && { smoothing: object.smoothing }),
  });
  const mesh = document.createMesh(object.name);
  for (let group = 0; group <= object.groups.length; group++) {
    const used = new TupleIndex(1);
    const corners: number[] = [];
    for (let i = 0; i < shaded.indices.length; i++)
      if (groupOf[Math.floor(i / 3)] === group) corners.push(used.add([shaded.indices[i]!]));
    if (corners.length === 0) continue;
    const own = used.column(0);
    const source = own.map((vertex) => shaded.source[vertex]!);
    const texcoords = object.texcoords && gather(object.texcoords, 2, source);
    for (let i = 1; texcoords && i < texcoords.length; i += 2) texcoords[i] = 1 - texcoords[i]!;
    mesh.addPrimitive(
      createPrimitive(document, {
        positions: gather(object.positions, 3, source),
        normals: gather(shaded.normals, 3, own),
        texcoords,
        indices: Uint32Array.from(corners),
        material: materials.get(group === 0 ? null : object.groups[group - 1]!.material),
      }),
    );
  }
  return mesh;
}

class Materials3ds {
  private readonly document: Document;
  private readonly definitions: Map<string, Material3ds>;
  private readonly textures: TextureLibrary;
  private readonly missing: (name: string) => void;
  private readonly made = new Map<string | null, Material>();

  constructor(
    document: Document,
    definitions: Material3ds[],
    textures: TextureLibrary,
    missing: (name: string) => void,
  ) {
    this.document = document;
    this.definitions = new Map(definitions.map((definition) => [definition.name, definition]));
    this.textures = textures;
    this.missing = missing;
  }

  get(name: string | null): Material {
    let material = this.made.get(name);
    if (!material) {
      const definition = name === null ? undefined : this.definitions.get(name);
      if (name !== null && !definition) this.missing(name);
      material = definition ? this.create(definition) : createPlainMaterial(this.document);
      this.made.set(name, material);
    }
    return material;
  }

  private create(source: Material3ds): Material {
    const texture = source.map === null ? null : this.textures.find(source.map);
    const [r, g, b] = texture ? [1, 1, 1] : (source.diffuse ?? [0.8, 0.8, 0.8]).map(srgbToLinear);
    const alpha = 1 - Math.min(1, Math.max(0, source.transparency));
    const material = createPlainMaterial(this.document)
      .setName(source.name)
      .setBaseColorFactor([r!, g!, b!, alpha])
      .setAlphaMode(alpha < 1 ? 'BLEND' : 'OPAQUE')
      .setDoubleSided(source.twoSided)
      .setRoughnessFactor(source.shininess === null ? 0.7 : Math.min(1, Math.max(0.05, 1 - 0.9 * source.shininess)));
    if (!texture) return material;
    material.setBaseColorTexture(texture);
    const [u, v, du, dv] = source.tiling;
    if (u !== 1 || v !== 1 || du !== 0 || dv !== 0) {
      const extension = this.document.createExtension(KHRTextureTransform);
      // v points up in 3DS: 1 - (v * scale + offset).
      material.getBaseColorTextureInfo()!.setExtension(
        'KHR_texture_transform',
        extension
          .createTransform()
          .setScale([u, v])
          .setOffset([du, 1 - v - dv]),
      );
    }
    return material;
  }
}
