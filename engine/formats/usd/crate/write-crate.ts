import { STAGE, type UsdLayer, type UsdPrim, type UsdProperty } from '../usd-layer.ts';
import { ByteSink } from './byte-sink.ts';
import { SPEC_TYPE } from './crate-types.ts';
import { compressIntegers } from './integer-coding.ts';
import { compressFast } from './lz4.ts';
import { buildPathTree, type PathTree } from './path-tree.ts';
import { StringTables } from './string-tables.ts';
import { type ValueRep, ValueWriter } from './value-writer.ts';

const IDENTIFIER = 'PXR-USDC';
/** Read by every USD since 2019; later versions add nothing that is written here. */
const VERSION = [0, 8, 0] as const;
const BOOTSTRAP_BYTES = 88;
const END_OF_SET = 0xffffffff;

/**
 * Writes a layer as a crate file, the binary form of USD (`.usdc`). There is no specification; the layout is that of
 * OpenUSD's `pxr/usd/usd/crateFile.cpp`, version 0.8.0.
 */
export function writeCrate(layer: UsdLayer): Uint8Array<ArrayBuffer> {
  const sink = new ByteSink();
  sink.raw(new Uint8Array(BOOTSTRAP_BYTES));
  const tables = new StringTables();
  const tree = buildPathTree(layer.root, tables);
  const values = new ValueWriter(sink, tables, tree.numbers);
  const specs = new SpecTable(tables, tree, values);
  specs.addLayer(layer);
  const sections: [name: string, start: number, size: number][] = [];
  const section = (name: string, write: () => void): void => {
    sink.align(8);
    const start = sink.length;
    write();
    sections.push([name, start, sink.length - start]);
  };
  const integers = (numbers: ArrayLike<number>): void => {
    const packed = compressIntegers(numbers);
    sink.u64(packed.length);
    sink.raw(packed);
  };
  const encoded = new TextEncoder().encode(tables.tokens.map((token) => `${token}\0`).join(''));
  section('TOKENS', () => {
    const packed = compressFast(encoded);
    sink.u64(tables.tokens.length);
    sink.u64(encoded.length);
    sink.u64(packed.length);
    sink.raw(packed);
  });
  section('STRINGS', () => {
    sink.u64(tables.strings.length);
    for (const token of tables.strings) sink.u32(token);
  });
  section('FIELDS', () => {
    sink.u64(specs.fieldTokens.length);
    integers(specs.fieldTokens);
    const packed = compressFast(new Uint8Array(BigUint64Array.from(specs.fieldValues).buffer));
    sink.u64(packed.length);
    sink.raw(packed);
  });
  section('FIELDSETS', () => {
    sink.u64(specs.fieldSets.length);
    integers(specs.fieldSets);
  });
  section('PATHS', () => {
    sink.u64(tree.indexes.length);
    sink.u64(tree.indexes.length);
    integers(tree.indexes);
    integers(tree.elements);
    integers(tree.jumps);
  });
  section('SPECS', () => {
    sink.u64(specs.paths.length);
    integers(specs.paths);
    integers(specs.sets);
    integers(specs.types);
  });
  sink.align(8);
  const contents = sink.length;
  sink.u64(sections.length);
  for (const [name, start, size] of sections) {
    const label = new Uint8Array(16);
    label.set(new TextEncoder().encode(name));
    sink.raw(label);
    sink.u64(start);
    sink.u64(size);
  }
  const bytes = sink.finish();
  bytes.set(new TextEncoder().encode(IDENTIFIER));
  bytes.set(VERSION, 8);
  new DataView(bytes.buffer).setBigUint64(16, BigInt(contents), true);
  return bytes;
}

/** The specs of a layer with their fields. Equal fields and equal sets of fields are held once. */
class SpecTable {
  readonly fieldTokens: number[] = [];
  readonly fieldValues: ValueRep[] = [];
  /** Numbers of fields, each set closed by `END_OF_SET`. */
  readonly fieldSets: number[] = [];
  /** By spec: its path, where its set begins, and its kind. */
  readonly paths: number[] = [];
  readonly sets: number[] = [];
  readonly types: number[] = [];
  readonly #fieldOf = new Map<string, number>();
  readonly #setOf = new Map<string, number>();
  readonly #tables: StringTables;
  readonly #tree: PathTree;
  readonly #values: ValueWriter;

