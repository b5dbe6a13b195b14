import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { child, children, countOf, type FbxNode, floatsOf, integersOf, textAt } from './fbx-node.ts';
import type { FbxObject } from './fbx-scene.ts';

/** What the values of a layer belong to. */
export type LayerMapping = 'corner' | 'vertex' | 'polygon' | 'all';

/** Values of one kind (normals, texture coordinates, …) over a mesh. */
export interface GeometryLayer {
  name: string;
  mapping: LayerMapping;
  /** Numbers of one value: 3 for normals, 2 for texture coordinates, 4 for colours. */
  width: number;
  values: Float64Array;
  /** Which value each corner, vertex or polygon has; null where they are in order. */
  index: Int32Array | null;
}

/** A polygon mesh as the file has it: in its own units and axes. */
export interface FbxGeometry {
  /** Three for each vertex. */
  positions: Float64Array;
  /** The vertex of each corner. */
  corners: Int32Array;
  /** The first corner of each polygon, and behind the last one the number of corners. */
  polygons: Uint32Array;
  /** The number of the corner in the file, where polygons were left out; null where all are there. */
  fileCorners: Uint32Array | null;
  /** The number of the polygon in the file, likewise. */
  filePolygons: Uint32Array | null;
  normals: GeometryLayer | null;
  uvs: GeometryLayer[];
  colors: GeometryLayer[];
  /** The material of each polygon, counted among the materials of the model; null where there is one or none. */
  materials: { mapping: LayerMapping; values: Int32Array } | null;
  /** Smoothing groups of each polygon as bits; null where the file has none. */
  smoothing: Int32Array | null;
}

/** More sets of texture coordinates than this are left out. */
const MAX_UV_SETS = 8;

/**
 * Reads a polygon mesh. Polygons with vertices that do not exist are left out and counted in the findings.
 *
 * @returns null where the object is no polygon mesh (a curve, a shape, a NURBS surface) or has no polygons
 * @throws MaquetteError `model_malformed` where none of the polygons can be read
 */
export function readGeometry(object: FbxObject, file: string, findings: FbxFindings): FbxGeometry | null {
  const { node } = object;
  const indices = child(node, 'PolygonVertexIndex');
  if (!child(node, 'Vertices') || countOf(indices) === 0) return null;
  const positions = floatsOf(child(node, 'Vertices'));
  const vertices = Math.floor(positions.length / 3);
  const polygons = splitPolygons(integersOf(indices), vertices, object, findings);
  if (polygons.polygons.length <= 1) {
    throw modelMalformed(
      `${file}, geometry "${object.name}" (${node.place})`,
      `The mesh declares ${formatCount(countOf(indices))} polygon corners and ${formatCount(vertices)} vertices, but none of its polygons is usable.`,
    );
  }
  const layers = (name: string, data: string, index: string, width: number): GeometryLayer[] =>
    children(node, name).flatMap((element) => {
      const layer = readLayer(element, data, index, width, object, findings);
      return layer ? [layer] : [];
    });
  return {
    positions: positions.length === vertices * 3 ? positions : positions.slice(0, vertices * 3),
    ...polygons,
    normals: layers('LayerElementNormal', 'Normals', 'NormalsIndex', 3)[0] ?? null,
    uvs: layers('LayerElementUV', 'UV', 'UVIndex', 2).slice(0, MAX_UV_SETS),
    colors: layers('LayerElementColor', 'Colors', 'ColorIndex', 4).slice(0, 1),
    materials: readMaterials(child(node, 'LayerElementMaterial')),
    smoothing: readSmoothing(child(node, 'LayerElementSmoothing')),
  };
}

type Polygons = Pick<FbxGeometry, 'corners' | 'polygons' | 'fileCorners' | 'filePolygons'>;

/** The last corner of a polygon is stored as its bitwise complement. */
function splitPolygons(indices: Int32Array, vertices: number, object: FbxObject, findings: FbxFindings): Polygons {
  let count = 0;
  let bad = 0;
  let small = 0;
  let start = 0;
  let usable = true;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    const last = index < 0 || i + 1 === indices.length;
    if ((index < 0 ? ~index : index) >= vertices) usable = false;
    if (!last) continue;
    if (!usable) bad++;
    else if (i + 1 - start < 3) small++;
    else count++;
    start = i + 1;
    usable = true;
  }
  const place = `geometry "${object.name}" (${object.node.place})`;
  findings.add('index_out_of_range', place, bad);
  findings.add('degenerate_polygon', place, small);
  const whole = bad === 0 && small === 0;
  const corners = new Int32Array(indices.length);
  const polygons = new Uint32Array(count + 1);
  const fileCorners = whole ? null : new Uint32Array(indices.length);
  const filePolygons = whole ? null : new Uint32Array(count);
  let corner = 0;
  let polygon = 0;
  let filePolygon = 0;
  start = 0;
  usable = true;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if ((index < 0 ? ~index : index) >= vertices) usable = false;
    if (index >= 0 && i + 1 < indices.length) continue;
    if (usable && i + 1 - start >= 3) {
      for (let j = start; j <= i; j++) {
        if (fileCorners) fileCorners[corner] = j;
        corners[corner++] = indices[j]! < 0 ? ~indices[j]! : indices[j]!;
      }
      if (filePolygons) filePolygons[polygon] = filePolygon;
      polygons[++polygon] = corner;
    }
    filePolygon++;
    start = i + 1;
    usable = true;
  }
  return { corners: whole ? corners : corners.slice(0, corner), polygons, fileCorners, filePolygons };
}

