import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { DecodeBudget } from './decode-budget.ts';
import { child, type FbxNode, floatsOf, integersOf, isArray, splitName } from './fbx-node.ts';
import { isBinaryFbx, parseBinaryFbx } from './parse-binary.ts';
import { parseTextFbx } from './parse-text.ts';
import { gridFbx, type WritableNode, writeBinaryFbx, writeTextFbx } from './testing/write-fbx.ts';

const budget = (): DecodeBudget => new DecodeBudget('x.fbx', 1e9);
const text = (source: string): FbxNode[] => parseTextFbx(new TextEncoder().encode(source), 'x.fbx', budget()).nodes;

/** The tree as plain values; names in one spelling. */
function plain(node: FbxNode): unknown {
  return [
    node.name,
    node.values.map((value) => {
      // Numbers in text are read to the last bit of a float, and to 15 digits.
      if (isArray(value)) return Array.from(value.float64(), (number) => Number(number.toPrecision(13)) + 0);
      if (typeof value !== 'string') return value;
      const { name, type } = splitName(value);
      return type === '' ? name : `${type}::${name}`;
    }),
    node.children.map(plain),
  ];
}

const TREE: WritableNode[] = [
  ...gridFbx({ side: 3 }),
  ['Ids', [9007199254740993n, 5n, 'Ä "x"'.replaceAll('"', "'"), { double: 0.125 }]],
  ['Empty', []],
  ['Nested', [], [['A', [1], [['B', [2], []]]]]],
];

describe('parseBinaryFbx', () => {
  it.each([7400, 7500])('reads version %i, packed or not, as the text file says it', (version) => {
    const expected = parseTextFbx(writeTextFbx(TREE, version), 'x.fbx', budget());
    for (const compress of [true, false]) {
      const bytes = writeBinaryFbx(TREE, { version, compress });
      expect(isBinaryFbx(bytes)).toBe(true);
      const tree = parseBinaryFbx(bytes, 'x.fbx', budget());
      expect(tree.version).toBe(version);
      expect(expected.version).toBe(version);
      expect(tree.nodes.map(plain)).toEqual(expected.nodes.map(plain));
    }
  });

  it('keeps 64-bit ids apart that doubles would not', () => {
    const [node] = parseBinaryFbx(writeBinaryFbx([['N', [9007199254740993n, 9007199254740992n]]]), 'x', budget()).nodes;
    expect(String(node!.values[0])).toBe('9007199254740993');
    expect(String(node!.values[1])).toBe('9007199254740992');
  });

  it('reads long lists of single values, as files before 7.0 have them, as one array', () => {
    const values = Array.from({ length: 5000 }, (_, i) => ({ double: i / 8 }));
    const [node] = parseBinaryFbx(writeBinaryFbx([['Vertices', values]]), 'x', budget()).nodes;
    expect(node!.values).toHaveLength(1);
    expect(floatsOf(node)).toEqual(Float64Array.from(values, ({ double }) => double));
  });

  it('names the byte where a file was cut off, at whatever byte that is', () => {
    const bytes = writeBinaryFbx(gridFbx({ side: 2 }));
    for (let length = 0; length < bytes.length; length += 7) {
      const run = (): unknown => parseBinaryFbx(bytes.slice(0, length), 'cut.fbx', budget());
      expect(run).toThrow(MaquetteError);
      expect(run).toThrow(expect.objectContaining({ code: 'model_malformed', where: expect.stringMatching(/byte/) }));
    }
  });

  it('refuses an array that its bytes cannot hold before taking memory', () => {
    const bytes = writeBinaryFbx([['Vertices', [Float64Array.of(1, 2, 3)]]], { compress: true });
    const at = bytes.indexOf(0x64, 27 + 13 + 'Vertices'.length);
    new DataView(bytes.buffer).setUint32(at + 1, 0xffff_fff0, true);
    expect(() => parseBinaryFbx(bytes, 'x.fbx', budget())).toThrow(/declares 4,294,967,280 numbers/);
  });

  it('refuses an array that unpacks to fewer numbers than declared', () => {
    const bytes = writeBinaryFbx([['Vertices', [new Float64Array(100)]]], { compress: true });
    const at = bytes.indexOf(0x64, 27 + 13 + 'Vertices'.length);
    new DataView(bytes.buffer).setUint32(at + 1, 120, true);
    const [node] = parseBinaryFbx(bytes, 'x.fbx', budget()).nodes;
    expect(() => floatsOf(node)).toThrow(expect.objectContaining({ code: 'model_malformed' }));
  });

  it('counts what arrays take together', () => {
    const tree = parseBinaryFbx(writeBinaryFbx([['V', [new Float64Array(1e6)]]]), 'x', new DecodeBudget('x', 4e6));
    expect(() => floatsOf(tree.nodes[0])).toThrow(expect.objectContaining({ code: 'model_too_large' }));
  });

  it('recognises a file that was transferred as text', () => {
    const bytes = writeBinaryFbx(gridFbx({ side: 2 })).map((byte) => (byte === 0 ? 0x20 : byte));
    expect(() => parseBinaryFbx(bytes, 'x.fbx', budget())).toThrow(/transferred as text/);
  });
});

describe('parseTextFbx', () => {
  it('reads lists over several lines, with commas at the end or the beginning', () => {
    const [node] = text('Vertices: 1,2,3\n\t,4,5,\n6\nNext: 7\n');
    expect(node!.values).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads long lists into an array, and mixed ones not', () => {
    const [numbers, mixed] = text(
      `A: ${Array.from({ length: 3000 }, (_, i) => i - 0.5).join(',')}\nKey: ${'10,1,U,s,0,0,n,'.repeat(50)}20\n`,
    );
    expect(numbers!.values).toHaveLength(1);
    expect(floatsOf(numbers)[2999]).toBe(2998.5);
    expect(mixed!.values).toHaveLength(351);
    expect(mixed!.values.slice(0, 7)).toEqual([10, 1, 'U', 's', 0, 0, 'n']);
  });

  it('reads flags, empty values, comments, braces on the next line and quotes in texts', () => {
    const [shading, content, empty, name] = text(
      '; a comment\nShading: T\nContent: ,\n\t"abc"\nProperties70:\n{\n\tP: "x", "", "",-1.5e-3 ; why\n}\nName: "a &quot;b&quot;"\n',
    );
    expect(shading!.values).toEqual(['T']);
    expect(content!.values).toEqual(['abc']);
    expect(child(empty, 'P')!.values).toEqual(['x', '', '', -0.0015]);
    expect(name!.values).toEqual(['a "b"']);
  });

  it('reads values that are no numbers as such', () => {
    expect(floatsOf(text('A: 1.#IND,-1.#INF,2\n')[0])).toEqual(Float64Array.of(Number.NaN, Number.NaN, 2));
  });

  it('names the line of what is wrong', () => {
    expect(() => text('A: 1\nB: {\n  C: 2\n')).toThrow(expect.objectContaining({ where: 'x.fbx, line 4' }));
    expect(() => text('A: 1\n\n%%%\n')).toThrow(expect.objectContaining({ where: 'x.fbx, line 3' }));
    expect(() => text('A: *1000000 {\na: 1,2,3\n}\n')).toThrow(/declares 1,000,000 numbers/);
    const [short] = text('A: *3 {\na: 1,   2,\n}\n');
    expect(() => integersOf(short)).toThrow(/declares 3 numbers/);
  });

  it('refuses endless nesting', () => {
    expect(() => text('A: {'.repeat(10_000))).toThrow(/nested/);
  });
});
