import { formatCount } from '../errors.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { triangulate } from '../obj/triangulate.ts';
import { child, childrenOf, type XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';

/** A set of inputs of a primitive. */
export interface DaeInput {
  semantic: string;
  /** Which of the indices of a corner is its. */
  offset: number;
  set: number;
  values: Float32Array;
  stride: number;
  start: number;
  count: number;
}

/** Triangles or lines of one material, as corners with an index for each input. */
export interface DaePolygons {
  mode: 0 | 1 | 4;
  material: string;
  inputs: DaeInput[];
  /** Indices of each corner, `width` for each. */
  corners: Int32Array;
  width: number;
  /** Corners of the triangles or lines. */
  elements: Uint32Array;
  /** Radians: sharper edges stay sharp where there are no normals. */
  creaseAngle?: number;
  /** The polygons of the file by their sides, where it holds polygons. */
  counts?: PolygonCounts;
}

const KINDS = new Set(['triangles', 'polylist', 'polygons', 'tristrips', 'trifans', 'lines', 'linestrips']);

/** The primitives of a `<mesh>`. */
export function readPolygons(file: DaeFile, mesh: XmlElement): DaePolygons[] {
  return mesh.children.filter(({ name }) => KINDS.has(name)).map((element) => readPrimitive(file, mesh, element));
}

function readPrimitive(file: DaeFile, mesh: XmlElement, element: XmlElement): DaePolygons {
  const inputs = readInputs(file, mesh, element);
  const width =
    Math.max(...childrenOf(element, 'input').map((input) => Number(input.attributes.get('offset') ?? 0) || 0), 0) + 1;
  const corners = new GrowableInt32();
  const elements = new GrowableInt32();
  const counts = new PolygonCounts();
  const position = inputs.find(({ semantic }) => semantic === 'POSITION') ?? file.fail(element, 'It has no positions.');
  const lists = [...childrenOf(element, 'p'), ...childrenOf(element, 'ph').flatMap((ph) => childrenOf(ph, 'p'))].map(
    (p) => file.integers(p),
  );
  const addCorners = (list: Int32Array): number => {
    const first = corners.length / width;
    for (let i = 0; i + width <= list.length; i += width) for (let k = 0; k < width; k++) corners.push(list[i + k]!);
    return first;
  };
  const emit = (...points: number[]): void => {
    for (const point of points) elements.push(point);
  };
  const declared = Number(element.attributes.get('count') ?? Number.NaN);
  if (element.name === 'polylist' || element.name === 'triangles' || element.name === 'lines') {
    const list = lists[0] ?? new Int32Array(0);
    addCorners(list);
    const total = Math.floor(list.length / width);
    const vcount = child(element, 'vcount');
    const sizes = element.name === 'polylist' && vcount ? file.integers(vcount) : null;
    const size = element.name === 'lines' ? 2 : 3;
    const present = sizes ? sizes.length : Math.floor(total / size);
    if (declared > present)
      file.fail(element, `It declares ${formatCount(declared)} elements, but holds ${formatCount(present)}.`);
    if (!sizes) for (let i = 0; i + size <= total; i += size) for (let k = 0; k < size; k++) elements.push(i + k);
    let at = 0;
    for (const count of sizes ?? []) {
      if (count < 0 || at + count > total)
        file.fail(element, `Its polygons have more corners than the ${formatCount(total)} in <p>.`);
      counts.add(count);
      polygon(position, corners.view(), width, at, count, emit);
      at += count;
    }
  } else {
    if (declared > lists.length)
      file.fail(element, `It declares ${formatCount(declared)} elements, but holds ${formatCount(lists.length)}.`);
    for (const list of lists) {
      const first = addCorners(list);
      const count = Math.floor(list.length / width);
      if (element.name === 'polygons') {
        counts.add(count);
        polygon(position, corners.view(), width, first, count, emit);
      } else if (element.name === 'linestrips') for (let i = 1; i < count; i++) emit(first + i - 1, first + i);
      else if (element.name === 'trifans') for (let i = 2; i < count; i++) emit(first, first + i - 1, first + i);
      else for (let i = 2; i < count; i++) emit(first + i - 2 + (i % 2), first + i - 1 - (i % 2), first + i);
    }
  }
  if (['triangles', 'tristrips', 'trifans'].includes(element.name)) counts.add(3, Math.floor(elements.length / 3));
  const polygons: DaePolygons = {
    mode: element.name.startsWith('line') ? 1 : 4,
    material: element.attributes.get('material') ?? '',
    inputs,
    corners: corners.view(),
    width,
    elements: Uint32Array.from(elements.view()),
    counts,
  };
  for (const input of inputs) checkRange(file, element, polygons, input);
  return polygons;
}

function polygon(
  position: DaeInput,
  corners: Int32Array,
  width: number,
  first: number,
  count: number,
  emit: (a: number, b: number, c: number) => void,
): void {
  if (count < 3) return;
  if (count === 3) {
    emit(first, first + 1, first + 2);
    return;
  }
  const points = new Float64Array(count * 3);
  for (let i = 0; i < count; i++) {
    const at = position.start + corners[(first + i) * width + position.offset]! * position.stride;
    for (let k = 0; k < 3; k++) points[i * 3 + k] = position.values[at + k] ?? 0;
  }
  triangulate(
    points,
    Array.from({ length: count }, (_, i) => i),
    (a, b, c) => emit(first + a, first + b, first + c),
  );
}

function checkRange(file: DaeFile, element: XmlElement, { corners, width }: DaePolygons, input: DaeInput): void {
  for (let i = input.offset; i < corners.length; i += width) {
    const index = corners[i]!;
    // -1 means "none" to some exporters.
    if (index >= 0 && index < input.count) continue;
    if (index === -1 && input.semantic !== 'POSITION') continue;
    file.fail(
      element,
      `Corner ${formatCount(Math.floor(i / width))} refers to ${input.semantic} ${index}; there are ${formatCount(input.count)}.`,
    );
  }
}

/** With what stands behind `VERTEX` in the place of `VERTEX`. */
function readInputs(file: DaeFile, mesh: XmlElement, element: XmlElement): DaeInput[] {
  const inputs: DaeInput[] = [];
  for (const input of childrenOf(element, 'input')) {
    const semantic = input.attributes.get('semantic') ?? '';
    const offset = Number(input.attributes.get('offset') ?? 0) || 0;
    const set = Number(input.attributes.get('set') ?? 0) || 0;
    const target =
      file.follow(input.attributes.get('source')) ??
      file.fail(input, `Its source "${input.attributes.get('source') ?? ''}" does not exist.`);
    if (semantic === 'VERTEX') {
      const vertices = target.name === 'vertices' ? target : child(mesh, 'vertices');
      for (const inner of childrenOf(vertices, 'input')) {
        const source =
          file.follow(inner.attributes.get('source')) ??
          file.fail(inner, `Its source "${inner.attributes.get('source') ?? ''}" does not exist.`);
        inputs.push({ semantic: inner.attributes.get('semantic') ?? '', offset, set, ...place(file, source) });
      }
    } else if (['NORMAL', 'TEXCOORD', 'COLOR', 'POSITION'].includes(semantic)) {
      inputs.push({ semantic, offset, set, ...place(file, target) });
    }
  }
  return inputs;
}

function place(file: DaeFile, element: XmlElement) {
  const { values, stride, offset, count } = file.source(element);
  return { values, stride, start: offset, count };
}