function readLayer(
  element: FbxNode,
  data: string,
  indexName: string,
  width: number,
  object: FbxObject,
  findings: FbxFindings,
): GeometryLayer | null {
  const dataNode = child(element, data);
  if (!dataNode || countOf(dataNode) < width) return null;
  const mapping = readMapping(element);
  if (!mapping) {
    findings.add('unsupported_mapping', `geometry "${object.name}" (${element.place})`);
    return null;
  }
  const reference = textAt(child(element, 'ReferenceInformationType'), 0);
  const indexNode = child(element, indexName);
  const indexed = reference !== 'Direct' && indexNode !== undefined && countOf(indexNode) > 0;
  try {
    return {
      name: textAt(child(element, 'Name'), 0),
      mapping,
      width,
      values: floatsOf(dataNode),
      index: indexed ? integersOf(indexNode) : null,
    };
  } catch (error) {
    // One damaged layer of texture coordinates is no reason to refuse the mesh.
    if (!(error instanceof MaquetteError) || error.code !== 'model_malformed' || width === 3) throw error;
    findings.add('unsupported_mapping', `geometry "${object.name}" (${element.place})`);
    return null;
  }
}

function readMapping(element: FbxNode): LayerMapping | null {
  switch (textAt(child(element, 'MappingInformationType'), 0)) {
    case 'ByPolygonVertex':
      return 'corner';
    case 'ByVertex':
    case 'ByVertice':
      return 'vertex';
    case 'ByPolygon':
      return 'polygon';
    case 'AllSame':
      return 'all';
    default:
      return null;
  }
}

function readMaterials(element: FbxNode | undefined): FbxGeometry['materials'] {
  if (!element) return null;
  const mapping = readMapping(element);
  const values = integersOf(child(element, 'Materials'));
  if (values.length === 0 || mapping === null || mapping === 'vertex') return null;
  return { mapping, values };
}

function readSmoothing(element: FbxNode | undefined): Int32Array | null {
  if (!element || readMapping(element) !== 'polygon') return null;
  const values = integersOf(child(element, 'Smoothing'));
  return values.length > 0 ? values : null;
}

/** A morph shape: the vertices that it moves and by how much. */
export interface FbxShape {
  indices: Int32Array;
  /** Three for each index: added to the position. */
  offsets: Float64Array;
  /** Three for each index: added to the normal; null where the file has none. */
  normals: Float64Array | null;
}

/** Reads a shape of a blend shape channel, or one inside of a model before 7.0. */
export function readShape(node: FbxNode): FbxShape | null {
  const indices = integersOf(child(node, 'Indexes'));
  const offsets = floatsOf(child(node, 'Vertices'));
  if (indices.length === 0 || offsets.length < indices.length * 3) return null;
  const normals = floatsOf(child(node, 'Normals'));
  return { indices, offsets, normals: normals.length === offsets.length ? normals : null };
}

/** Which value of a layer a corner has; -1 where the file has none. */
export function valueAt(layer: GeometryLayer, corner: number, vertex: number, polygon: number): number {
  let key = 0;
  switch (layer.mapping) {
    case 'corner':
      key = corner;
      break;
    case 'vertex':
      key = vertex;
      break;
    case 'polygon':
      key = polygon;
      break;
    case 'all':
      break;
  }
  if (layer.index) {
    if (key >= layer.index.length) return -1;
    key = layer.index[key]!;
  }
  return key >= 0 && (key + 1) * layer.width <= layer.values.length ? key : -1;
}

/** The material of a polygon, by its number in the file. */
export function materialOf(geometry: FbxGeometry, polygon: number): number {
  const { materials } = geometry;
  if (!materials) return 0;
  const key = materials.mapping === 'all' ? 0 : polygon;
  return Math.max(0, materials.values[Math.min(key, materials.values.length - 1)] ?? 0);
}

/** Whether the object is a mesh of polygons at all, judged without decoding anything. */
export function isPolygonMesh(object: FbxObject): boolean {
  return countOf(child(object.node, 'PolygonVertexIndex')) > 0 && countOf(child(object.node, 'Vertices')) > 0;
}

/** Triangles that the mesh will have, counted without decoding: an upper bound. */
export function declaredTriangles(object: FbxObject): number {
  return Math.max(0, countOf(child(object.node, 'PolygonVertexIndex')) - 2);
}
