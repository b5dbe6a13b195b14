import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { cpuTime } from '#test/cpu-time.ts';
import type { ModelFile } from '../model-file.ts';
import { ResourceFiles } from '../resource-files.ts';
import { importObj } from './import-obj.ts';

const LIMITS = ModelLimits.parse({});
/** A PNG of one pixel with an alpha channel. */
const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (letter) => letter.charCodeAt(0),
);
const SQUARE = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

function text(name: string, content: string): ModelFile {
  return { name, bytes: new TextEncoder().encode(content) };
}

async function read(obj: string, ...others: ModelFile[]) {
  const model = await importObj(text('model.obj', obj), new ResourceFiles(others), LIMITS);
  const root = model.document.getRoot();
  const primitives = root.listMeshes().flatMap((mesh) => mesh.listPrimitives());
  const first = primitives[0]!;
  return {
    ...model,
    root,
    primitives,
    codes: model.corrections.map((correction) => correction.code),
    material: first.getMaterial()!,
    positions: Array.from(first.getAttribute('POSITION')!.getArray()!),
    normals: Array.from(first.getAttribute('NORMAL')?.getArray() ?? []),
    indices: Array.from(first.getIndices()!.getArray()!),
  };
}

/** Area of all triangles, signed against +Z. */
function areaOf(positions: number[], indices: number[]): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => positions.slice(indices[i + k]! * 3, indices[i + k]! * 3 + 2)) as [
      number,
      number,
    ][];
    sum += ((b![0]! - a![0]!) * (c![1]! - a![1]!) - (b![1]! - a![1]!) * (c![0]! - a![0]!)) / 2;
  }
  return sum;
}

describe('faces', () => {
  it('read all four forms of a corner, and negative indices', async () => {
    for (const face of [
      'f 1 2 3',
      'f 1/1 2/2 3/3',
      'f 1//1 2//1 3//1',
      'f 1/1/1 2/2/1 3/3/1',
      'f -4 -3 -2',
      'f -4/-3/-1 -3/-2/-1 -2/-1/-1',
    ]) {
      const { indices, positions } = await read(`${SQUARE}vt 0 0\nvt 1 0\nvt 1 1\nvn 0 0 1\n${face}\n`);
      expect(indices, face).toHaveLength(3);
      expect(areaOf(positions, indices), face).toBeCloseTo(0.5);
    }
  });

  it('cut a concave polygon so that it covers its own area and nothing else', async () => {
    // An arrow head: a fan from the first corner would cover the notch.
    const { positions, indices } = await read('v 0 0 0\nv 2 1 0\nv 0 2 0\nv 1 1 0\nf 1 2 3 4\n');
    expect(areaOf(positions, indices)).toBeCloseTo(1);
    for (let i = 0; i < indices.length; i += 3) expect(areaOf(positions, indices.slice(i, i + 3))).toBeGreaterThan(0);
  });

  it('cut a comb of 41 corners without negative triangles', async () => {
    const corners: [number, number][] = [
      [0, 0],
      [20, 0],
    ];
    for (let x = 20; x > 0; x--) corners.push([x - 0.25, 5], [x - 0.75, 1]);
    const obj = `${corners.map(([x, y]) => `v ${x} ${y} 0`).join('\n')}\nf ${corners.map((_, i) => i + 1).join(' ')}\n`;
    const { positions, indices, findings } = await read(obj);
    let polygon = 0;
    for (const [i, [x, y]] of corners.entries()) {
      const [nx, ny] = corners[(i + 1) % corners.length]!;
      polygon += (x * ny - nx * y) / 2;
    }
    expect(indices).toHaveLength((corners.length - 2) * 3);
    expect(areaOf(positions, indices)).toBeCloseTo(polygon, 6);
    for (let i = 0; i < indices.length; i += 3)
      expect(areaOf(positions, indices.slice(i, i + 3))).toBeGreaterThanOrEqual(-1e-9);
    expect(findings.issues).toEqual([]);
  });

  it('with indices that do not exist are left out and reported with their line', async () => {
    const { indices, findings, codes } = await read(`${SQUARE}f 1 2 3\nf 1 2 9\nf 0 1 2\nf 1 2\n`);
    expect(indices).toHaveLength(3);
    expect(codes).toContain('removed_elements');
    expect(findings.issues.find((issue) => issue.code === 'DAMAGED_ELEMENT')!.message).toMatch(/2 .*line 6, line 7/);
    expect(findings.issues.find((issue) => issue.code === 'TOO_FEW_CORNERS')!.message).toMatch(/line 8/);
  });

  it('go on over a backslash at the end of a line, and end at any kind of line end', async () => {
    const { indices } = await read(`${SQUARE.replaceAll('\n', '\r')}f 1 2 \\\r\n 3 4`);
    expect(indices).toHaveLength(6);
  });

  it('share vertices where position, texture coordinate and normal agree', async () => {
    const { positions } = await read(
      `${SQUARE}vn 0 0 1\nvt 0 0\nvt 1 1\nf 1/1/1 2/1/1 3/1/1\nf 1/1/1 3/1/1 4/1/1\nf 1/2/1 3/1/1 4/1/1\n`,
    );
    expect(positions.length / 3).toBe(5);
  });
});

