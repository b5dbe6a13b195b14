import type { Document, Texture } from '@gltf-transform/core';
import type { TextureReport } from '#contracts/model/model-report.ts';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import { type Ktx2Header, readImageHeader } from '../formats/image-header.ts';

/** Khronos data format colour models of Basis Universal. */
const MODEL_ETC1S = 163;

/** Measures every texture from its header, without decoding. */
export function measureTextures(document: Document): TextureReport[] {
  return document
    .getRoot()
    .listTextures()
    .map((texture, index) => measureTexture(document, texture, index));
}

function measureTexture(document: Document, texture: Texture, index: number): TextureReport {
  const image = texture.getImage() ?? new Uint8Array(0);
  const header = readImageHeader(image);
  const width = header?.width ?? 0;
  const height = header?.height ?? 0;
  return {
    name: texture.getName() || `texture ${index}`,
    mimeType: header?.mimeType ?? texture.getMimeType(),
    width,
    height,
    bytes: image.byteLength,
    gpuBytes: header?.ktx2 ? ktx2GpuBytes(header.ktx2, width, height) : mippedBytes(width, height, 4, 1),
    slots: textureSlots(document, texture),
  };
}

/** The names of the references to a texture (`baseColorTexture`, …), without repetition, in order. */
function textureSlots(document: Document, texture: Texture): string[] {
  const names = new Set<string>();
  for (const edge of document.getGraph().listParentEdges(texture)) {
    const parent = edge.getParent();
    if (parent !== document.getRoot() && !(parent instanceof PassThroughProperty)) names.add(edge.getName());
  }
  return [...names].sort();
}

/** A whole mip chain down to 1 × 1; `block` is the side of a block in texels, `bytes` its size. */
function mippedBytes(width: number, height: number, bytes: number, block: number): number {
  if (width === 0 || height === 0) return 0;
  let sum = 0;
  for (let w = width, h = height; ; w = Math.max(1, w >> 1), h = Math.max(1, h >> 1)) {
    sum += Math.ceil(w / block) * Math.ceil(h / block) * bytes;
    if (w === 1 && h === 1) return sum;
  }
}

/**
 * KTX2 stays compressed on a GPU. Where the file tells the size of its levels, that is it (UASTC goes to formats of
 * the same 16 bytes a block); ETC1S goes to 8 bytes a block, or 16 with alpha.
 */
function ktx2GpuBytes(ktx2: Ktx2Header, width: number, height: number): number {
  const images = ktx2.layers * ktx2.faces;
  const stored = ktx2.levelBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (ktx2.vkFormat !== 0 || stored > 0) return stored;
  const bytes = ktx2.colorModel === MODEL_ETC1S && ktx2.samples < 2 ? 8 : 16;
  let sum = 0;
  for (let level = 0; level < ktx2.levels; level++) {
    sum += Math.ceil(Math.max(1, width >> level) / 4) * Math.ceil(Math.max(1, height >> level) / 4) * bytes;
  }
  return sum * images;
}
