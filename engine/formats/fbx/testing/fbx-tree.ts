import type { Document, Node } from '@gltf-transform/core';
import { importBytes } from './import-bytes.ts';
import { type WritableNode, type WritableValue, writeBinaryFbx } from './write-fbx.ts';

/** A PNG of one pixel. */
export const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);

export const p = (name: string, ...values: WritableValue[]): WritableNode => ['P', [name, '', '', '', ...values]];
export const d = (...values: number[]): { double: number }[] => values.map((double) => ({ double }));
export const model = (id: bigint, name: string, type: string, ...properties: WritableNode[]): WritableNode => [
  'Model',
  [id, `${name}\0\x01Model`, type],
  [['Properties70', [], properties]],
];
export const link = (from: bigint, to: bigint): WritableNode => ['C', ['OO', from, to]];
export const connect = (from: bigint, to: bigint, property: string): WritableNode => ['C', ['OP', from, to, property]];

/** A mesh of polygons with whatever layers. */
export function geometry(
  id: bigint,
  positions: number[],
  polygons: number[][],
  ...layers: WritableNode[]
): WritableNode {
  const indices = polygons.flatMap((polygon) => polygon.map((v, i) => (i + 1 === polygon.length ? ~v : v)));
  return [
    'Geometry',
    [id, `Shape\0\x01Geometry`, 'Mesh'],
    [['Vertices', [Float64Array.from(positions)]], ['PolygonVertexIndex', [Int32Array.from(indices)]], ...layers],
  ];
}

export function layer(name: string, mapping: string, ...data: WritableNode[]): WritableNode {
  const indexed = data.some(([title]) => title.endsWith('Index') || title === 'Materials');
  return [
    name,
    [0],
    [
      ['MappingInformationType', [mapping]],
      ['ReferenceInformationType', [indexed ? 'IndexToDirect' : 'Direct']],
      ...data,
    ],
  ];
}

/** A file in metres, so that numbers stay as they are. */
export function file(
  objects: WritableNode[],
  connections: WritableNode[],
  settings: WritableNode[] = [],
): WritableNode[] {
  return [
    ['GlobalSettings', [], [['Properties70', [], [p('UnitScaleFactor', ...d(100)), ...settings]]]],
    ['Objects', [], objects],
    ['Connections', [], connections],
  ];
}

export async function read(tree: WritableNode[]): Promise<Document> {
  const { document } = await importBytes(writeBinaryFbx(tree));
  return document;
}

export const nodeNamed = (document: Document, name: string): Node =>
  document
    .getRoot()
    .listNodes()
    .find((node) => node.getName() === name)!;

export const SQUARE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];
export const QUAD = [[0, 1, 2, 3]];
