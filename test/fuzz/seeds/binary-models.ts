import { gzipSync, zipSync } from 'fflate';
import { movingSquare3ds, square3ds } from '#engine/formats/3ds/testing/write-3ds.ts';
import { gridFbx, writeBinaryFbx, writeTextFbx } from '#engine/formats/fbx/testing/write-fbx.ts';
import { las, laz } from '#engine/formats/las/testing/write-las.ts';
import { joined } from '../mutators/bytes.ts';
import { PACKED_AT } from '../mutators/zip.ts';
import { LATTICE_3MF, SET_USDA, STAGE_USDA } from './composed-models.ts';
import { binarySeed, PIXEL, type Seed } from './seed.ts';
import { MODEL_3MF, objSeeds, USDA } from './text-models.ts';

const SQUARE = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0];

export function binaryStlSeeds(): Seed[] {
  const bytes = new Uint8Array(84 + 2 * 50);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('COLOR=abcd made by code'));
  view.setUint32(80, 2, true);
  for (const [i, corners] of [
    [0, 1, 2],
    [0, 2, 3],
  ].entries()) {
    for (const [k, corner] of corners.entries()) {
      for (let axis = 0; axis < 3; axis++)
        view.setFloat32(84 + i * 50 + 12 + k * 12 + axis * 4, SQUARE[corner * 3 + axis]!, true);
    }
    view.setUint16(84 + i * 50 + 48, 0x8000 | (31 << (i * 5)), true);
  }
  return [binarySeed('model.stl', bytes)];
}

export function binaryPlySeeds(): Seed[] {
  return [true, false].map((little) => {
    const header = new TextEncoder().encode(
      `ply\nformat binary_${little ? 'little' : 'big'}_endian 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n`,
    );
    const body = new Uint8Array(4 * 15 + 17);
    const view = new DataView(body.buffer);
    for (let i = 0; i < 4; i++) {
      for (let axis = 0; axis < 3; axis++) view.setFloat32(i * 15 + axis * 4, SQUARE[i * 3 + axis]!, little);
      body.set([i * 60, 100, 200], i * 15 + 12);
      view.setInt32(61 + i * 4, i, little);
    }
    body[60] = 4;
    return binarySeed(`${little ? 'little' : 'big'}.ply`, joined(header, body));
  });
}

export function binaryFbxSeeds(): Seed[] {
  return [
    binarySeed('grid-7400.fbx', writeBinaryFbx(gridFbx({ side: 3 }))),
    binarySeed('grid-7500.fbx', writeBinaryFbx(gridFbx({ side: 3 }), { version: 7500, compress: false })),
  ];
}

export function textFbxSeeds(): Seed[] {
  return [binarySeed('grid.fbx', writeTextFbx(gridFbx({ side: 3 })))];
}

export function threeDsSeeds(): Seed[] {
  return [binarySeed('model.3ds', square3ds()), binarySeed('moving.3ds', movingSquare3ds())];
}

const CLOUD: [number, number, number][] = [
  [0, 0, 0],
  [1000, 2000, 3000],
  [4000, 1000, 500],
];

export function lasSeeds(): Seed[] {
  return [0, 3, 7].map((format) => binarySeed(`format-${format}.las`, las({ format, points: CLOUD })));
}

export function lazSeeds(): Seed[] {
  return [binarySeed('model.laz', laz())];
}

/** Versions 1 to 3 of SPZ: sixteen bytes of header, then the attributes of two splats, packed as one. */
export function spzSeeds(): Seed[] {
  return [1, 2, 3].map((version) => {
    const count = 2;
    const header = new Uint8Array(16);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x5053474e, true);
    view.setUint32(4, version, true);
    view.setUint32(8, count, true);
    header.set([1, 12], 12);
    const body = new Uint8Array(count * (3 * (version === 1 ? 2 : 3) + 1 + 3 + 3 + (version >= 3 ? 4 : 3) + 9));
    for (let i = 0; i < body.length; i++) body[i] = (i * 37) % 256;
    return binarySeed(`version-${version}.spz`, gzipSync(joined(header, body), { mtime: 0 }));
  });
}

export function splatSeeds(): Seed[] {
  const bytes = new Uint8Array(3 * 32);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 6; k++) view.setFloat32(i * 32 + k * 4, k < 3 ? i + k : 0.1, true);
    bytes.set([255, 100, 50, 200, 255, 128, 128, 128], i * 32 + 24);
  }
  return [binarySeed('model.splat', bytes)];
}

export function splatPlySeeds(): Seed[] {
  const names = [
    ...['x', 'y', 'z', 'nx', 'ny', 'nz', 'f_dc_0', 'f_dc_1', 'f_dc_2'],
    ...Array.from({ length: 9 }, (_, i) => `f_rest_${i}`),
    ...['opacity', 'scale_0', 'scale_1', 'scale_2', 'rot_0', 'rot_1', 'rot_2', 'rot_3'],
  ];
  const header = `ply\nformat binary_little_endian 1.0\nelement vertex 2\n${names.map((name) => `property float ${name}`).join('\n')}\nend_header\n`;
  const values = Float32Array.from({ length: names.length * 2 }, (_, i) => ((i * 7) % 11) / 10);
  return [binarySeed('splats.ply', joined(new TextEncoder().encode(header), new Uint8Array(values.buffer)))];
}

export function threeMfSeeds(): Seed[] {
  const text = (value: string) => new TextEncoder().encode(value);
  const pack = (model: string) => ({
    '[Content_Types].xml': text(
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>',
    ),
    '_rels/.rels': text(
      '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="r0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>',
    ),
    '3D/3dmodel.model': text(model),
    '3D/Textures/wood.png': PIXEL,
  });
  return [
    binarySeed('model.3mf', zipSync(pack(MODEL_3MF), { mtime: PACKED_AT })),
    binarySeed('lattice.3mf', zipSync(pack(LATTICE_3MF), { mtime: PACKED_AT })),
  ];
}

export function usdzSeeds(): Seed[] {
  const text = (value: string) => new TextEncoder().encode(value);
  const files = { 'model.usda': text(USDA), 'wood.png': PIXEL };
  const layers = { 'stage.usda': text(STAGE_USDA), 'parts/set.usda': text(SET_USDA) };
  return [
    binarySeed('model.usdz', zipSync(files, { level: 0, mtime: PACKED_AT })),
    binarySeed('layers.usdz', zipSync(layers, { level: 0, mtime: PACKED_AT })),
  ];
}

/** An archive of an OBJ with its materials and texture. */
export function zipSeeds(): Seed[] {
  const files = Object.fromEntries(objSeeds()[0]!.files.map(({ name, bytes }) => [`Folder/${name}`, bytes]));
  return [binarySeed('model.zip', zipSync(files, { mtime: PACKED_AT }))];
}
