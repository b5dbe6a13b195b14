import { describe, expect, it } from 'vitest';
import { decodePng } from '../textures/decode-png.ts';
import { encodePng } from '../textures/encode-png.ts';
import { listFbxReferences } from './list-references.ts';
import { connect, d, file, geometry, layer, link, model, PNG, p, QUAD, read, SQUARE } from './testing/fbx-tree.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { type WritableNode, writeBinaryFbx, writeTextFbx } from './testing/write-fbx.ts';

describe('materials of an FBX file', () => {
  it('finds textures inside the file, beside it by name, and says which are missing', async () => {
    const texture = (id: bigint, path: string): WritableNode => [
      'Texture',
      [id, `${path}\0\x01Texture`, ''],
      [
        ['FileName', [`C:\\work\\${path}`]],
        ['RelativeFilename', [`..\\maps\\${path}`]],
      ],
    ];
    const uv = layer('LayerElementUV', 'ByVertice', ['UV', [Float64Array.from([0, 0, 1, 0, 1, 1, 0, 1])]]);
    const tree = file(
      [
        geometry(1n, SQUARE, QUAD, uv),
        model(2n, 'A', 'Mesh'),
        ['Material', [3n, 'M\0\x01Material', ''], [['ShadingModel', ['phong']]]],
        texture(4n, 'inside.png'),
        [
          'Video',
          [5n, 'V\0\x01Video', 'Clip'],
          [
            ['RelativeFilename', ['inside.png']],
            ['Content', [PNG]],
          ],
        ],
        texture(6n, 'Beside.PNG'),
        texture(7n, 'lost.png'),
      ],
      [
        ...[link(2n, 0n), link(1n, 2n), link(3n, 2n), link(5n, 4n)],
        ...[connect(4n, 3n, 'DiffuseColor'), connect(6n, 3n, 'EmissiveColor'), connect(7n, 3n, 'NormalMap')],
      ],
    );
    for (const bytes of [writeBinaryFbx(tree), writeTextFbx(tree)]) {
      expect(listFbxReferences(bytes)).toEqual(
        expect.arrayContaining(['../maps/Beside.PNG', 'Beside.PNG', 'inside.png', 'lost.png']),
      );
      const { document, corrections } = await importBytes(bytes, [{ name: 'textures/beside.png', bytes: PNG.slice() }]);
      const [material] = document.getRoot().listMaterials();
      expect(material!.getBaseColorTexture()!.getImage()).toEqual(PNG);
      expect(material!.getEmissiveTexture()!.getName()).toBe('beside');
      expect(material!.getNormalTexture()).toBeNull();
      expect(corrections.map(({ code }) => code)).toContain('missing_texture');
    }
  });

  it.each([
    [
      [p('DiffuseColor', ...d(0.5, 0.5, 0.5)), p('Opacity', ...d(0.25))],
      [0.214, 0.25, 0, 0.9],
    ],
    [
      [p('TransparencyFactor', ...d(0.75)), p('TransparentColor', ...d(1, 1, 1))],
      [0.604, 0.25, 0, 0.9],
    ],
    [
      [
        p('Maya|baseColor', ...d(0.5, 0.5, 0.5)),
        p('Maya|base', ...d(0.5)),
        p('Maya|metalness', ...d(1)),
        p('Maya|specularRoughness', ...d(0.3)),
      ],
      [0.25, 1, 1, 0.3],
    ],
    [
      [p('3dsMax|main|basecolor', ...d(0.4, 0.4, 0.4, 1)), p('3dsMax|main|roughness', ...d(0.6))],
      [0.4, 1, 0, 0.6],
    ],
    [
      [
        p('3dsMax|Parameters|base_color', ...d(0.4, 0.4, 0.4, 1)),
        p('3dsMax|Parameters|roughness', ...d(0.2)),
        p('3dsMax|Parameters|roughness_inv', 1),
      ],
      [0.4, 1, 0, 0.8],
    ],
  ])('converts materials: %j', async (properties, [color, alpha, metallic, roughness]) => {
    const document = await read(
      file(
        [
          geometry(1n, SQUARE, QUAD),
          model(2n, 'A', 'Mesh'),
          [
            'Material',
            [3n, 'M\0\x01Material', ''],
            [
              ['ShadingModel', ['phong']],
              ['Properties70', [], properties],
            ],
          ],
        ],
        [link(2n, 0n), link(1n, 2n), link(3n, 2n)],
      ),
    );
    const [material] = document.getRoot().listMaterials();
    expect(material!.getBaseColorFactor()[0]).toBeCloseTo(color!, 3);
    expect(material!.getAlpha()).toBeCloseTo(alpha!);
    expect(material!.getAlphaMode()).toBe(alpha! < 1 ? 'BLEND' : 'OPAQUE');
    expect(material!.getMetallicFactor()).toBeCloseTo(metallic!);
    expect(material!.getRoughnessFactor()).toBeCloseTo(roughness!);
  });

  it('makes one texture of roughness and metalness in two grey ones', async () => {
    const grey = (width: number, value: number): Uint8Array =>
      encodePng({
        width,
        height: width,
        pixels: new Uint8Array(width * width * 4).fill(value).map((v, i) => (i % 4 === 3 ? 255 : v)),
      });
    const texture = (id: bigint, path: string): WritableNode => [
      'Texture',
      [id, `${path}\0\x01Texture`, ''],
      [['RelativeFilename', [path]]],
    ];
    const uv = layer('LayerElementUV', 'ByVertice', ['UV', [Float64Array.from([0, 0, 1, 0, 1, 1, 0, 1])]]);
    const properties = [
      p('Maya|base_color', ...d(1, 1, 1)),
      p('Maya|metallic', ...d(0)),
      p('Maya|roughness', ...d(0.3)),
    ];
    const tree = file(
      [
        geometry(1n, SQUARE, QUAD, uv),
        model(2n, 'A', 'Mesh'),
        ['Material', [3n, 'M\0\x01Material', ''], [['Properties70', [], properties]]],
        texture(4n, 'rough.png'),
        texture(5n, 'metal.png'),
      ],
      [
        ...[link(2n, 0n), link(1n, 2n), link(3n, 2n)],
        ...[connect(4n, 3n, 'Maya|TEX_roughness_map'), connect(5n, 3n, 'Maya|TEX_metallic_map')],
      ],
    );
    const { document, findings } = await importBytes(writeBinaryFbx(tree), [
      { name: 'rough.png', bytes: grey(2, 100) },
      { name: 'metal.png', bytes: grey(4, 200) },
    ]);
    expect(findings.issues).toEqual([]);
    expect(document.getRoot().listTextures()).toHaveLength(1);
    const [material] = document.getRoot().listMaterials();
    expect([material!.getRoughnessFactor(), material!.getMetallicFactor()]).toEqual([1, 1]);
    const image = decodePng(material!.getMetallicRoughnessTexture()!.getImage()!, 1e6)!;
    expect([image.width, image.height]).toEqual([4, 4]);
    expect([...image.pixels.subarray(60)]).toEqual([255, 100, 200, 255]);
    expect(await khronosErrors(document)).toEqual([]);
  });
});
