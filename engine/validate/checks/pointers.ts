import type { Document, Property } from '@gltf-transform/core';

/** The JSON pointers of a document's parts in glTF, as they were when it was made, and how to call the parts. */
export class Pointers {
  private readonly known = new Map<Property, { pointer: string; label: string }>();

  constructor(document: Document) {
    const root = document.getRoot();
    this.addAll('scenes', 'scene', root.listScenes());
    this.addAll('nodes', 'node', root.listNodes());
    this.addAll('materials', 'material', root.listMaterials());
    // A texture of the document is an image of the file.
    this.addAll('images', 'texture', root.listTextures());
    this.addAll('accessors', 'accessor', root.listAccessors());
    this.addAll('skins', 'skin', root.listSkins());
    this.addAll('cameras', 'camera', root.listCameras());
    const meshes = root.listMeshes();
    this.addAll('meshes', 'mesh', meshes);
    for (const mesh of meshes) {
      const primitives = mesh.listPrimitives();
      this.addParts(mesh, 'primitives', primitives, primitives.length > 1 ? 'primitive' : null);
    }
    const animations = root.listAnimations();
    this.addAll('animations', 'animation', animations);
    for (const animation of animations) {
      this.addParts(animation, 'channels', animation.listChannels(), 'channel');
      this.addParts(animation, 'samplers', animation.listSamplers(), 'sampler');
    }
  }

  /** The pointer of a part; empty for one that came later. */
  pointerOf(property: Property): string {
    return this.known.get(property)?.pointer ?? '';
  }

  /** The part as it is called in a sentence: `mesh "Body", primitive 1`. */
  labelOf(property: Property): string {
    return this.known.get(property)?.label ?? property.propertyType.toLowerCase();
  }

  private addAll(list: string, kind: string, properties: Property[]): void {
    for (const [index, property] of properties.entries()) {
      const name = property.getName();
      this.known.set(property, {
        pointer: `/${list}/${index}`,
        label: name ? `${kind} ${JSON.stringify(name)}` : `${kind} ${index}`,
      });
    }
  }

  private addParts(owner: Property, list: string, parts: Property[], kind: string | null): void {
    for (const [index, part] of parts.entries()) {
      const label = this.labelOf(owner);
      this.known.set(part, {
        pointer: `${this.pointerOf(owner)}/${list}/${index}`,
        label: kind ? `${label}, ${kind} ${index}` : label,
      });
    }
  }
}
