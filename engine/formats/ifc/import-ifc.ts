import { Document, type Material, type Mesh, type mat4, type Node } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { formatCount, modelEmpty, modelMalformed } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { checkDecodedBytes, checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial, srgbToLinear } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { countShapes, readIfcStructure } from './ifc-structure.ts';

const KINDS = {
  product_without_mesh: [
    'warning',
    'products with a representation gave no triangles',
    'Check these products in the program that made the file.',
  ],
  skewed_placement: [
    'warning',
    'placements are skewed, which a glTF node cannot be',
    'Export the model again without skewed placements.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Beyond this distance in metres single precision keeps less than a millimetre. */
const FAR = 10_000;

/** What the reader of the geometry tells. */
interface PlacedGeometry {
  product: number;
  geometry: number;
  color: { x: number; y: number; z: number; w: number };
  matrix: mat4;
}

interface Shape {
  positions: Float32Array;
  normals: Float32Array;
  indices: Uint32Array;
}

interface Streamed {
  placed: PlacedGeometry[];
  /** By their numbers. */
  shapes: Map<number, Shape>;
}

/**
 * Reads IFC (2x3, 4, 4x3; ISO 16739) with web-ifc: every product as a node under its storey, building, site and
 * project, with type, GlobalId and property sets in its extras. Openings and spaces are not drawn. Units become
 * metres and +Y up. A model far from the origin is moved, and the move is kept in the extras of the scene.
 *
 * Some damaged files keep web-ifc busy without end, and WebAssembly cannot be interrupted: only whoever runs this in a
 * process of its own (as the sandbox does) can stop it.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export async function importIfc(
  main: ModelFile,
  _files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const { name } = main;
  const bytes = toUtf8(main.bytes);
  checkText(bytes, name);
  const { IfcAPI, LogLevel } = await import('web-ifc');
  const api = new IfcAPI();
  try {
    await api.Init();
    api.SetLogLevel(LogLevel.LOG_LEVEL_OFF);
    return build(api, bytes, main, limits, progress);
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw modelMalformed(name, `The IFC file cannot be read: ${reason.slice(0, 200)}.`, undefined, cause);
  } finally {
    api.Dispose();
  }
}

type IfcApi = InstanceType<typeof import('web-ifc').IfcAPI>;

function build(
  api: IfcApi,
  bytes: Uint8Array,
  main: ModelFile,
  limits: ModelLimits,
  progress: ImportProgress,
): ImportedModel {
  const { name } = main;
  let model = api.OpenModel(bytes, {});
  let { placed, shapes } = streamGeometry(api, model, name, limits, portionOf(progress, 0.1, 0.5));
  const corrections = new Corrections();
  const document = new Document();
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  if (placed.length === 0) {
    throw modelEmpty(name, `The IFC file (${api.GetModelSchema(model) ?? 'of an unknown schema'}) gives no geometry.`);
  }
  if (
    placed.some(({ matrix }) => Math.max(Math.abs(matrix[12]!), Math.abs(matrix[13]!), Math.abs(matrix[14]!)) > FAR)
  ) {
    api.CloseModel(model);
    model = api.OpenModel(bytes, { COORDINATE_TO_ORIGIN: true });
    ({ placed, shapes } = streamGeometry(api, model, name, limits, portionOf(progress, 0.5, 0.8)));
    const move = api.GetCoordinationMatrix(model);
    const offset = [move[12]!, move[13]!, move[14]!].map((value) => -value);
    scene.setExtras({ originOffset: offset });
    corrections.add(
      'origin_offset',
      1,
      () => `The model lies far from the origin and was moved by (${offset.map((value) => -value).join(', ')}) metres.`,
    );
  }
  const findings = new Findings(name, KINDS);
  const structure = readIfcStructure(api, model, limits);
  const nodes = new Map<number, Node>();
  let count = 0;
  const nodeOf = (id: number): Node => {
    const chain: number[] = [];
    for (
      let at: number | undefined = id;
      at !== undefined && !nodes.has(at) && !chain.includes(at);
      at = structure.parents.get(at)
    )
      chain.push(at);
    for (const product of chain.reverse()) {
      checkNodes(name, ++count, limits);
      const { title, extras } = structure.describe(product);
      const node = document.createNode(title).setExtras(extras);
      const parent = structure.parents.get(product);
      const above = parent === undefined ? undefined : nodes.get(parent);
      if (above) above.addChild(node);
      else scene.addChild(node);
      nodes.set(product, node);
    }
    return nodes.get(id)!;
  };
  const meshes = new MeshMaker(shapes, document, limits, name);
  for (const item of placed) {
    const mesh = meshes.get(item);
    if (!mesh) {
      findings.add('product_without_mesh', `#${item.product}`);
      continue;
    }
    checkNodes(name, ++count, limits);
    const part = document.createNode(mesh.getName()).setMesh(mesh);
    if (!setNodeMatrix(part, item.matrix)) findings.add('skewed_placement', `#${item.product}`);
    nodeOf(item.product).addChild(part);
  }
  corrections.add('units_to_metres', 1, () => 'The units of the project were converted to metres.');
  corrections.add('up_axis', 1, () => '+Z is up in IFC: the model was turned so that +Y is.');
  corrections.add(
    'kept_properties',
    structure.propertySets,
    (n) => `${plural(n, 'property set')} of the products ${n === 1 ? 'is' : 'are'} in the extras of their nodes.`,
  );
  return { document, corrections: corrections.list(), generator: structure.generator, findings: findings.report() };
}

/** The geometries live only while they are streamed, hence copied there. */
function streamGeometry(
  api: IfcApi,
  model: number,
  name: string,
  limits: ModelLimits,
  progress: ImportProgress,
): Streamed {
  const placed: PlacedGeometry[] = [];
  const shapes = new Map<number, Shape>();
  let bytes = 0;
  // What is thrown inside of the callback would go through the WebAssembly.
  let failure: unknown = null;
  // The library counts the products of each type by themselves.
  const products = countShapes(api, model);
  let streamed = 0;
  api.StreamAllMeshes(model, (mesh) => {
    if (failure !== null) return;
    try {
      progress(++streamed / products);
      for (let i = 0; i < mesh.geometries.size(); i++) {
        const { geometryExpressID, color, flatTransformation } = mesh.geometries.get(i);
        checkNodes(name, placed.length + 1, limits);
        const matrix = Array.from(flatTransformation) as mat4;
        placed.push({ product: mesh.expressID, geometry: geometryExpressID, color: { ...color }, matrix });
        if (shapes.has(geometryExpressID)) continue;
        const shape = copyShape(api, model, geometryExpressID);
        bytes += shape.positions.byteLength * 2 + shape.indices.byteLength;
        checkDecodedBytes(name, bytes, limits);
        shapes.set(geometryExpressID, shape);
      }
    } catch (error) {
      failure = error;
    }
  });
  if (failure !== null) throw failure;
  return { placed, shapes };
}

function copyShape(api: IfcApi, model: number, id: number): Shape {
  const geometry = api.GetGeometry(model, id);
  // Position and normal of each vertex, in the memory of the reader.
  const vertices = api.GetVertexArray(geometry.GetVertexData(), geometry.GetVertexDataSize());
  const indices = Uint32Array.from(api.GetIndexArray(geometry.GetIndexData(), geometry.GetIndexDataSize()));
  const count = vertices.length / 6;
  const positions = new Float32Array(count * 3);
  const normals = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      positions[i * 3 + k] = vertices[i * 6 + k]!;
      normals[i * 3 + k] = vertices[i * 6 + 3 + k]!;
    }
  }
  geometry.delete();
  return { positions, normals, indices };
}

