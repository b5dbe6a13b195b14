import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importPly } from './import-ply.ts';

const text = (value: string) => ({ name: 'a.ply', bytes: new TextEncoder().encode(value) });

const SQUARE = `ply
format ascii 1.0
comment TextureFile wood.png
element vertex 4
property uchar blue
property double x
property uchar red
property double z
property double y
property uchar green
property float quality
element face 1
property list uchar int vertex_indices
property list uchar float texcoord
element edge 1
property int vertex1
property int vertex2
end_header
0 0 255 0 0 0 0.5
0 1 255 0 0 0 1.5
0 1 255 0 1 0 2.5
0 0 255 0 1 0 3.5
4 0 1 2 3 8 0 0 1 0 1 1 0 1
0 2
`;

/** A PNG of one pixel. */
const PIXEL = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (c) => c.charCodeAt(0),
);

/** The square with its vertices in binary, in either byte order. */
function binarySquare(little: boolean): Uint8Array {
  const header = new TextEncoder().encode(
    `ply\r\nformat binary_${little ? 'little' : 'big'}_endian 1.0\r\nelement vertex 4\r\nproperty float x\r\nproperty float y\r\nproperty double z\r\nelement face 1\r\nproperty uchar flags\r\nproperty list ushort uint vertex_index\r\nend_header\r\n`,
  );
  const out = new Uint8Array(header.length + 4 * 16 + 1 + 2 + 16);
  out.set(header);
  const view = new DataView(out.buffer, header.length);
  for (const [i, [x, y]] of [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ].entries()) {
    view.setFloat32(i * 16, x!, little);
    view.setFloat32(i * 16 + 4, y!, little);
    view.setFloat64(i * 16 + 8, 5, little);
  }
  view.setUint16(65, 4, little);
  for (let i = 0; i < 4; i++) view.setUint32(67 + i * 4, i, little);
  return out;
}

describe('importPly', () => {
  it('reads properties in any order, colours, texture coordinates of corners, edges, custom numbers', async () => {
    const { document, report } = await checkImport(importPly, text(SQUARE), [{ name: 'wood.png', bytes: PIXEL }]);
    expect([report.triangles, report.lines, report.textures.length]).toEqual([2, 1, 1]);
    const [mesh] = document.getRoot().listMeshes();
    const [primitive] = mesh!.listPrimitives();
    expect(primitive!.getAttribute('COLOR_0')!.getElement(0, [])).toEqual([1, 0, 0, 1]);
    expect(primitive!.getAttribute('_QUALITY')!.getArray()).toEqual(Float32Array.of(0.5, 1.5, 2.5, 3.5));
    expect(Array.from(primitive!.getAttribute('TEXCOORD_0')!.getArray()!)).toEqual([0, 1, 1, 1, 1, 0, 0, 0]);
    expect(primitive!.getAttribute('NORMAL')!.getElement(0, []).map(Math.abs)).toEqual([0, 0, 1]);
  });

  it.each([true, false])('reads binary, little endian: %s', async (little) => {
    const { report } = await checkImport(importPly, { name: 'b.ply', bytes: binarySquare(little) });
    expect([report.triangles, report.vertices]).toEqual([2, 4]);
    expect(report.bounds).toEqual({ min: [0, 0, 5], max: [1, 1, 5] });
  });

  it('keeps geodetic coordinates exact by an offset', async () => {
    const rows = ['500000.125 4000000.25 100', '500001.125 4000000.25 100', '500000.125 4000001.75 101'];
    const { document, corrections } = await checkImport(
      importPly,
      text(
        `ply\nformat ascii 1.0\nelement vertex 3\nproperty double x\nproperty double y\nproperty double z\nend_header\n${rows.join('\n')}\n`,
      ),
    );
    expect(corrections.map(({ code }) => code)).toContain('origin_offset');
    const scene = document.getRoot().getDefaultScene()!;
    const offset = (scene.getExtras() as { originOffset: number[] }).originOffset;
    const positions = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!;
    expect(positions.getElement(2, []).map((value, k) => value + offset[k]!)).toEqual([500000.125, 4000001.75, 101]);
  });

  it('gives faces with own colours own vertices', async () => {
    const faces = '3 0 1 2 255 0 0\n3 0 2 3 0 0 255\n';
    const { document } = await checkImport(
      importPly,
      text(
        `ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\nelement face 2\nproperty list uchar int vertex_indices\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n0 0 0\n1 0 0\n1 1 0\n0 1 0\n${faces}`,
      ),
    );
    const colors = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!;
    const found = new Set(Array.from({ length: colors.getCount() }, (_, i) => colors.getElement(i, []).join()));
    expect(colors.getCount()).toBe(6);
    expect(found).toEqual(new Set(['1,0,0,1', '0,0,1,1']));
  });

  it('reads triangle strips with jumps', async () => {
    const { report } = await checkImport(
      importPly,
      text(
        'ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\nelement tristrips 1\nproperty list int int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n9 0 1 2 3 4 -1 0 1 2\n',
      ),
    );
    expect(report.triangles).toBe(4);
  });

  const head = 'ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n';
  it.each([
    [
      'a count beyond the file',
      `${head.replace('vertex 3', 'vertex 4000000000')}end_header\n0 0 0\n`,
      /declares 4,000,000,000 elements "vertex"/,
    ],
    ['a missing row', `${head}end_header\n0 0 0\n1 0 0\n`, /declares 3 elements.*6 bytes|ends after 2|bytes left/],
    [
      'a vertex that does not exist',
      `${head}element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n`,
      /vertex 3; the file has 3/,
    ],
    ['a word for a number', `${head}end_header\n0 0 0\n1 zero 0\n0 1 0\n`, /"zero" stands where a number should/],
    ['no end of the header', head, /no "end_header"/],
    ['no vertices', 'ply\nformat ascii 1.0\nelement vertex 0\nproperty float x\nend_header\n', /no vertices/],
  ])('refuses %s', async (_, content, message) => {
    await expect(checkImport(importPly, text(content))).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('PLY files of the corpus', () => {
  // Triangles and points as assimp 5.2 and the headers count them.
  it.each([
    ['ply/Wuson.ply', 3732, 0],
    ['ply/cube_binary.ply', 12, 0],
    ['ply/cube_rgb_binary.ply', 12, 0],
    ['ply/float-color.ply', 1, 0],
    ['ply/points_bin.ply', 0, 5],
  ])('%s has %d triangles and %d points', async (path, triangles, points) => {
    const { report } = await checkCorpusImport(importPly, path);
    expect([report.triangles, report.points]).toEqual([triangles, points]);
  });

  it.each([
    ['corrupt/trunc/cube_binary_flip.ply', /property stands before any element/],
    ['corrupt/trunc/cube_binary_t50.ply', /declares 8 elements "vertex".*after 2/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importPly, path)).rejects.toThrow(message);
  });

  it.each(['ply/cube_rgb_binary.ply', 'ply/float-color.ply', 'ply/points_bin.ply'])(
    '150 mutations of %s',
    async (path) => {
      const tally = await checkMutations(importPly, await corpusModel(path), 150);
      expect(tally.refused).toBeGreaterThan(0);
    },
  );
});
