import type { Matrix } from '../../describe/matrix.ts';
import { elementIndices, posedVertices } from '../baked/placed-primitives.ts';
import { Placement } from '../baked/placement.ts';
import { coordinateSet } from '../baked/texture-coordinates.ts';
import { weldPositions } from '../geometry/weld-positions.ts';
import type { TextWriter } from '../text-writer.ts';
import type { ObjectPlan } from './build-items.ts';
import type { Properties, PropertyGroups } from './write-properties.ts';
import { attribute } from './xml-text.ts';

/** One primitive of an object. */
interface Part {
  indices: ArrayLike<number>;
  /** Its first vertex among those of the object before they were welded. */
  first: number;
  properties: Properties;
}

/**
 * Writes an object and before it the property groups that it needs. Vertices at one position become one, over all
 * primitives, so that a closed mesh is closed in the file too; triangles that lose a corner by that are left out.
 *
 * @returns the id of the object, and how many triangles were left out
 */
export function writeObject(
  text: TextWriter,
  plan: ObjectPlan,
  groups: PropertyGroups,
): { id: number; dropped: number } {
  const placement = new Placement(plan.matrix, IDENTITY);
  const points = new Float32Array(plan.entries.reduce((sum, { vertices }) => sum + vertices, 0) * 3);
  const parts: Part[] = [];
  let first = 0;
  for (const entry of plan.entries) {
    const material = entry.primitive.getMaterial();
    const set = coordinateSet(material?.getBaseColorTextureInfo());
    const { positions, texcoords, colors } = posedVertices(entry, set);
    placement.points(positions, points, first * 3);
    parts.push({ indices: elementIndices(entry), first, properties: groups.properties(material, texcoords, colors) });
    first += entry.vertices;
  }
  const { positions, indices: vertexOf } = weldPositions(points);
  const id = groups.id();
  const base = parts[0]!.properties;
  const usual = base.byVertex ? { group: groups.base, index: 0 } : base;
  text.ascii(`<object id="${id}" type="model" pid="${usual.group}" pindex="${usual.index}"`);
  text.text(attribute('name', plan.name || `Object ${id}`)).ascii('><mesh><vertices>\n');
  for (let i = 0; i < positions.length; i += 3) {
    text
      .ascii('<vertex x="')
      .number(positions[i]!)
      .ascii('" y="')
      .number(positions[i + 1]!)
      .ascii('" z="');
    text.number(positions[i + 2]!).ascii('"/>\n');
  }
  text.ascii('</vertices><triangles>\n');
  let dropped = 0;
  for (const part of parts) dropped += writeTriangles(text, part, vertexOf, placement.mirrors, usual);
  text.ascii('</triangles></mesh></object>\n');
  return { id, dropped };
}

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** @returns the triangles that were left out */
function writeTriangles(
  text: TextWriter,
  { indices, first, properties }: Part,
  vertexOf: Uint32Array,
  mirrors: boolean,
  usual: { group: number; index: number },
): number {
  const { group, byVertex, index } = properties;
  const isUsual = !byVertex && group === usual.group && index === usual.index;
  const [second, third] = mirrors ? [2, 1] : [1, 2];
  let dropped = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [one, two, three] = [indices[i]!, indices[i + second]!, indices[i + third]!];
    const [a, b, c] = [vertexOf[first + one]!, vertexOf[first + two]!, vertexOf[first + three]!];
    if (a === b || b === c || c === a) {
      dropped++;
      continue;
    }
    text.ascii('<triangle v1="').integer(a).ascii('" v2="').integer(b).ascii('" v3="').integer(c);
    if (!isUsual) {
      text
        .ascii('" pid="')
        .integer(group)
        .ascii('" p1="')
        .integer(byVertex ? byVertex[one]! : index);
      if (byVertex) {
        text.ascii('" p2="').integer(byVertex[two]!).ascii('" p3="').integer(byVertex[three]!);
      }
    }
    text.ascii('"/>\n');
  }
  return dropped;
}