  constructor(tables: StringTables, tree: PathTree, values: ValueWriter) {
    this.#tables = tables;
    this.#tree = tree;
    this.#values = values;
  }

  addLayer({ root, time }: UsdLayer): void {
    const values = this.#values;
    this.#add('/', SPEC_TYPE.pseudoRoot, [
      ['defaultPrim', values.token(root.name)],
      ['metersPerUnit', values.double(STAGE.metersPerUnit)],
      ['upAxis', values.token(STAGE.upAxis)],
      ...(time
        ? ([
            ['timeCodesPerSecond', values.double(time.perSecond)],
            ['framesPerSecond', values.double(time.perSecond)],
            ['startTimeCode', values.double(time.start)],
            ['endTimeCode', values.double(time.end)],
          ] as [string, ValueRep][])
        : []),
      ['primChildren', values.tokenVector([root.name])],
    ]);
    this.#addPrim(root);
  }

  #addPrim(prim: UsdPrim): void {
    const values = this.#values;
    const fields: [string, ValueRep][] = [['specifier', values.specifier()]];
    if (prim.type) fields.push(['typeName', values.token(prim.type)]);
    if (prim.apiSchemas.length > 0) fields.push(['apiSchemas', values.prependedTokens(prim.apiSchemas)]);
    if (prim.modelKind) fields.push(['kind', values.token(prim.modelKind)]);
    if (prim.displayName !== undefined) fields.push(['displayName', values.value('string', prim.displayName)]);
    if (prim.instanceable) fields.push(['instanceable', values.bool(true)]);
    if (prim.reference !== undefined) fields.push(['references', values.prependedReference(prim.reference)]);
    if (prim.properties.length > 0)
      fields.push(['properties', values.tokenVector(prim.properties.map(({ name }) => name))]);
    if (prim.children.length > 0)
      fields.push(['primChildren', values.tokenVector(prim.children.map(({ name }) => name))]);
    this.#add(prim.path, SPEC_TYPE.prim, fields);
    for (const property of prim.properties) this.#addProperty(prim.path, property);
    for (const child of prim.children) this.#addPrim(child);
  }

  #addProperty(owner: string, property: UsdProperty): void {
    const values = this.#values;
    const path = `${owner}.${property.name}`;
    if (property.kind === 'relationship') {
      this.#add(path, SPEC_TYPE.relationship, [
        ['variability', values.variability(true)],
        ['targetPaths', values.explicitPaths(property.targets)],
      ]);
      return;
    }
    const { type, value, samples, connection, uniform, interpolation, elementSize } = property;
    const fields: [string, ValueRep][] = [['typeName', values.token(type)]];
    if (uniform) fields.push(['variability', values.variability(true)]);
    if (interpolation) fields.push(['interpolation', values.token(interpolation)]);
    if (elementSize !== undefined) fields.push(['elementSize', values.int(elementSize)]);
    if (value !== undefined) fields.push(['default', values.value(type, value)]);
    if (samples) fields.push(['timeSamples', values.timeSamples(type, samples.times, samples.values)]);
    if (connection !== undefined) fields.push(['connectionPaths', values.explicitPaths([connection])]);
    this.#add(path, SPEC_TYPE.attribute, fields);
  }

  #add(path: string, type: number, fields: readonly (readonly [string, ValueRep])[]): void {
    const numbers = fields.map(([name, value]) => this.#field(name, value));
    const key = numbers.join();
    let set = this.#setOf.get(key);
    if (set === undefined) {
      set = this.fieldSets.length;
      this.#setOf.set(key, set);
      this.fieldSets.push(...numbers, END_OF_SET);
    }
    this.paths.push(this.#tree.numbers.get(path)!);
    this.sets.push(set);
    this.types.push(type);
  }

  #field(name: string, value: ValueRep): number {
    const token = this.#tables.token(name);
    const key = `${token} ${value}`;
    const known = this.#fieldOf.get(key);
    if (known !== undefined) return known;
    this.#fieldOf.set(key, this.fieldTokens.length);
    this.fieldTokens.push(token);
    this.fieldValues.push(value);
    return this.fieldTokens.length - 1;
  }
}
