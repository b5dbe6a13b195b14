import type { Accessor, Material, Primitive } from '@gltf-transform/core';
import { floatsOf } from '../../../render/accessor-floats.ts';
import { forEachTriangle, triangleCount } from '../../../render/triangles.ts';
import { linearToSrgb } from '../../geometry/color.ts';
import type { FbxDraft } from './fbx-draft.ts';
import type { TextWriter } from './text-writer.ts';
import { PER_METRE } from './units.ts';

/** The primitives of a mesh as one geometry. */
export interface GeometryPlan {
  primitives: readonly Primitive[];
  /** Where the vertices of each begin. */
  starts: number[];
  vertices: number;
  /** Materials of the geometry, in the order in which polygons count them. */
  materials: (Material | null)[];
}

export function planGeometry(primitives: readonly Primitive[]): GeometryPlan {
  const plan: GeometryPlan = { primitives, starts: [], vertices: 0, materials: [] };
  for (const primitive of primitives) {
    plan.starts.push(plan.vertices);
    plan.vertices += primitive.getAttribute('POSITION')!.getCount();
    if (!plan.materials.includes(primitive.getMaterial())) plan.materials.push(primitive.getMaterial());
  }
  return plan;
}

/** The name by which textures ask for a set of texture coordinates. */
export function uvSetName(set: number): string {
  return set === 0 ? 'UVMap' : `UVMap${set}`;
}

/** Adds a geometry: vertices, triangles, and layers of normals, texture coordinates, colours and materials. */
export function addGeometry(draft: FbxDraft, name: string, plan: GeometryPlan): number {
  return draft.add('Geometry', 'Geometry', name, 'Mesh', (writer) => writeGeometry(writer, plan));
}

function writeGeometry(writer: TextWriter, plan: GeometryPlan): void {
  const corners = listCorners(plan);
  const polygons = corners.slice();
  // The last corner of a polygon is marked by its complement.
  for (let i = 2; i < polygons.length; i += 3) polygons[i] = ~polygons[i]!;
  writer.array(
    'Vertices',
    gather(plan, (primitive) => primitive.getAttribute('POSITION'), 3, 0, PER_METRE),
  );
  writer.array('PolygonVertexIndex', polygons);
  writer.node('GeometryVersion', 124);
  const layers: [type: string, index: number][] = [];
  const layer = (
    type: string,
    index: number,
    name: string,
    mapping: string,
    inner: () => void,
    indexed = false,
  ): void => {
    layers.push([type, index]);
    writer.block(type, [index], () => {
      writer.node('Version', type === 'LayerElementNormal' ? 102 : 101);
      writer.node('Name', name);
      writer.node('MappingInformationType', mapping);
      writer.node('ReferenceInformationType', indexed ? 'IndexToDirect' : 'Direct');
      inner();
    });
  };
  const has = (semantic: string): boolean =>
    plan.primitives.some((primitive) => primitive.getAttribute(semantic) !== null);
  if (has('NORMAL'))
    layer('LayerElementNormal', 0, '', 'ByVertice', () =>
      writer.array(
        'Normals',
        gather(plan, (primitive) => primitive.getAttribute('NORMAL'), 3, 0, 1),
      ),
    );
  for (let set = 0; has(`TEXCOORD_${set}`); set++) {
    const values = gather(plan, (primitive) => primitive.getAttribute(`TEXCOORD_${set}`), 2, 0, 1);
    for (let i = 1; i < values.length; i += 2) values[i] = 1 - values[i]!;
    const write = (): void => {
      writer.array('UV', values);
      writer.array('UVIndex', corners);
    };
    layer('LayerElementUV', set, uvSetName(set), 'ByPolygonVertex', write, true);
  }
  if (has('COLOR_0')) {
    const values = gather(plan, (primitive) => primitive.getAttribute('COLOR_0'), 4, 1, 1);
    for (let i = 0; i < values.length; i++) if (i % 4 !== 3) values[i] = linearToSrgb(values[i]!);
    const write = (): void => {
      writer.array('Colors', values);
      writer.array('ColorIndex', corners);
    };
    layer('LayerElementColor', 0, 'Col', 'ByPolygonVertex', write, true);
  }
  const isOne = plan.materials.length === 1;
  const materials = isOne
    ? [0]
    : plan.primitives.flatMap((primitive) =>
        new Array<number>(triangleCount(primitive)).fill(plan.materials.indexOf(primitive.getMaterial())),
      );
  layer(
    'LayerElementMaterial',
    0,
    '',
    isOne ? 'AllSame' : 'ByPolygon',
    () => writer.array('Materials', materials),
    true,
  );
  const count = Math.max(...layers.map(([, index]) => index)) + 1;
  for (let index = 0; index < count; index++)
    writer.block('Layer', [index], () => {
      writer.node('Version', 100);
      for (const [type, at] of layers)
        if (at === index)
          writer.block('LayerElement', [], () => {
            writer.node('Type', type);
            writer.node('TypedIndex', at);
          });
    });
}

