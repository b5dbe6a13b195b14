import {
  type Document,
  type ExtensibleProperty,
  Extension,
  ExtensionProperty,
  type GLTF,
  type IProperty,
  type Property,
  PropertyType,
  type ReaderContext,
  RefMap,
  type WriterContext,
} from '@gltf-transform/core';
import { findReferences, type IndexReference, withCurrentIndices } from './index-references.ts';

interface IPassThrough extends IProperty {
  value: Record<string, unknown>;
  /** What the indices inside the value mean, by their place in the list of references. */
  targets: RefMap<Property>;
}

/** An index inside the value: where it stands, and what of the writer's lists it counts in. */
type IndexPlace = Omit<IndexReference, 'property'>;

/**
 * JSON of an extension that the engine does not interpret, attached where it was found. What its indices mean it holds
 * by edges of the document's graph: nothing of it is taken for unused, and where duplicates are merged, the indices
 * follow.
 */
export class PassThroughProperty extends ExtensionProperty<IPassThrough> {
  declare public propertyType: 'PassThrough';
  declare public parentTypes: string[];
  declare public extensionName: string;
  declare private places: IndexPlace[];

  /** Runs inside the base constructor, hence no initialisers in this class. */
  protected override init(): void {
    this.propertyType = 'PassThrough';
    this.extensionName = '';
    this.parentTypes = [
      PropertyType.ROOT,
      PropertyType.SCENE,
      PropertyType.NODE,
      PropertyType.CAMERA,
      PropertyType.SKIN,
      PropertyType.MESH,
      PropertyType.PRIMITIVE,
      PropertyType.MATERIAL,
      PropertyType.TEXTURE,
      PropertyType.ANIMATION,
      PropertyType.ANIMATION_CHANNEL,
    ];
    this.places = [];
  }

  protected override getDefaults() {
    return Object.assign(super.getDefaults(), { value: {}, targets: new RefMap<Property>() });
  }

  getValue(): Record<string, unknown> {
    return this.get('value');
  }

  setValue(value: Record<string, unknown>): this {
    return this.set('value', value);
  }

  /** What the indices inside the value mean, without those whose target was removed. */
  listReferences(): IndexReference[] {
    return this.places.map((place, index) => ({ ...place, property: this.getRefMap('targets', String(index)) }));
  }

  /**
   * Says what the indices inside the value mean.
   *
   * @param animates the value is where an animation writes to: its target is no duplicate of one that stands still
   */
  setReferences(references: readonly IndexReference[], animates = false): this {
    this.places = references.map(({ property: _, ...place }) => place);
    for (const [index, { property }] of references.entries()) {
      this.setRefMap('targets', String(index), property, { modifyChild: animates });
    }
    return this;
  }

  override copy(other: this, resolve?: (property: Property) => Property): this {
    super.copy(other, resolve as never);
    this.places = other.places;
    return this;
  }
}

/** The extension whose value on an animation channel says which property of which object moves. */
export const ANIMATION_POINTER = 'KHR_animation_pointer';

type Holder = { extensions?: Record<string, unknown> } | undefined;

/**
 * An `Extension` class for a name that glTF-Transform does not know. It keeps the extension's JSON on scenes, nodes,
 * cameras, skins, meshes, primitives, materials, images, animations, animation channel targets and the root.
 *
 * Indices in extensions whose shape is known (`index-references.ts`) follow the things that they mean; in others they
 * stay as they are, which holds as long as nothing is removed from the lists of the document.
 */
export function passThroughExtension(name: string): typeof Extension & (new (document: Document) => Extension) {
  return class PassThrough extends Extension {
    static override readonly EXTENSION_NAME = name;
    override readonly extensionName = name;

    override read(context: ReaderContext): this {
      const { json } = context.jsonDoc;
      const keep = (property: ExtensibleProperty | undefined, definition: Holder): void => {
        const value = definition?.extensions?.[name];
        if (!property || typeof value !== 'object' || value === null) return;
        const kept = new PassThroughProperty(this.document.getGraph());
        kept.extensionName = name;
        kept.setValue(value as Record<string, unknown>);
        const references = findReferences(name, kept.getValue(), context, this.document);
        property.setExtension(name, kept.setReferences(references, name === ANIMATION_POINTER));
      };
      keep(this.document.getRoot(), json as Holder);
      forEachProperty(context, json, keep);
      return this;
    }

    override write(context: WriterContext): this {
      const { json } = context.jsonDoc;
      const restore = (property: ExtensibleProperty | undefined, definition: Holder): void => {
        const kept = property?.getExtension<PassThroughProperty>(name);
        if (!kept || !definition) return;
        definition.extensions = {
          ...definition.extensions,
          [name]: withCurrentIndices(kept.getValue(), kept.listReferences(), context),
        };
      };
      const root = this.document.getRoot();
      restore(root, json as Holder);
      forEachProperty(
        {
          scenes: root.listScenes(),
          nodes: root.listNodes(),
          cameras: root.listCameras(),
          skins: root.listSkins(),
          meshes: root.listMeshes(),
          materials: root.listMaterials(),
          textures: root.listTextures(),
          animations: root.listAnimations(),
        },
        json,
        restore,
      );
      return this;
    }
  };
}

/**
 * Puts an extension's JSON on a property, as reading would.
 *
 * @param references what the indices inside `value` mean; the values that stand there now are replaced when written
 */
export function attachExtension(
  document: Document,
  holder: ExtensibleProperty,
  name: string,
  value: Record<string, unknown>,
  references: readonly IndexReference[],
): void {
  document.createExtension(passThroughExtension(name));
  const kept = new PassThroughProperty(document.getGraph());
  kept.extensionName = name;
  holder.setExtension(name, kept.setValue(value).setReferences(references));
}

type Lists = Pick<
  ReaderContext,
  'scenes' | 'nodes' | 'cameras' | 'skins' | 'meshes' | 'materials' | 'textures' | 'animations'
>;

/** Pairs each property with its JSON definition. */
function forEachProperty(
  lists: Lists,
  json: GLTF.IGLTF,
  visit: (property: ExtensibleProperty | undefined, definition: Holder) => void,
): void {
  for (const [index, item] of (json.scenes ?? []).entries()) visit(lists.scenes[index], item);
  for (const [index, item] of (json.nodes ?? []).entries()) visit(lists.nodes[index], item);
  for (const [index, item] of (json.cameras ?? []).entries()) visit(lists.cameras[index], item);
  for (const [index, item] of (json.skins ?? []).entries()) visit(lists.skins[index], item);
  for (const [index, item] of (json.materials ?? []).entries()) visit(lists.materials[index], item);
  for (const [index, item] of (json.images ?? []).entries()) visit(lists.textures[index], item);
  for (const [index, item] of (json.meshes ?? []).entries()) {
    visit(lists.meshes[index], item);
    const primitives = lists.meshes[index]?.listPrimitives() ?? [];
    for (const [i, primitive] of item.primitives.entries()) visit(primitives[i], primitive);
  }
  for (const [index, item] of (json.animations ?? []).entries()) {
    visit(lists.animations[index], item);
    const channels = lists.animations[index]?.listChannels() ?? [];
    for (const [i, channel] of item.channels.entries()) visit(channels[i], channel.target as Holder);
  }
}
