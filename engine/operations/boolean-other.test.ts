import type { Document, Material } from '@gltf-transform/core';
import { EXTTextureWebP, KHRMaterialsClearcoat, KHRMaterialsVariants } from '@gltf-transform/extensions';
import { describe, expect, it } from 'vitest';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { processModel } from '../process/process-model.ts';
import { apply, boundsOf, LIMITS } from './testing/run.ts';
import { box, documentOf, sphere } from './testing/shapes.ts';
import { openEdgesOf, volumeOf, worldSurfaceOf } from './testing/solid-measures.ts';

const UNIT = box([0, 0, 0], [1, 1, 1]);
/** A cube of two metres about the origin. */
const block = () => documentOf(box([-1, -1, -1], [1, 1, 1]));
const unit = () => documentOf(UNIT);

describe('boolean with another model', () => {
  it.each([
    ['difference', 7],
    ['intersection', 1],
    ['union', 8],
  ] as const)('of two cubes has the volume of the %s', async (operation, volume) => {
    const document = block();
    const notes = await apply(document, { type: 'boolean', operation, with: 'cutter' }, { cutter: unit });
    expect(volumeOf(document)).toBeCloseTo(volume, 5);
    expect(openEdgesOf(worldSurfaceOf(document))).toBe(0);
    expect(notes[0]).toBe('1 mesh came from cutter.');
    expect(notes[1]).toContain(`The ${operation} of 2 meshes holds`);
    // Nothing of the other but what the result shows.
    expect(document.getRoot().listScenes()).toHaveLength(1);
    expect(document.getRoot().listMeshes()).toHaveLength(1);
    expect(document.getRoot().listBuffers()).toHaveLength(1);
  });

  it('stands where it is placed: scaled, then turned, then moved', async () => {
    const document = block();
    const other = {
      model: 'cutter',
      scale: 4,
      rotate: [0, 0, 90] as [number, number, number],
      translate: [0, -2, -2] as [number, number, number],
    };
    // The corner of a cube of four metres is turned from x into y: it covers x from -4 to 0, y from -2 to 2.
    await apply(document, { type: 'boolean', operation: 'difference', with: other }, { cutter: unit });
    expect(volumeOf(document)).toBeCloseTo(4, 5);
    const { min, max } = boundsOf(document);
    expect([...min, ...max].map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([0, -1, -1, 1, 1, 1]);
  });

  it('stands at every node that is named, turned and sheared with it, and only there', async () => {
    const plate = documentOf(box([0, 0, 0], [10, 1, 1]));
    const scene = plate.getRoot().getDefaultScene()!;
    for (const x of [1, 4, 7]) scene.addChild(plate.createNode(`Hole ${x}`).setTranslation([x, 0, 0]));
    // Twice as wide, below a turn of a quarter about y that carries its x into -z and its z into x.
    const turned = plate.createNode('stretched').setScale([2, 1, 1]);
    turned.addChild(
      plate.createNode('hole 9').setRotation([0, Math.SQRT1_2, 0, Math.SQRT1_2]).setTranslation([4.5, 0, 1]),
    );
    scene.addChild(turned);
    const drill = () => documentOf(box([0, 0, 0], [0.5, 1, 0.5]));
    const notes = await apply(
      plate,
      { type: 'boolean', operation: 'difference', with: { model: 'drill', at: ['hole*'] } },
      { drill },
    );
    // Three notches of 0.25 m³, and one that is twice as wide.
    expect(volumeOf(plate)).toBeCloseTo(10 - 3 * 0.25 - 0.5, 4);
    expect(notes[0]).toBe('4 meshes came from drill, at 4 nodes.');
    expect(openEdgesOf(worldSurfaceOf(plate))).toBe(0);
    const names = plate
      .getRoot()
      .listNodes()
      .map((node) => node.getName());
    expect(names).toContain('hole 9');
    expect(names).not.toContain('placement');
  });

  it('takes the nodes that `a` and `b` name of each model, and says where a name is nowhere', async () => {
    const two = () => named(documentOf(UNIT, box([5, 0, 0], [6, 1, 1])), ['left', 'right']);
    const document = named(documentOf(box([-1, -1, -1], [7, 2, 2]), box([20, 0, 0], [21, 1, 1])), ['body', 'apart']);
    const operation = { type: 'boolean', operation: 'difference', with: 'two' } as const;
    await apply(document, { ...operation, a: ['body'], b: ['left'] }, { two });
    expect(volumeOf(document, 'difference')).toBeCloseTo(72 - 1, 4);
    expect(volumeOf(document, 'apart')).toBeCloseTo(1, 5);
    await expect(apply(block(), { ...operation, b: ['middle'] }, { two })).rejects.toMatchObject({
      code: 'operation_impossible',
      message: 'No node with a mesh is named "middle"; there are "left", "right".',
    });
    await expect(
      apply(named(block(), ['body']), { ...operation, with: { model: 'two', at: ['hole'] } }, { two }),
    ).rejects.toMatchObject({ message: 'No node is named "hole"; there are "body".' });
    await expect(
      apply(
        block(),
        { ...operation, with: { model: 'two', translate: [100, 0, 0] }, operation: 'intersection' },
        { two },
      ),
    ).rejects.toMatchObject({
      code: 'operation_impossible',
    });
  });

  it('brings the materials that show, with their textures and extensions, and no others', async () => {
    const [pixels, hidden] = await Promise.all([picture(200), picture(10)]);
    const cutter = () => {
      const other = documentOf(UNIT, box([50, 0, 0], [51, 1, 1]));
      other.createExtension(EXTTextureWebP).setRequired(true);
      // Of no use to the result.
      other.createExtension(KHRMaterialsVariants);
      const [first, second] = other.getRoot().listMeshes();
      const coat = other.createExtension(KHRMaterialsClearcoat).createClearcoat().setClearcoatFactor(0.5);
      paint(other, first!, other.createMaterial('lacquer').setExtension('KHR_materials_clearcoat', coat), pixels);
      paint(other, second!, other.createMaterial('elsewhere'), hidden);
      return other;
    };
    const document = block();
    paint(document, document.getRoot().listMeshes()[0]!, document.createMaterial('steel'), null);
    await apply(document, { type: 'boolean', operation: 'difference', with: 'cutter' }, { cutter });
    const root = document.getRoot();
    expect(
      root
        .listMaterials()
        .map((material) => material.getName())
        .sort(),
    ).toEqual(['lacquer', 'steel']);
    expect(root.listTextures()).toHaveLength(1);
    expect(
      root
        .listExtensionsUsed()
        .map(({ extensionName }) => extensionName)
        .sort(),
    ).toEqual(['EXT_texture_webp', 'KHR_materials_clearcoat']);
    expect(root.listExtensionsRequired().map(({ extensionName }) => extensionName)).toEqual(['EXT_texture_webp']);
    const { report } = await processModel([{ name: 'made.glb', bytes: await writeGlb(document) }], LIMITS);
    expect(report.validation.errors).toBe(0);
    expect(report.watertight).toBe(true);
  });

  it('closes an open one at every place, and is the same file twice', async () => {
    const { positions, indices } = sphere(0.5, 3);
    const open = () => documentOf({ positions, indices: indices.slice(9) });
    const make = async () => {
      const document = block();
      const scene = document.getRoot().getDefaultScene()!;
      for (const x of [-1, 1]) scene.addChild(document.createNode('end').setTranslation([x, 0, 0]));
      const with_ = { model: 'ball', at: ['end'] };
      const notes = await apply(document, { type: 'boolean', operation: 'difference', with: with_ }, { ball: open });
      return { document, notes, glb: await writeGlb(document) };
    };
    const [first, second] = [await make(), await make()];
    expect(first.notes.filter((note) => note.includes('was no solid'))).toHaveLength(1);
    expect(Math.abs(volumeOf(first.document) / (8 - (4 / 3) * Math.PI * 0.125) - 1)).toBeLessThan(0.01);
    expect(first.glb).toEqual(second.glb);
  });
});

function named(document: Document, names: string[]): Document {
  for (const [index, node] of document.getRoot().listNodes().entries()) node.setName(names[index]!);
  return document;
}

const picture = (value: number) =>
  nodeOperationHost.encodeTexture(
    { width: 2, height: 2, data: new Uint8Array(16).fill(value) },
    { format: 'webp', quality: 90, lossless: true, alpha: false },
  );

/** Gives the only primitive of a mesh a material, with texture coordinates and a base colour texture where there is one. */
function paint(
  document: Document,
  mesh: ReturnType<Document['createMesh']>,
  material: Material,
  image: Uint8Array | null,
): void {
  const [primitive] = mesh.listPrimitives();
  primitive!.setMaterial(material);
  const count = primitive!.getAttribute('POSITION')!.getCount();
  const uv = document
    .createAccessor()
    .setType('VEC2')
    .setArray(new Float32Array(count * 2))
    .setBuffer(document.getRoot().listBuffers()[0]!);
  primitive!.setAttribute('TEXCOORD_0', uv);
  if (image)
    material.setBaseColorTexture(
      document
        .createTexture('paint')
        .setImage(image as Uint8Array<ArrayBuffer>)
        .setMimeType('image/webp'),
    );
}
