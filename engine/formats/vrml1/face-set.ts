import type { DaeInput, DaePolygons } from '../dae/read-polygons.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { triangulate } from '../obj/triangulate.ts';
import { indices, input } from '../x3d/solid-shapes.ts';
import { numbersOf, type WorldNode } from '../x3d/world-node.ts';
import { bindingOf, boundIndex, type Corner } from './read-materials.ts';
import { colorsOf, coordinatesOf, materialAt, requirePoint, type ShapeSource } from './shape-source.ts';
import { transform2 } from './traversal-state.ts';

/** An attribute of corners: its values, and which of them a corner has. */
interface Attribute {
  values: DaeInput;
  indexOf(corner: Corner): number;
}

/**
 * The polygons of an `IndexedFaceSet`.
 *
 * @param isTextured whether it needs texture coordinates, which are made where it has none
 */
export function faceSet(source: ShapeSource, isTextured: boolean): DaePolygons {
  const { node, hints } = source;
  const list = indices(node, 'coordIndex');
  const coordinates = coordinatesOf(source);
  const normals = normalsOf(source, list);
  const attributes = [
    ...(normals ? [normals] : []),
    ...(isTextured ? [textureCoordinates(source, coordinates)] : []),
    ...(source.binding === 'OVERALL' ? [] : [materialColors(source)]),
  ].map((attribute, index) => ({ ...attribute, values: { ...attribute.values, offset: index + 1 } }));
  const inputs = [coordinates, ...attributes.map(({ values }) => values)];
  const corners = new GrowableInt32();
  const elements = new GrowableInt32();
  const counts = new PolygonCounts();
  const points = Float64Array.from(coordinates.values);
  forEachFace(list, (begin, end, face, firstCorner) => {
    const polygon = Array.from(list.subarray(begin, end));
    const first = corners.length / inputs.length;
    for (const [k, point] of polygon.entries()) {
      requirePoint(source, point, coordinates.count, `Face ${face} of ${node.name || node.type}`);
      corners.push(point);
      const place = { face, corner: firstCorner + k, at: begin + k, point };
      for (const { values, indexOf } of attributes) {
        const index = indexOf(place);
        corners.push(index >= 0 && index < values.count ? index : 0);
      }
    }
    counts.add(polygon.length);
    if (polygon.length < 3) return;
    triangulate(points, polygon, (a, b, c) => {
      elements.push(first + a);
      elements.push(first + (hints.isClockwise ? c : b));
      elements.push(first + (hints.isClockwise ? b : c));
    });
  });
  return {
    mode: 4,
    material: '',
    inputs,
    corners: corners.view(),
    width: inputs.length,
    elements: Uint32Array.from(elements.view()),
    creaseAngle: hints.creaseAngle,
    counts,
  };
}

/** Calls for every face that has corners, with where it lies in the list, its number and that of its first corner. */
function forEachFace(
  list: Int32Array,
  use: (begin: number, end: number, face: number, firstCorner: number) => void,
): void {
  let face = 0;
  let corner = 0;
  let begin = 0;
  for (let at = 0; at <= list.length; at++) {
    if (at < list.length && list[at]! >= 0) continue;
    if (at > begin) {
      use(begin, at, face++, corner);
      corner += at - begin;
    }
    begin = at + 1;
  }
}

/** A list of indices of its own; null where it says nothing, as the default of `-1` does. */
function ownIndices(node: WorldNode, field: string): Int32Array | null {
  const list = indices(node, field);
  return list.some((index) => index >= 0) ? list : null;
}

/** Null without normals, or where they are too few for their binding: then they are computed. */
function normalsOf({ node, properties }: ShapeSource, list: Int32Array): Attribute | null {
  const values = input('NORMAL', 0, numbersOf(properties.Normal, 'vector'), 3);
  if (values.count === 0) return null;
  const binding = bindingOf(properties.NormalBinding, 'PER_VERTEX_INDEXED');
  const own = ownIndices(node, 'normalIndex');
  let isWhole = true;
  forEachFace(list, (begin, end, face, firstCorner) => {
    for (let at = begin; at < end && isWhole; at++) {
      const index = boundIndex(binding, { face, corner: firstCorner + at - begin, at, point: list[at]! }, own);
      isWhole = index >= 0 && index < values.count;
    }
  });
  return isWhole ? { values, indexOf: (corner) => boundIndex(binding, corner, own) } : null;
}

function materialColors(source: ShapeSource): Attribute {
  const own = ownIndices(source.node, 'materialIndex');
  const { binding } = source;
  return {
    values: colorsOf(source, 0),
    indexOf: (corner) => materialAt(source, boundIndex(binding, corner, own)),
  };
}

function textureCoordinates(source: ShapeSource, coordinates: DaeInput): Attribute {
  const { node, properties, texture } = source;
  const given = numbersOf(properties.TextureCoordinate2, 'point');
  const own = given.length > 0 ? ownIndices(node, 'textureCoordIndex') : null;
  const values = given.length > 0 ? given : coordinatesByBounds(coordinates);
  const moved = new Float64Array(values.length);
  for (let i = 0; i + 1 < values.length; i += 2) moved.set(transform2(texture, values[i]!, values[i + 1]!), i);
  return {
    values: input('TEXCOORD', 0, moved, 2),
    indexOf: ({ at, point }) => (own ? (own[at] ?? -1) : point),
  };
}

/** The default of the specification: s from 0 to 1 along the longest side of the bounds, t along the next, as large. */
function coordinatesByBounds({ values, count }: DaeInput): Float64Array {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < count * 3; i++) {
    low[i % 3] = Math.min(low[i % 3]!, values[i]!);
    high[i % 3] = Math.max(high[i % 3]!, values[i]!);
  }
  const sizes = low.map((value, axis) => high[axis]! - value);
  const [s, t] = [0, 1, 2].sort((a, b) => sizes[b]! - sizes[a]! || a - b) as [number, number, number];
  const size = sizes[s]! || 1;
  const out = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    out[i * 2] = (values[i * 3 + s]! - low[s]!) / size;
    out[i * 2 + 1] = (values[i * 3 + t]! - low[t]!) / size;
  }
  return out;
}