function listCorners({ primitives, starts }: GeometryPlan): Int32Array {
  const out = new Int32Array(primitives.reduce((sum, primitive) => sum + triangleCount(primitive) * 3, 0));
  let at = 0;
  for (const [i, primitive] of primitives.entries()) {
    const start = starts[i]!;
    forEachTriangle(primitive, (a, b, c) => {
      out[at++] = start + a;
      out[at++] = start + b;
      out[at++] = start + c;
    });
  }
  return out;
}

/**
 * An attribute of all vertices. Primitives without it, and components that it does not have, get `fill`.
 *
 * @param width components of a vertex in the result
 */
function gather(
  { primitives, starts, vertices }: GeometryPlan,
  accessorOf: (primitive: Primitive) => Accessor | null,
  width: number,
  fill: number,
  factor: number,
): Float64Array {
  const out = new Float64Array(vertices * width).fill(fill);
  for (const [i, primitive] of primitives.entries()) {
    const accessor = accessorOf(primitive);
    if (!accessor) continue;
    const values = floatsOf(accessor);
    const size = accessor.getElementSize();
    const shared = Math.min(size, width);
    for (let vertex = 0; vertex < accessor.getCount(); vertex++)
      for (let k = 0; k < shared; k++) out[(starts[i]! + vertex) * width + k] = values[vertex * size + k]! * factor;
  }
  return out;
}

/** Adds the morph targets of a geometry as blend shapes, and returns the channels that weight them. */
export function addBlendShapes(
  draft: FbxDraft,
  geometry: number,
  plan: GeometryPlan,
  names: readonly string[],
  weights: readonly number[],
): number[] {
  const deformer = draft.add('Deformer', 'Deformer', '', 'BlendShape', (writer) => writer.node('Version', 100));
  draft.connect(deformer, geometry);
  return names.map((name, i) => {
    const percent = (weights[i] ?? 0) * 100;
    const channel = draft.add('Deformer', 'SubDeformer', name, 'BlendShapeChannel', (writer) => {
      writer.node('Version', 100);
      writer.node('DeformPercent', percent);
      writer.array('FullWeights', [100]);
      writer.properties(() => writer.property('DeformPercent', 'Number', '', 'A', percent));
    });
    const shape = draft.add('Geometry', 'Geometry', name, 'Shape', (writer) => writeShape(writer, plan, i));
    draft.connect(channel, deformer);
    draft.connect(shape, channel);
    return channel;
  });
}

function writeShape(writer: TextWriter, plan: GeometryPlan, target: number): void {
  const of = (semantic: string, factor: number): Float64Array =>
    gather(plan, (primitive) => primitive.listTargets()[target]?.getAttribute(semantic) ?? null, 3, 0, factor);
  const offsets = of('POSITION', PER_METRE);
  const normals = of('NORMAL', 1);
  const moved: number[] = [];
  for (let vertex = 0; vertex < plan.vertices; vertex++) {
    const at = vertex * 3;
    if ([0, 1, 2].some((k) => offsets[at + k] !== 0 || normals[at + k] !== 0)) moved.push(vertex);
  }
  // A shape that moves nothing is still one that can be weighted.
  const listed = moved.length > 0 ? moved : [0];
  const pick = (values: Float64Array): number[] =>
    listed.flatMap((vertex) => [values[vertex * 3]!, values[vertex * 3 + 1]!, values[vertex * 3 + 2]!]);
  writer.node('Version', 100);
  writer.array('Indexes', listed);
  writer.array('Vertices', pick(offsets));
  writer.array('Normals', pick(normals));
}
