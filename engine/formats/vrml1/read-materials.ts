import { numbersOf, tupleOf, type WorldNode } from '../x3d/world-node.ts';
import { choiceOf } from './choices.ts';

/** The materials that shapes choose from: the fields of one node, each with a list of values. */
export interface MaterialList {
  /** Red, green, blue (sRGB) and opacity of each. */
  colors: Float64Array;
  count: number;
  emissive: [number, number, number];
  /** From 0 to 1. */
  shininess: number;
  /** Colours are shown as they are: only what shines by itself was given. */
  isUnlit: boolean;
}

/** The materials of a node; the one of the specification without. */
export function readMaterials(node: WorldNode | undefined): MaterialList {
  const diffuse = colorsOf(node, 'diffuseColor');
  const emissive = colorsOf(node, 'emissiveColor');
  const isGiven = (field: string) => node?.fields.has(field) === true;
  // Colours that were computed beforehand: everything else is said to be empty.
  const isUnlit = isGiven('diffuseColor') && diffuse.length === 0 && emissive.length > 0;
  const colors = isUnlit ? emissive : diffuse.length > 0 ? diffuse : [[0.8, 0.8, 0.8]];
  const transparency = [...numbersOf(node, 'transparency')].filter(Number.isFinite);
  const count = Math.max(colors.length, transparency.length);
  const list = new Float64Array(count * 4);
  for (let i = 0; i < count; i++) {
    const alpha = transparency.length > 0 ? 1 - clamp(transparency[Math.min(i, transparency.length - 1)]!) : 1;
    list.set([...colors[Math.min(i, colors.length - 1)]!, alpha], i * 4);
  }
  const [shininess] = [...numbersOf(node, 'shininess')];
  return {
    colors: list,
    count,
    emissive: isUnlit ? [0, 0, 0] : ((emissive[0] ?? [0, 0, 0]) as [number, number, number]),
    shininess: clamp(Number.isFinite(shininess) ? shininess! : 0.2),
    isUnlit,
  };
}

function colorsOf(node: WorldNode | undefined, field: string): number[][] {
  const values = numbersOf(node, field);
  return Array.from({ length: Math.floor(values.length / 3) }, (_, i) =>
    [0, 1, 2].map((k) => clamp(values[i * 3 + k]! || 0)),
  );
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** How the values of a list are given out to the parts, faces and corners of a shape. */
export type Binding =
  | 'OVERALL'
  | 'PER_PART'
  | 'PER_PART_INDEXED'
  | 'PER_FACE'
  | 'PER_FACE_INDEXED'
  | 'PER_VERTEX'
  | 'PER_VERTEX_INDEXED';

const BINDINGS: readonly Binding[] = [
  'OVERALL',
  'PER_PART',
  'PER_PART_INDEXED',
  'PER_FACE',
  'PER_FACE_INDEXED',
  'PER_VERTEX',
  'PER_VERTEX_INDEXED',
];

/** What a binding node says; `fallback` stands for `DEFAULT`. */
export function bindingOf(node: WorldNode | undefined, fallback: Binding): Binding {
  const value = choiceOf(node, 'value');
  return BINDINGS.find((binding) => binding === value) ?? fallback;
}

/** A place in a shape, in all ways of counting. */
export interface Corner {
  /** Of the face, or of the line, or of the part. */
  face: number;
  /** Of the corner, over all faces. */
  corner: number;
  /** In the list of indices. */
  at: number;
  /** Of the point. */
  point: number;
}

/**
 * Which value a corner has.
 *
 * @param index the shape's own list of indices; without one the numbers of points count, or the order
 */
export function boundIndex(binding: Binding, { face, corner, at, point }: Corner, index: Int32Array | null): number {
  switch (binding) {
    case 'OVERALL':
      return 0;
    case 'PER_PART':
    case 'PER_FACE':
      return face;
    case 'PER_PART_INDEXED':
    case 'PER_FACE_INDEXED':
      return index ? (index[face] ?? -1) : face;
    case 'PER_VERTEX':
      return corner;
    case 'PER_VERTEX_INDEXED':
      return index ? (index[at] ?? -1) : point;
  }
}

/** How shapes are to be understood until the next hint. */
export interface Hints {
  isClockwise: boolean;
  /** Whether the backs of faces can be seen. */
  isDoubleSided: boolean;
  /** Radians. */
  creaseAngle: number;
}

/** What `ShapeHints` says. */
export function hintsOf(node: WorldNode | undefined): Hints {
  const ordering = choiceOf(node, 'vertexOrdering');
  const isKnown = ordering === 'CLOCKWISE' || ordering === 'COUNTERCLOCKWISE';
  return {
    isClockwise: ordering === 'CLOCKWISE',
    isDoubleSided: !(isKnown && choiceOf(node, 'shapeType') === 'SOLID'),
    creaseAngle: tupleOf(node, 'creaseAngle', [0.5])[0]!,
  };
}
