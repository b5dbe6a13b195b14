import type { Document, Node, Property } from '@gltf-transform/core';
import { plural } from '../../formats/corrections.ts';
import { formatBytes } from '../../formats/errors.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Things that nothing refers to. */
export const unusedData: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'accessors, textures, materials, meshes, skins and cameras that nothing refers to, and nodes in no scene',
  finding: 'any',
  severity: 'info',
  sameAs: ['UNUSED_OBJECT'],
  remedy: 'Remove what nothing refers to, to make the file smaller; `maquette optimize` does.',
  measure(document) {
    const tally = new Tally();
    const root = document.getRoot();
    let bytes = 0;
    for (const accessor of unusedOf(document, root.listAccessors())) {
      tally.add(accessor);
      bytes += accessor.getByteLength();
    }
    for (const texture of unusedOf(document, root.listTextures())) {
      tally.add(texture);
      bytes += texture.getImage()?.byteLength ?? 0;
    }
    for (const list of [root.listMaterials(), root.listMeshes(), root.listSkins(), root.listCameras()]) {
      for (const property of unusedOf<Property>(document, list)) tally.add(property);
    }
    for (const node of unusedOf<Node>(document, root.listNodes())) tally.add(node);
    const { total, places } = tally;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'thing')} that nothing uses${bytes > 0 ? ` (${formatBytes(bytes)} of vertex data and textures)` : ''}`,
      places,
    };
  },
};

/** Those that only the lists of the document itself hold. */
function unusedOf<T extends Property>(document: Document, properties: T[]): T[] {
  const root = document.getRoot();
  const graph = document.getGraph();
  return properties.filter((property) => graph.listParentEdges(property).every((edge) => edge.getParent() === root));
}