describe('numbers', () => {
  it('are read as JavaScript reads them, to the last bit of a float', async () => {
    const samples = [
      '0.1',
      '-1.5e-3',
      '+2.25E+2',
      '.5',
      '5.',
      '123456.789',
      '1e-30',
      '3.4028234e38',
      '0.000000123456789',
      '-0',
      '99999999',
      '1.17549435e-38',
    ];
    const { positions } = await read(
      `${samples.map((sample) => `v ${sample} 0 0`).join('\n')}\np ${samples.map((_, i) => i + 1).join(' ')}\n`,
    );
    for (const [i, sample] of samples.entries()) expect(positions[i * 3], sample).toBe(Math.fround(Number(sample)));
  });

  it('that are none make their vertex unusable, and only that', async () => {
    const { findings } = await read(`${SQUARE}v nan 0 0\nv 1 2\nf 1 2 3\n`);
    expect(findings.issues[0]).toMatchObject({ code: 'DAMAGED_VERTEX', severity: 'error' });
    expect(findings.errors).toBe(2);
  });
});

describe('normals', () => {
  const CUBE = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1\n';
  const FACES = 'f 4 3 2 1\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n';

  it('keep the edges of a cube sharp without smoothing groups', async () => {
    const { normals, positions } = await read(CUBE + FACES);
    expect(positions.length / 3).toBe(24);
    for (const value of normals) expect([0, 1]).toContain(Math.abs(value));
  });

  it('are smooth across the whole cube in one smoothing group', async () => {
    const { normals, positions } = await read(`${CUBE}s 1\n${FACES}`);
    expect(positions.length / 3).toBe(8);
    for (const value of normals) expect(Math.abs(value)).toBeCloseTo(1 / Math.sqrt(3), 5);
  });

  it('are facets where smoothing is off, however flat the edge', async () => {
    const bent = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 2 0 0.05\n';
    expect((await read(`${bent}s off\nf 1 2 3\nf 2 4 3\n`)).positions.length / 3).toBe(6);
    expect((await read(`${bent}f 1 2 3\nf 2 4 3\n`)).positions.length / 3).toBe(4);
  });

  it('take linear time around a vertex that 20,000 faces share', async () => {
    const rim = Array.from({ length: 20_001 }, (_, i) => `v ${Math.cos(i)} ${Math.sin(i)} ${i % 7}`).join('\n');
    const fan = Array.from({ length: 20_000 }, (_, i) => `f 1 ${i + 2} ${i + 3 > 20_002 ? 2 : i + 3}`).join('\n');
    const start = cpuTime();
    await read(`v 0 0 0\n${rim}\n${fan}\n`);
    expect(cpuTime() - start).toBeLessThan(3000);
  });
});