/** Makes each geometry in each colour one mesh. */
class MeshMaker {
  private readonly shapes: Map<number, Shape>;
  private readonly document: Document;
  private readonly limits: ModelLimits;
  private readonly name: string;
  private readonly meshes = new Map<string, Mesh | null>();
  private readonly materials = new Map<string, Material>();
  private triangles = 0;

  constructor(shapes: Map<number, Shape>, document: Document, limits: ModelLimits, name: string) {
    this.shapes = shapes;
    this.document = document;
    this.limits = limits;
    this.name = name;
  }

  get({ geometry, color }: PlacedGeometry): Mesh | null {
    const key = `${geometry} ${color.x} ${color.y} ${color.z} ${color.w}`;
    let mesh = this.meshes.get(key);
    if (mesh === undefined) {
      mesh = this.create(geometry, color);
      this.meshes.set(key, mesh);
    }
    const primitive = mesh?.listPrimitives()[0];
    this.triangles += (primitive?.getIndices()?.getCount() ?? 0) / 3;
    checkTriangles(this.name, this.triangles, this.limits);
    return mesh;
  }

  private create(id: number, color: PlacedGeometry['color']): Mesh | null {
    const shape = this.shapes.get(id);
    if (!shape || shape.indices.length < 3) return null;
    const primitive = createPrimitive(this.document, { ...shape, material: this.material(color) });
    return this.document.createMesh(`Geometry ${id}`).addPrimitive(primitive);
  }

  private material(color: PlacedGeometry['color']): Material {
    const key = `${color.x} ${color.y} ${color.z} ${color.w}`;
    let material = this.materials.get(key);
    if (!material) {
      const channels = [color.x, color.y, color.z];
      const hex = channels
        .map((value) =>
          Math.round(Math.min(1, Math.max(0, value)) * 255)
            .toString(16)
            .padStart(2, '0'),
        )
        .join('');
      const [r, g, b] = channels.map(srgbToLinear);
      const alpha = Math.min(1, Math.max(0, color.w));
      material = createPlainMaterial(this.document)
        .setName(`#${hex}`)
        .setBaseColorFactor([r!, g!, b!, alpha])
        .setAlphaMode(alpha < 1 ? 'BLEND' : 'OPAQUE')
        .setDoubleSided(true);
      this.materials.set(key, material);
    }
    return material;
  }
}

function checkText(bytes: Uint8Array, name: string): void {
  const text = (start: number, end: number): string =>
    new TextDecoder('latin1').decode(bytes.subarray(Math.max(0, start), end));
  if (!/^\s*ISO-10303-21/.test(text(0, 256)))
    throw modelMalformed(`${name}: byte 0`, 'The file does not begin with "ISO-10303-21".');
  if (!/END-ISO-10303-21\s*;/.test(text(bytes.byteLength - 4096, bytes.byteLength))) {
    throw modelMalformed(
      `${name}: byte ${formatCount(bytes.byteLength)}`,
      'The IFC file has no "END-ISO-10303-21;" at its end: it is cut off.',
    );
  }
}
