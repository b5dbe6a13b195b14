import type { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { decodePng } from '../textures/decode-png.ts';
import { check, codes, FACE, FACES, POINTS, rounded } from './testing/world.ts';

const primitiveOf = (document: Document) => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;

describe('shapes of VRML 1.0', () => {
  it('leaves out parts that are not wanted, and gives each its material where they have their own', async () => {
    expect((await check('Cylinder { parts (SIDES | TOP) }')).report).toMatchObject({
      triangles: 96,
      watertight: false,
    });
    expect((await check('Cylinder { parts BOTTOM }')).report.triangles).toBe(32);
    expect((await check('Cone { parts SIDES }')).report.triangles).toBe(32);
    const colors = 'Material { diffuseColor [ 1 0 0, 0 1 0, 0 0 1 ] } MaterialBinding { value PER_PART }';
    const { document, report } = await check(`Separator { ${colors} Cylinder { } }`);
    expect([report.triangles, report.watertight]).toEqual([128, true]);
    const found = document.getRoot().listMeshes()[0]!.listPrimitives();
    expect(found.map((primitive) => rounded(primitive.getAttribute('COLOR_0')!.getElement(0, []).slice(0, 3)))).toEqual(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    );
    expect((await check(`Separator { ${colors} Cube { } }`)).report).toMatchObject({ triangles: 12, watertight: true });
  });

  it.each([
    ['PER_FACE', '', [0, 0, 0, 1, 1, 1]],
    ['PER_FACE_INDEXED', 'materialIndex [ 1, 0 ]', [1, 1, 1, 0, 0, 0]],
    ['PER_VERTEX', '', [0, 1, 2, 3, 0, 1]],
    ['PER_VERTEX_INDEXED', '', [0, 1, 2, 0, 2, 3]],
    ['PER_VERTEX_INDEXED', 'materialIndex [ 3, 3, 3, -1, 2, 1, 0, -1 ]', [3, 3, 3, 2, 1, 0]],
  ])('gives materials out %s %s', async (binding, index, expected) => {
    const shades = [0, 1, 2, 3].map((i) => `${i / 3} 0 0`).join(', ');
    const faces = FACES.replace(' }', ` ${index} }`);
    const { document } = await check(
      `Separator { Material { diffuseColor [ ${shades} ] } MaterialBinding { value ${binding} } ${POINTS} ${faces} }`,
    );
    const primitive = primitiveOf(document);
    const indices = [...primitive.getIndices()!.getArray()!];
    const colors = indices.map((i) => primitive.getAttribute('COLOR_0')!.getElement(i, [])[0]!);
    // Linear light, which is stored, back to thirds.
    const shade = (linear: number) =>
      Math.round((linear <= 0.0031 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055) * 3);
    expect(colors.map(shade)).toEqual(expected);
  });

  it('takes normals as they are bound, and makes them where there are too few', async () => {
    const normals = async (vectors: string, binding: string, index = '') => {
      const { document } = await check(
        `Separator { Normal { vector [ ${vectors} ] } NormalBinding { value ${binding} } ${POINTS} ${FACES.replace(' }', ` ${index} }`)} }`,
      );
      const primitive = primitiveOf(document);
      const all = [...primitive.getIndices()!.getArray()!].map((i) =>
        rounded(primitive.getAttribute('NORMAL')!.getElement(i, [])),
      );
      return all.map((normal) => 'xyz'[normal.findIndex((value) => Math.abs(value) > 0.9)]).join('');
    };
    const axes = '1 0 0, 0 1 0, 0 0 1';
    expect(await normals(axes, 'OVERALL')).toBe('xxxxxx');
    expect(await normals(axes, 'PER_FACE')).toBe('xxxyyy');
    expect(await normals(axes, 'PER_FACE_INDEXED', 'normalIndex [ 2, 0 ]')).toBe('zzzxxx');
    expect(await normals(`${axes}, 1 0 0, 0 1 0, 0 0 1`, 'PER_VERTEX')).toBe('xyzxyz');
    expect(await normals(`${axes}, 1 0 0`, 'DEFAULT')).toBe('xyzxzx');
    expect(await normals(axes, 'PER_VERTEX_INDEXED', 'normalIndex [ 0, 0, 0, -1, 1, 1, 1, -1 ]')).toBe('xxxyyy');
    // Four corners have no normal: the surface lies across z.
    expect(await normals('1 0 0, 0 1 0', 'PER_VERTEX')).toBe('zzzzzz');
  });

  it('follows hints about shapes: order of corners, backs, creases', async () => {
    const hinted = async (hints: string) => {
      const { document } = await check(`Separator { ShapeHints { ${hints} } ${POINTS} ${FACE} }`);
      const primitive = primitiveOf(document);
      return [primitive.getAttribute('NORMAL')!.getElement(0, [])[2], primitive.getMaterial()!.getDoubleSided()];
    };
    expect(await hinted('')).toEqual([1, true]);
    expect(await hinted('vertexOrdering COUNTERCLOCKWISE shapeType SOLID')).toEqual([1, false]);
    expect(await hinted('vertexOrdering CLOCKWISE shapeType SOLID faceType CONVEX')).toEqual([-1, false]);
    expect(await hinted('shapeType SOLID')).toEqual([1, true]);
    // Two walls at right angles: smooth with a crease of a half turn, sharp without.
    const walls = `Coordinate3 { point [ 0 0 0, 1 0 0, 1 1 0, 0 1 0, 0 0 1, 0 1 1 ] }
      IndexedFaceSet { coordIndex [ 0 1 2 3 -1 0 3 5 4 -1 ] }`;
    const vertices = async (angle: number) =>
      primitiveOf((await check(`Separator { ShapeHints { creaseAngle ${angle} } ${walls} }`)).document)
        .getAttribute('POSITION')!
        .getCount();
    expect([await vertices(0.5), await vertices(3.1)]).toEqual([8, 6]);
  });

  it('reads pictures of files and of numbers, moves their coordinates, and makes those that are missing', async () => {
    const image = 'Texture2 { image 2 2 3 0xFF0000 0x00FF00, 0x0000FF 0xFFFFFF wrapS CLAMP }';
    const coordinates = 'TextureCoordinate2 { point [ 0 0, 1 0, 1 1, 0 1 ] }';
    const { document } = await check(
      `Separator { ${image} Texture2Transform { translation 0.5 0 scaleFactor 2 2 } ${coordinates} ${POINTS} ${FACE} }`,
    );
    const texture = document.getRoot().listTextures()[0]!;
    const png = decodePng(texture.getImage()!, 100)!;
    // The lowest row comes first in the world, and last in the picture.
    expect([...png.pixels.slice(0, 4), ...png.pixels.slice(8, 12)]).toEqual([0, 0, 255, 255, 255, 0, 0, 255]);
    const material = document.getRoot().listMaterials()[0]!;
    expect([material.getBaseColorFactor(), material.getBaseColorTextureInfo()!.getWrapS()]).toEqual([
      [1, 1, 1, 1],
      33071,
    ]);
    const uv = primitiveOf(document).getAttribute('TEXCOORD_0')!;
    const found = [0, 1, 2, 3].map((i) => rounded(uv.getElement(i, [])));
    expect(found).toEqual([
      [0.5, 1],
      [2.5, 1],
      [2.5, -1],
      [0.5, -1],
    ]);
    const file = { name: 'maps/wood.png', bytes: new Uint8Array(texture.getImage()!) };
    // Without coordinates: along the longest side, as far as it is high.
    const plain = await check(`Separator { Texture2 { filename "maps/wood.png" } ${POINTS} ${FACE} }`, [file]);
    const made = primitiveOf(plain.document).getAttribute('TEXCOORD_0')!;
    expect([0, 1, 2, 3].map((i) => rounded(made.getElement(i, [])))).toEqual([
      [0, 1],
      [1, 1],
      [1, 0.5],
      [0, 0.5],
    ]);
    const missing = await check(`Separator { Texture2 { filename stone.png } ${POINTS} ${FACE} }`);
    expect(codes(missing)).toEqual(['MISSING_TEXTURE']);
    expect(codes(await check(`Separator { ${image} Sphere { } }`))).toEqual(['UNMAPPED_TEXTURE']);
    const clear = 'Texture2 { image 1 1 2 0xFF80 }';
    const { document: glass } = await check(`Separator { ${clear} ${POINTS} ${FACE} }`);
    expect(glass.getRoot().listMaterials()[0]!.getAlphaMode()).toBe('BLEND');
  });

  it('reads lines, points, colours that were computed beforehand', async () => {
    const lines = await check(
      `Separator { ${POINTS} IndexedLineSet { coordIndex [ 0, 1, 2, -1, 2, 3, -1 ] } PointSet { startIndex 1 } }`,
    );
    expect(lines.report).toMatchObject({ lines: 3, points: 3, triangles: 0 });
    const shades = 'Material { diffuseColor [ 1 0 0, 0 1 0, 0 0 1 ] } MaterialBinding { value PER_PART }';
    const colored = await check(`Separator { ${shades} ${POINTS} IndexedLineSet { coordIndex [ 0 1 2 -1 2 3 -1 ] } }`);
    const primitive = primitiveOf(colored.document);
    const colors = [...primitive.getIndices()!.getArray()!].map((i) =>
      rounded(primitive.getAttribute('COLOR_0')!.getElement(i, [])).slice(0, 3).indexOf(1),
    );
    expect(colors).toEqual([0, 0, 1, 1, 2, 2]);
    const lit = await check(
      `Separator { Material { ambientColor [] diffuseColor [] specularColor [] emissiveColor [ 0 1 0 ] } ${POINTS} ${FACE} }`,
    );
    const [material] = lit.document.getRoot().listMaterials();
    expect(material!.getBaseColorFactor()).toEqual([0, 1, 0, 1]);
    expect(material!.getExtension('KHR_materials_unlit')).not.toBeNull();
  });
});
