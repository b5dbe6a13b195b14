import {
  Document,
  Logger,
  type Material,
  type Mesh,
  type Node,
  NodeIO,
  type Scene,
  type Texture,
  VertexLayout,
} from '@gltf-transform/core';
import { KHRONOS_EXTENSIONS } from '@gltf-transform/extensions';
import type { MeshData } from './mesh-data.ts';
import { linear } from './paint.ts';

/** A document with one scene, and the few verbs that the samples build with. */
export class SampleDocument {
  readonly document = new Document().setLogger(new Logger(Logger.Verbosity.SILENT));
  readonly scene: Scene;

  constructor(name: string) {
    this.document.createBuffer();
    this.scene = this.document.createScene(name);
    this.document.getRoot().setDefaultScene(this.scene);
    this.document.getRoot().getAsset().generator = 'Maquette samples';
  }

  /** A material of one colour. */
  material(name: string, color: string, metallic: number, roughness: number): Material {
    return this.document
      .createMaterial(name)
      .setBaseColorFactor([...linear(color), 1])
      .setMetallicFactor(metallic)
      .setRoughnessFactor(roughness);
  }

  texture(name: string, png: Uint8Array): Texture {
    return this.document.createTexture(name).setImage(new Uint8Array(png)).setMimeType('image/png');
  }

  /** A mesh of one primitive. Texture coordinates and tangents are written only where the material has textures. */
  mesh(name: string, data: MeshData, material: Material): Mesh {
    const { document } = this;
    const accessor = (type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4', values: number[]) =>
      document.createAccessor().setType(type).setArray(new Float32Array(values));
    const primitive = document.createPrimitive().setMaterial(material);
    primitive.setAttribute('POSITION', accessor('VEC3', data.positions));
    primitive.setAttribute('NORMAL', accessor('VEC3', data.normals));
    const textured =
      material.getBaseColorTexture() ?? material.getNormalTexture() ?? material.getMetallicRoughnessTexture();
    if (textured) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', data.uvs));
    if (material.getNormalTexture()) primitive.setAttribute('TANGENT', accessor('VEC4', data.tangents));
    const small = data.positions.length / 3 <= 65535;
    primitive.setIndices(
      document
        .createAccessor()
        .setType('SCALAR')
        .setArray(small ? new Uint16Array(data.indices) : new Uint32Array(data.indices)),
    );
    return document.createMesh(name).addPrimitive(primitive);
  }

  /** A node below `parent` (the scene by default). */
  node(
    name: string,
    mesh: Mesh | null,
    at: [number, number, number] = [0, 0, 0],
    parent: Scene | Node = this.scene,
  ): Node {
    const node = this.document.createNode(name).setMesh(mesh).setTranslation(at);
    parent.addChild(node);
    return node;
  }

  async write(): Promise<Uint8Array> {
    const io = new NodeIO()
      .setLogger(new Logger(Logger.Verbosity.SILENT))
      .setVertexLayout(VertexLayout.SEPARATE)
      .registerExtensions(KHRONOS_EXTENSIONS);
    return io.writeBinary(this.document);
  }
}