describe('structure', () => {
  it('makes a mesh for each object and a primitive for each material', async () => {
    const { root, primitives } = await read(
      `${SQUARE}o A\nusemtl red\nf 1 2 3\nusemtl blue\nf 1 3 4\nusemtl red\nf 2 3 4\no B\nf 1 2 4\n`,
    );
    expect(root.listMeshes().map((mesh) => mesh.getName())).toEqual(['A', 'B']);
    expect(primitives).toHaveLength(3);
    expect(
      root
        .listMaterials()
        .map((material) => material.getName())
        .sort(),
    ).toEqual(['blue', 'red']);
  });

  it('takes groups for objects where no object is named', async () => {
    const { root } = await read(`${SQUARE}g left\nf 1 2 3\ng right side\nf 1 3 4\n`);
    expect(root.listNodes().map((node) => node.getName())).toEqual(['left', 'right side']);
  });

  it('reads lines, points and bare vertices', async () => {
    const { primitives } = await read(`${SQUARE}l 1 2 3\np 4\nf 1 2 3\n`);
    expect(primitives.map((primitive) => primitive.getMode())).toEqual([1, 0, 4]);
    expect((await read(SQUARE)).primitives[0]!.getMode()).toBe(0);
  });

  it('converts units named in a comment, and nothing else', async () => {
    const millimetres = await read(`# File units = millimeters\n${SQUARE}f 1 2 3\n`);
    expect(Math.max(...millimetres.positions)).toBeCloseTo(0.001);
    expect(millimetres.codes).toContain('converted_units');
    const plain = await read(`# 4 units of measure\n${SQUARE}f 1 2 3\n`);
    expect(Math.max(...plain.positions)).toBe(1);
  });

  it('keeps the shape of a model on map coordinates', async () => {
    const far = 'v 5400000.125 0 3300000\nv 5400001.125 0 3300000\nv 5400000.125 1 3300000\nf 1 2 3\n';
    const { positions, root, codes } = await read(far);
    expect(codes).toContain('moved_origin');
    const [x] = root.listNodes()[0]!.getTranslation();
    expect(positions[3]! - positions[0]!).toBe(1);
    expect(x! + positions[0]!).toBeCloseTo(5_400_000.125, 4);
  });

  it('turns sRGB vertex colours into linear ones, and counts to 255 where a file does', async () => {
    for (const [half, one] of [
      ['0.5', '1'],
      ['127.5', '255'],
    ]) {
      const { primitives } = await read(
        `v 0 0 0 ${half} 0 ${one}\nv 1 0 0 ${half} 0 ${one}\nv 0 1 0 ${half} 0 ${one}\nf 1 2 3\n`,
      );
      const color = Array.from(primitives[0]!.getAttribute('COLOR_0')!.getArray()!).slice(0, 3);
      expect(color[0]).toBeCloseTo(0.214, 3);
      expect(color[1]).toBe(0);
      expect(color[2]).toBe(1);
    }
  });

  it('says why a file without usable geometry is refused', async () => {
    for (const [obj, pattern] of [
      ['# nothing\n', /0 vertices/],
      [`${SQUARE}f 7 8 9\n`, /do not exist/],
      [`${SQUARE}cstype bspline\ncurv 0 1 1 2 3\n`, /free-form/],
    ] as const) {
      const error = await read(obj).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(MaquetteError);
      expect(error.code).toBe('model_empty');
      expect(error.message).toMatch(pattern);
    }
  });

  it('stops at the limit of triangles', async () => {
    const limits = ModelLimits.parse({ triangles: 10 });
    const obj = text('big.obj', `${SQUARE}${'f 1 2 3\n'.repeat(11)}`);
    await expect(importObj(obj, new ResourceFiles([]), limits)).rejects.toMatchObject({ code: 'model_too_large' });
  });
});

describe('a file with one number at every corner', () => {
  /** So many vertices that what was parsed becomes the primitive; in rows, with a unit other than a metre. */
  const SIDE = 260;
  const lines = ['# Units: millimeters'];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    lines.push(`v ${x * 1000} ${y * 1000} ${(x * y) % 7}`, `vt ${x / 300} ${y / 300}`, `vn 0 ${x % 2} ${1 - (x % 2)}`);
  }
  for (let i = 0; i + SIDE < SIDE * SIDE; i++) {
    if (i % SIDE === SIDE - 1) continue;
    const [a, b, c] = [i + 1, i + 2, i + 1 + SIDE].map((n) => `${n}/${n}/${n}`);
    lines.push(`f ${a} ${b} ${c}`);
    // Every vertex is used, the last one too.
    lines.push(`f ${b} ${i + 2 + SIDE}/${i + 2 + SIDE}/${i + 2 + SIDE} ${c}`);
  }
  const plain = `${lines.join('\n')}\n`;
  const corners = (primitive: { getAttribute(name: string): { getArray(): ArrayLike<number> | null } | null }) => {
    const all = ['POSITION', 'NORMAL', 'TEXCOORD_0'].map((name) => primitive.getAttribute(name)!.getArray()!);
    return (vertex: number) =>
      all.flatMap((array, k) =>
        Array.from({ length: k === 2 ? 2 : 3 }, (_, i) => array[vertex * (k === 2 ? 2 : 3) + i]!),
      );
  };

  it.each([
    ['ends with a corner of three numbers', 'f 1/2/3 2/2/2 3/3/3\n'],
    ['ends with a polygon', `f 1/1/1 2/2/2 ${SIDE + 2}/${SIDE + 2}/${SIDE + 2} ${SIDE + 1}/${SIDE + 1}/${SIDE + 1}\n`],
    ['has a vertex that nothing uses', 'v 1 2 3\nvt 0 0\nvn 0 0 1\n'],
  ])('is the same model, corner by corner, as one that %s', async (_, more) => {
    const [short, long] = [await read(plain), await read(plain + more)];
    expect(short.indices.length).toBe((SIDE - 1) ** 2 * 6);
    expect(short.positions.length).toBe(SIDE * SIDE * 3);
    expect(short.indices.reduce((most, index) => Math.max(most, index), 0)).toBe(SIDE * SIDE - 1);
    const [ofShort, ofLong] = [corners(short.primitives[0]!), corners(long.primitives[0]!)];
    for (let i = 0; i < short.indices.length; i += 97) {
      expect(ofShort(short.indices[i]!), `corner ${i}`).toEqual(ofLong(long.indices[i]!));
    }
  });
});

