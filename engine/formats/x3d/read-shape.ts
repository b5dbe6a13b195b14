import type { DaePolygons } from '../dae/read-polygons.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { triangulate } from '../obj/triangulate.ts';
import { box, indices, input, revolve, sphere } from './solid-shapes.ts';
import { elevationGrid, extrusion } from './swept-shapes.ts';
import { booleanOf, childOf, numbersOf, tupleOf, type WorldNode } from './world-node.ts';

/** The polygons or lines of a geometry node; null for a kind that is not read. */
export function readShape(geometry: WorldNode, file: string): DaePolygons | null {
  switch (geometry.type) {
    case 'IndexedFaceSet':
      return indexedFaces(geometry, indices(geometry, 'coordIndex'), file);
    case 'IndexedTriangleSet': {
      const list = indices(geometry, 'index');
      return indexedFaces(
        geometry,
        Int32Array.from({ length: Math.floor(list.length / 3) * 4 }, (_, i) =>
          i % 4 === 3 ? -1 : list[Math.floor(i / 4) * 3 + (i % 4)]!,
        ),
        file,
      );
    }
    case 'TriangleSet': {
      const count = Math.floor(numbersOf(childOf(geometry, 'Coordinate'), 'point').length / 9);
      return indexedFaces(
        geometry,
        Int32Array.from({ length: count * 4 }, (_, i) => (i % 4 === 3 ? -1 : Math.floor(i / 4) * 3 + (i % 4))),
        file,
      );
    }
    case 'IndexedLineSet':
      return lines(geometry, file, () => indices(geometry, 'coordIndex'));
    case 'LineSet':
      return lines(geometry, file, (points) => successive(geometry, points, file));
    case 'PointSet':
      return pointSet(geometry);
    case 'ElevationGrid': {
      const { points, faces } = elevationGrid(geometry, file);
      return { ...indexedFaces(geometry, faces, file, points), counts: undefined };
    }
    case 'Extrusion': {
      const { points, faces } = extrusion(geometry, file);
      return { ...indexedFaces(geometry, faces, file, points), counts: undefined };
    }
    case 'Box': {
      const [x, y, z] = tupleOf(geometry, 'size', [2, 2, 2]).map((value) => value / 2) as [number, number, number];
      return box(x, y, z);
    }
    case 'Sphere': {
      const [radius] = tupleOf(geometry, 'radius', [1]);
      return sphere(radius!);
    }
    case 'Cylinder': {
      const [radius] = tupleOf(geometry, 'radius', [1]);
      const half = tupleOf(geometry, 'height', [2])[0]! / 2;
      return revolve([
        ...(booleanOf(geometry, 'top', true) ? [[0, half]] : []),
        [radius!, half],
        [radius!, -half],
        ...(booleanOf(geometry, 'bottom', true) ? [[0, -half]] : []),
      ]);
    }
    case 'Cone': {
      const [radius] = tupleOf(geometry, 'bottomRadius', [1]);
      const half = tupleOf(geometry, 'height', [2])[0]! / 2;
      return revolve([[0, half], [radius!, -half], ...(booleanOf(geometry, 'bottom', true) ? [[0, -half]] : [])]);
    }
    default:
      return null;
  }
}

