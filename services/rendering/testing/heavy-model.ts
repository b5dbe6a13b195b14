import { Document, NodeIO } from '@gltf-transform/core';
import sharp from 'sharp';

/**
 * A wavy sheet, two units wide, of `quads` × `quads` quads, once for each of `textures` base colours of `texels` ×
 * `texels`; at least once.
 */
export async function makeHeavyModel(options: {
  quads: number;
  textures?: number;
  texels?: number;
}): Promise<Uint8Array> {
  const { quads, textures = 0, texels = 0 } = options;
  const document = new Document();
  const buffer = document.createBuffer();
  const side = quads + 1;
  const positions = new Float32Array(side * side * 3);
  const normals = new Float32Array(side * side * 3);
  const places = new Float32Array(side * side * 2);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const [u, v] = [x / quads, y / quads];
      positions.set([u * 2 - 1, Math.sin(u * 40) * Math.cos(v * 37) * 0.1, v * 2 - 1], i * 3);
      normals.set([0, 1, 0], i * 3);
      places.set([u, v], i * 2);
    }
  }
  const indices = new Uint32Array(quads * quads * 6);
  for (let y = 0, i = 0; y < quads; y++) {
    for (let x = 0; x < quads; x++, i += 6) {
      const corner = y * side + x;
      indices.set([corner, corner + side, corner + 1, corner + 1, corner + side, corner + side + 1], i);
    }
  }
  const accessor = (type: 'VEC3' | 'VEC2' | 'SCALAR', array: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', positions))
    .setAttribute('NORMAL', accessor('VEC3', normals))
    .setAttribute('TEXCOORD_0', accessor('VEC2', places))
    .setIndices(accessor('SCALAR', indices));
  const image = new Uint8Array(await plain(Math.max(1, texels)));
  const scene = document.createScene();
  for (let i = 0; i < Math.max(1, textures); i++) {
    const material = document.createMaterial().setRoughnessFactor(0.7).setMetallicFactor(0);
    if (i < textures) {
      material.setBaseColorTexture(document.createTexture().setImage(image).setMimeType('image/jpeg'));
    }
    const mesh = document.createMesh().addPrimitive(primitive.clone().setMaterial(material));
    scene.addChild(
      document
        .createNode()
        .setMesh(mesh)
        .setTranslation([0, i * 0.3, 0]),
    );
  }
  return new NodeIO().writeBinary(document);
}

/** A JPEG of one colour: small, and as large as any when it is decoded. */
function plain(texels: number): Promise<Buffer> {
  return sharp({ create: { width: texels, height: texels, channels: 3, background: '#7a8b6c' } })
    .jpeg()
    .toBuffer();
}