describe('materials', () => {
  const TEXTURED = `mtllib a.mtl\n${SQUARE}vt 0 0\nvt 1 0\nvt 1 1\nusemtl m\nf 1/1 2/2 3/3\n`;
  const png = (name: string): ModelFile => ({ name, bytes: PNG });

  it('take colour, roughness, metalness, emission and opacity', async () => {
    const mtl = 'newmtl m\nKd 1 0.5 0\nPr 0.25\nPm 0.75\nKe 0 0 4\nd 0.5\n';
    const { material } = await read(TEXTURED, text('a.mtl', mtl));
    const [r, g, b, a] = material.getBaseColorFactor();
    expect([r, b, a]).toEqual([1, 0, 0.5]);
    expect(g).toBeCloseTo(0.214, 3);
    expect(material.getAlphaMode()).toBe('BLEND');
    expect(material.getRoughnessFactor()).toBe(0.25);
    expect(material.getMetallicFactor()).toBe(0.75);
    expect(material.getEmissiveFactor()).toEqual([0, 0, 1]);
    expect(material.listExtensions().map((extension) => extension.extensionName)).toEqual([
      'KHR_materials_emissive_strength',
    ]);
  });

  it('do not vanish where d and Tr are mixed up', async () => {
    for (const line of ['Tr 1', 'd 0']) {
      const { material } = await read(TEXTURED, text('a.mtl', `newmtl m\nKd 1 1 1\n${line}\n`));
      expect(material.getAlphaMode()).toBe('OPAQUE');
      expect(material.getBaseColorFactor()[3]).toBe(1);
    }
  });

  it('find textures by options, blanks, backslashes, case and bare names', async () => {
    for (const [path, file] of [
      ['my wood.png', 'my wood.png'],
      ['-s 2 2 1 -o 0.5 0 wood.png', 'wood.png'],
      ['textures\\wood.png', 'textures/wood.png'],
      ['C:\\Users\\someone\\WOOD.PNG', 'wood.png'],
      ['../wood.png', 'wood.png'],
    ] as const) {
      const { material, root } = await read(TEXTURED, text('a.mtl', `newmtl m\nmap_Kd ${path}\n`), png(file));
      expect(material.getBaseColorTexture(), path).not.toBeNull();
      expect(root.listTextures()[0]!.getMimeType()).toBe('image/png');
    }
  });

  it('say which texture or library is missing and go on', async () => {
    const lost = await read(TEXTURED, text('a.mtl', 'newmtl m\nmap_Kd /etc/passwd\n'));
    expect(lost.codes).toContain('missing_texture');
    expect(lost.findings.issues[0]!.message).toContain('/etc/passwd');
    const bare = await read(TEXTURED);
    expect(bare.codes).toEqual(expect.arrayContaining(['missing_material_library', 'missing_material']));
    expect(bare.material.getName()).toBe('m');
  });

  it('use a library that the model does not name', async () => {
    const { material, codes } = await read(`${SQUARE}usemtl m\nf 1 2 3\n`, text('other.mtl', 'newmtl m\nKd 0 1 0\n'));
    expect(material.getBaseColorFactor()).toEqual([0, 1, 0, 1]);
    expect(codes).toContain('material_library_chosen');
  });

  it('take a normal map by its statement or by its name, and leave height maps out', async () => {
    const normal = await read(
      TEXTURED,
      text('a.mtl', 'newmtl m\nmap_Bump -bm 0.5 wood_normal.png\n'),
      png('wood_normal.png'),
    );
    expect(normal.material.getNormalTexture()).not.toBeNull();
    expect(normal.material.getNormalScale()).toBe(0.5);
    const height = await read(TEXTURED, text('a.mtl', 'newmtl m\nbump rough.png\n'), png('rough.png'));
    expect(height.material.getNormalTexture()).toBeNull();
    expect(height.findings.issues[0]!.code).toBe('UNUSED_MAP');
  });

  it('flip texture coordinates so that the picture stands upright', async () => {
    const { primitives } = await read(TEXTURED, text('a.mtl', 'newmtl m\nmap_Kd a.png\n'), png('a.png'));
    expect(Array.from(primitives[0]!.getAttribute('TEXCOORD_0')!.getArray()!)).toEqual([0, 1, 1, 1, 1, 0]);
  });
});
