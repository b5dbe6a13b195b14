import { type Document, type Texture, TextureInfo } from '@gltf-transform/core';
import { plural } from '../../formats/corrections.ts';
import { readImageHeader } from '../../formats/image-header.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Textures that are repeated or have mip-maps, with sides that are no powers of two. */
export const textureNotPowerOfTwo: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures:
    'textures with a side that is no power of two, among those that a sampler repeats or that it asks mip-maps of. A side of one pixel counts as a power of two',
  finding: 'any',
  severity: 'info',
  sameAs: ['IMAGE_NPOT_DIMENSIONS'],
  remedy:
    'Scale the texture to powers of two: older devices scale it on loading, or do not repeat it; others only lose a little speed.',
  measure(document) {
    const tally = new Tally();
    let concerned = 0;
    for (const texture of document.getRoot().listTextures()) {
      if (!matters(document, texture)) continue;
      concerned++;
      const header = readImageHeader(texture.getImage() ?? new Uint8Array(0));
      if (header && !(isPowerOfTwo(header.width) && isPowerOfTwo(header.height))) {
        tally.add(texture, `${header.width} × ${header.height}`);
      }
    }
    const { total, places } = tally;
    if (concerned === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'repeated or mip-mapped texture')} with a side that is no power of two`,
      places,
    };
  },
};

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}

/** Whether a sampler of one of its users repeats or mip-maps a texture. */
function matters(document: Document, texture: Texture): boolean {
  const graph = document.getGraph();
  for (const edge of graph.listParentEdges(texture)) {
    // The settings hang on the same parent, under the name of the texture and `Info`.
    const name = `${edge.getName()}Info`;
    for (const other of graph.listChildEdges(edge.getParent())) {
      const info = other.getChild();
      if (other.getName() === name && info instanceof TextureInfo && (repeats(info) || mipMaps(info))) return true;
    }
  }
  return false;
}

function repeats(info: TextureInfo): boolean {
  const { CLAMP_TO_EDGE } = TextureInfo.WrapMode;
  return info.getWrapS() !== CLAMP_TO_EDGE || info.getWrapT() !== CLAMP_TO_EDGE;
}

function mipMaps(info: TextureInfo): boolean {
  const { NEAREST, LINEAR } = TextureInfo.MinFilter;
  const filter = info.getMinFilter();
  return filter !== null && filter !== NEAREST && filter !== LINEAR;
}