function indexedFaces(
  geometry: WorldNode,
  list: Int32Array,
  file: string,
  given = numbersOf(childOf(geometry, 'Coordinate'), 'point'),
): DaePolygons {
  const coordinates = input('POSITION', 0, given, 3);
  const inputs = [coordinates];
  const corners = new GrowableInt32();
  const elements = new GrowableInt32();
  const counts = new PolygonCounts();
  const sources = [
    {
      semantic: 'NORMAL',
      values: numbersOf(childOf(geometry, 'Normal'), 'vector'),
      stride: 3,
      index: indices(geometry, 'normalIndex'),
      perVertex: booleanOf(geometry, 'normalPerVertex', true),
    },
    {
      semantic: 'TEXCOORD',
      values: numbersOf(childOf(geometry, 'TextureCoordinate'), 'point'),
      stride: 2,
      index: indices(geometry, 'texCoordIndex'),
      perVertex: true,
    },
    {
      semantic: 'COLOR',
      values: numbersOf(childOf(geometry, 'Color', 'ColorRGBA'), 'color'),
      stride: childOf(geometry, 'ColorRGBA') ? 4 : 3,
      index: indices(geometry, 'colorIndex'),
      perVertex: booleanOf(geometry, 'colorPerVertex', true),
    },
  ].filter(({ values }) => values.length > 0);
  for (const source of sources) inputs.push(input(source.semantic, inputs.length, source.values, source.stride));
  const width = inputs.length;
  const isAnticlockwise = booleanOf(geometry, 'ccw', true);
  const points = Float64Array.from(coordinates.values);
  let face = 0;
  let begin = 0;
  for (let at = 0; at <= list.length; at++) {
    if (at < list.length && list[at]! >= 0) continue;
    const polygon = Array.from(list.subarray(begin, at));
    if (polygon.some((index) => index >= coordinates.count)) {
      throw modelMalformed(
        `${file}: face ${face} of ${geometry.name || geometry.type}`,
        `It refers to point ${Math.max(...polygon)}; there are ${coordinates.count}.`,
      );
    }
    const first = corners.length / width;
    for (const [k, index] of polygon.entries()) {
      corners.push(index);
      for (const [s, source] of sources.entries()) {
        const own = source.perVertex ? (source.index[begin + k] ?? index) : (source.index[face] ?? face);
        corners.push(own >= 0 && own < inputs[s + 1]!.count ? own : 0);
      }
    }
    counts.add(polygon.length);
    if (polygon.length >= 3) {
      triangulate(points, polygon, (a, b, c) => {
        elements.push(first + a);
        elements.push(first + (isAnticlockwise ? b : c));
        elements.push(first + (isAnticlockwise ? c : b));
      });
    }
    if (polygon.length > 0) face++;
    begin = at + 1;
  }
  return {
    mode: 4,
    material: '',
    inputs,
    corners: corners.view(),
    width,
    elements: Uint32Array.from(elements.view()),
    creaseAngle: tupleOf(geometry, 'creaseAngle', [0])[0]!,
    counts,
  };
}

function pointSet(geometry: WorldNode): DaePolygons {
  const coordinates = input('POSITION', 0, numbersOf(childOf(geometry, 'Coordinate'), 'point'), 3);
  const colors = numbersOf(childOf(geometry, 'Color', 'ColorRGBA'), 'color');
  const stride = childOf(geometry, 'ColorRGBA') ? 4 : 3;
  const inputs = [coordinates];
  if (colors.length >= coordinates.count * stride) inputs.push(input('COLOR', 0, colors, stride));
  return {
    mode: 0,
    material: '',
    inputs,
    corners: Int32Array.from({ length: coordinates.count }, (_, i) => i),
    width: 1,
    elements: Uint32Array.from({ length: coordinates.count }, (_, i) => i),
  };
}

/** @param listOf the points of each line with -1 behind it, of so many points */
function lines(geometry: WorldNode, file: string, listOf: (points: number) => Int32Array): DaePolygons {
  const coordinates = input('POSITION', 0, numbersOf(childOf(geometry, 'Coordinate'), 'point'), 3);
  const list = listOf(coordinates.count);
  const elements: number[] = [];
  for (let i = 0; i < list.length; i++) {
    if (list[i]! >= coordinates.count)
      throw modelMalformed(
        `${file}: ${geometry.name || geometry.type}`,
        `It refers to point ${list[i]}; there are ${coordinates.count}.`,
      );
    if (i > 0 && list[i]! >= 0 && list[i - 1]! >= 0) elements.push(list[i - 1]!, list[i]!);
  }
  return {
    mode: 1,
    material: '',
    inputs: [coordinates],
    corners: Int32Array.from({ length: coordinates.count }, (_, i) => i),
    width: 1,
    elements: Uint32Array.from(elements),
  };
}

/** Lines that take their points one after the other, each as many as it declares. */
function successive(geometry: WorldNode, points: number, file: string): Int32Array {
  const counts = indices(geometry, 'vertexCount').map((count) => Math.max(0, count));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > points)
    throw modelMalformed(
      `${file}: ${geometry.name || geometry.type}`,
      `Its lines declare ${formatCount(total)} points; there are ${formatCount(points)}.`,
    );
  const list = new Int32Array(total + counts.length);
  let at = 0;
  let next = 0;
  for (const count of counts) {
    for (let i = 0; i < count; i++) list[at++] = next++;
    list[at++] = -1;
  }
  return list;
}
