import type { Accessor, Document, Primitive, PrimitiveTarget } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/** Sets of numbers that an attribute may be stored as; `n` is normalised. */
type Format = 'f32' | 'i8' | 'u8' | 'i16' | 'u16' | 'u32' | 'i8n' | 'u8n' | 'i16n' | 'u16n' | 'u32n';

const SHARES: Format[] = ['f32', 'u8n', 'u16n'];
const ANY: Format[] = ['f32', 'i8', 'u8', 'i16', 'u16', 'i8n', 'u8n', 'i16n', 'u16n'];

type Formats = readonly (readonly [semantic: RegExp, plain: Format[], quantised: Format[]])[];

/** glTF 2.0, section 3.7.2.1, and what `KHR_mesh_quantization` permits beyond that. */
const FORMATS: Formats = [
  [/^POSITION$/, ['f32'], ANY],
  [/^(NORMAL|TANGENT)$/, ['f32'], ['f32', 'i8n', 'i16n']],
  [/^TEXCOORD_\d+$/, SHARES, ANY],
  [/^(COLOR|WEIGHTS)_\d+$/, SHARES, SHARES],
  [/^JOINTS_\d+$/, ['u8', 'u16'], ['u8', 'u16']],
  [/^_/, ANY, ANY],
  // An extension's own, by its name.
  [/^[A-Z0-9]+_\w+:/, [...ANY, 'u32', 'u32n'], [...ANY, 'u32', 'u32n']],
];

/** The same of morph targets: section 3.7.2.2. Movements have signs. */
const TARGET_FORMATS: Formats = [
  [/^POSITION$/, ['f32'], ['f32', 'i8', 'i16', 'i8n', 'i16n']],
  [/^(NORMAL|TANGENT)$/, ['f32'], ['f32', 'i8n', 'i16n']],
  [/^(TEXCOORD|COLOR)_\d+$/, [...SHARES, 'i8n', 'i16n'], [...SHARES, 'i8n', 'i16n']],
  [/^_/, ANY, ANY],
  [/^[A-Z0-9]+_\w+:/, [...ANY, 'u32', 'u32n'], [...ANY, 'u32', 'u32n']],
];

/** Names that count their sets: those after a gap could not be found. */
const COUNTED = ['TEXCOORD', 'COLOR', 'JOINTS', 'WEIGHTS'] as const;

/**
 * Attributes with the names, in the sets and stored as the numbers that glTF has for them: others are converted to
 * floats (joints to whole numbers), or removed where nothing says what they mean.
 */
export class AttributeRepair {
  private readonly document: Document;
  private readonly corrections: Corrections;
  private readonly isQuantised: boolean;
  private readonly converted = new Map<Accessor, { floats?: Accessor; joints?: Accessor }>();

  constructor(document: Document, corrections: Corrections) {
    this.document = document;
    this.corrections = corrections;
    this.isQuantised = document
      .getRoot()
      .listExtensionsUsed()
      .some(({ extensionName }) => extensionName === 'KHR_mesh_quantization');
  }

  repair(primitive: Primitive): void {
    const indices = primitive.getIndices();
    if (indices?.getNormalized()) primitive.setIndices(indices.clone().setNormalized(false));
    for (const semantic of primitive.listSemantics()) this.repairOne(primitive, semantic, FORMATS);
    for (const target of primitive.listTargets()) {
      for (const semantic of target.listSemantics()) this.repairOne(target, semantic, TARGET_FORMATS);
    }
    for (const [semantic] of this.withoutPartner(primitive)) this.remove(primitive, semantic);
    for (const prefix of COUNTED) this.closeGaps(primitive, prefix);
  }

  private repairOne(holder: Primitive | PrimitiveTarget, semantic: string, formats: Formats): void {
    const accessor = holder.getAttribute(semantic)!;
    const rule = formats.find(([pattern]) => pattern.test(semantic));
    if (!rule) {
      this.remove(holder, semantic);
      return;
    }
    const permitted = rule[this.isQuantised ? 2 : 1];
    const format = formatOf(accessor);
    if (format === null || permitted.includes(format)) return;
    holder.setAttribute(semantic, semantic.startsWith('JOINTS_') ? this.toJoints(accessor) : this.toFloats(accessor));
    this.corrections.add(
      'converted_attributes',
      1,
      (n) =>
        `${plural(n, 'vertex attribute')} stored as numbers that glTF does not permit there ${n === 1 ? 'was' : 'were'} converted.`,
    );
  }

