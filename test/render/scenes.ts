// Small models and hosts that the renderer's tests share.
import { readFile } from 'node:fs/promises';
import { type Accessor, Document, type GLTF, type Material, type mat4 } from '@gltf-transform/core';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { FILTERED_SIZES, writeEnvironment } from '#engine/render/environment-file.ts';
import { InlineThreads } from '#engine/render/inline-threads.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { type RenderOptions, renderImage } from '#engine/render/render-image.ts';
import type { RenderedImage } from '#engine/render/rendered-image.ts';
import type { DecodeTexels } from '#engine/texture/image-codec.ts';

let kernel: Promise<WebAssembly.Module> | undefined;

/** The committed kernel. */
export function testKernel(): Promise<WebAssembly.Module> {
  kernel ??= readFile(new URL('../../engine/render/kernel/kernel.wasm', import.meta.url)).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  return kernel;
}

/** An environment of the same light from everywhere. */
export function uniformEnvironment(light: number): Uint8Array {
  return writeEnvironment(
    [64, ...FILTERED_SIZES].map((n) => new Float32Array(n * n * 3).fill(light)),
    1,
  );
}

/** Textures of tests carry raw RGBA after a width and a height of two bytes each. */
export function rawImage(
  width: number,
  height: number,
  texel: (x: number, y: number) => readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(4 + width * height * 4);
  new DataView(bytes.buffer).setUint16(0, width);
  new DataView(bytes.buffer).setUint16(2, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) bytes.set(texel(x, y), 4 + (y * width + x) * 4);
  return bytes;
}

export const decodeRaw: DecodeTexels = async (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint16(0);
  const height = view.getUint16(2);
  if (bytes.length !== 4 + width * height * 4) throw new Error('not a raw image');
  const data = bytes.slice(4);
  // Without alpha where all of it is opaque, as decoders of files do it.
  if (data.some((value, i) => i % 4 === 3 && value < 255)) return { width, height, channels: 4, data };
  return { width, height, channels: 3, data: data.filter((_, i) => i % 4 !== 3) };
};

/** A host on the calling thread; `environment` replaces the named one. */
export function testHost(environment?: Uint8Array): RenderHost & { threads: InlineThreads } {
  return {
    decodeImage: decodeRaw,
    threads: new InlineThreads(),
    loadKernel: testKernel,
    loadEnvironment: async (name) =>
      environment ?? readFile(new URL(`../../engine/render/environments/${name}.bin`, import.meta.url)),
    now: () => performance.now(),
  };
}

/** Renders at 64 × 64 from the front unless told otherwise. */
export function draw(
  document: Document,
  request: Partial<ImageRequest> = {},
  host: RenderHost = testHost(),
  options: RenderOptions = {},
): Promise<RenderedImage> {
  return renderImage(document, ImageRequest.parse({ width: 64, height: 64, view: 'front', ...request }), host, options);
}

/** RGBA of a pixel. */
export function pixel(image: RenderedImage, x: number, y: number): number[] {
  return [...image.data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 4)];
}

/** Largest difference of any channel, and the mean one. */
export function difference(a: RenderedImage, b: RenderedImage): { max: number; mean: number } {
  let max = 0;
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs(a.data[i]! - b.data[i]!);
    max = Math.max(max, d);
    sum += d;
  }
  return { max, mean: sum / a.data.length };
}

/** What `addMesh` makes a primitive of. */
export interface Geometry {
  positions: number[];
  indices?: number[];
  normals?: number[];
  uvs?: number[];
  colors?: number[];
  mode?: GLTF.MeshPrimitiveMode;
}

/** Adds a node with a mesh of one primitive to the document's only scene. */
export function addMesh(document: Document, geometry: Geometry, material: Material | null = null, matrix?: mat4) {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const scene = document.getRoot().listScenes()[0] ?? document.createScene();
  const accessor = (type: GLTF.AccessorType, values: number[]): Accessor =>
    document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
  const primitive = document.createPrimitive().setAttribute('POSITION', accessor('VEC3', geometry.positions));
  if (geometry.indices) {
    primitive.setIndices(
      document.createAccessor().setType('SCALAR').setArray(new Uint32Array(geometry.indices)).setBuffer(buffer),
    );
  }
  if (geometry.normals) primitive.setAttribute('NORMAL', accessor('VEC3', geometry.normals));
  if (geometry.uvs) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', geometry.uvs));
  if (geometry.colors) primitive.setAttribute('COLOR_0', accessor('VEC4', geometry.colors));
  if (geometry.mode !== undefined) primitive.setMode(geometry.mode);
  primitive.setMaterial(material);
  const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive));
  if (matrix) node.setMatrix(matrix);
  scene.addChild(node);
  return { node, primitive };
}

/** A square of side 2 in the xy plane, facing +Z. */
export const SQUARE: Geometry = {
  positions: [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0],
  normals: [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1],
  uvs: [0, 1, 1, 1, 1, 0, 0, 0],
  indices: [0, 1, 2, 0, 2, 3],
};

/** A unit sphere with smooth normals. */
export function sphere(columns = 48, rows = 24): Geometry {
  const positions: number[] = [];
  const uvs: number[] = [];
  const indices: number[] = [];
  for (let j = 0; j <= rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const a = (i / columns) * 2 * Math.PI;
      const b = (j / rows) * Math.PI;
      positions.push(Math.sin(b) * Math.sin(a), Math.cos(b), Math.sin(b) * Math.cos(a));
      uvs.push(i / columns, j / rows);
      if (i === columns || j === rows) continue;
      const k = j * (columns + 1) + i;
      indices.push(k, k + columns + 1, k + 1, k + 1, k + columns + 1, k + columns + 2);
    }
  }
  return { positions, normals: positions.slice(), uvs, indices };
}

/** A lopsided model: a sphere beside a square, so that every view differs. */
export function lopsidedModel(): Document {
  const document = new Document();
  addMesh(document, sphere(), document.createMaterial().setBaseColorFactor([0.8, 0.3, 0.2, 1]).setMetallicFactor(0));
  addMesh(
    document,
    SQUARE,
    document.createMaterial().setDoubleSided(true),
    [0.3, 0.2, -0.3, 0, -0.2, 0.4, 0.1, 0, 0.3, 0, 0.4, 0, 1.8, 0.3, 0.2, 1],
  );
  return document;
}

/** Columns and rows that are covered, as [left, right, top, bottom]. */
export function coveredBox({ data, width, height }: RenderedImage): [number, number, number, number] {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return [left, right, top, bottom];
}

/** sRGB byte of a linear value (IEC 61966-2-1). */
export function byte(x: number): number {
  return Math.round((x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055) * 255);
}