  /** Joints without weights, and weights without joints. */
  private withoutPartner(primitive: Primitive): RegExpExecArray[] {
    const found = primitive.listSemantics().map((semantic) => /^(?:JOINTS|WEIGHTS)_(\d+)$/.exec(semantic));
    return found.filter(
      (match): match is RegExpExecArray =>
        match !== null &&
        !(primitive.getAttribute(`JOINTS_${match[1]}`) && primitive.getAttribute(`WEIGHTS_${match[1]}`)),
    );
  }

  /** Texture coordinates keep their numbers, by which materials ask for them; of a gap they are filled with zeros. */
  private closeGaps(primitive: Primitive, prefix: (typeof COUNTED)[number]): void {
    const numbers = primitive
      .listSemantics()
      .filter((semantic) => semantic.startsWith(`${prefix}_`))
      .map((semantic) => Number(semantic.slice(prefix.length + 1)))
      .sort((a, b) => a - b);
    if (numbers.every((number, index) => number === index)) return;
    const accessors = numbers.map((number) => primitive.getAttribute(`${prefix}_${number}`)!);
    if (prefix === 'TEXCOORD' && numbers.at(-1)! < MOST_SETS) {
      const zeros = this.document
        .createAccessor()
        .setType('VEC2')
        .setArray(new Float32Array(accessors[0]!.getCount() * 2));
      for (let set = 0; set < numbers.at(-1)!; set++) {
        if (!numbers.includes(set)) primitive.setAttribute(`TEXCOORD_${set}`, zeros);
      }
    } else {
      for (const number of numbers) primitive.setAttribute(`${prefix}_${number}`, null);
      if (prefix !== 'TEXCOORD')
        for (const [i, accessor] of accessors.entries()) primitive.setAttribute(`${prefix}_${i}`, accessor);
    }
    this.corrections.add(
      'renumbered_attributes',
      1,
      (n) => `${plural(n, 'list')} of attributes with gaps in the numbers ${n === 1 ? 'was' : 'were'} put in order.`,
    );
  }

  private remove(holder: Primitive | PrimitiveTarget, semantic: string): void {
    holder.setAttribute(semantic, null);
    this.corrections.add(
      'removed_attributes',
      1,
      (n) =>
        `${plural(n, 'vertex attribute')} of another name, length or type than glTF permits ${n === 1 ? 'was' : 'were'} removed.`,
    );
  }

  private toFloats(accessor: Accessor): Accessor {
    const known = this.remember(accessor);
    known.floats ??= toFloats(this.document, accessor);
    return known.floats;
  }

  private toJoints(accessor: Accessor): Accessor {
    const known = this.remember(accessor);
    known.joints ??= this.document
      .createAccessor(accessor.getName())
      .setType(accessor.getType())
      .setArray(
        Uint16Array.from(accessor.getArray()!, (value) => (value >= 0 && value <= 65535 ? Math.round(value) : 65535)),
      );
    return known.joints;
  }

  private remember(accessor: Accessor): { floats?: Accessor; joints?: Accessor } {
    const known = this.converted.get(accessor) ?? {};
    this.converted.set(accessor, known);
    return known;
  }
}

/** More sets of texture coordinates than this nobody means. */
const MOST_SETS = 8;

/** The values of an accessor as floats, in an accessor of their own. */
export function toFloats(document: Document, accessor: Accessor): Accessor {
  const size = accessor.getElementSize();
  const count = accessor.getCount();
  const array = new Float32Array(count * size);
  const element: number[] = [];
  for (let i = 0; i < count; i++) array.set(accessor.getElement(i, element).slice(0, size), i * size);
  return document.createAccessor(accessor.getName()).setType(accessor.getType()).setArray(array);
}

function formatOf(accessor: Accessor): Format | null {
  const array = accessor.getArray();
  const name =
    array instanceof Float32Array
      ? 'f32'
      : array instanceof Int8Array
        ? 'i8'
        : array instanceof Uint8Array
          ? 'u8'
          : array instanceof Int16Array
            ? 'i16'
            : array instanceof Uint16Array
              ? 'u16'
              : array instanceof Uint32Array
                ? 'u32'
                : null;
  return name === null || name === 'f32' || !accessor.getNormalized() ? name : (`${name}n` as Format);
}
