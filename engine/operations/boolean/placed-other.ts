import type { Document, Material, Node, Primitive } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { type OtherModel, otherModel } from '#contracts/operations/other-model.ts';
import { formatCount } from '../../formats/errors.ts';
import { materialCopier } from '../copy-materials.ts';
import { noPlaceNamed } from '../solids/errors.ts';
import { type MeshNode, namedMeshNodes, namedNodes } from '../solids/placed-nodes.ts';
import { removeSkins } from '../strip.ts';
import { rotationOf } from '../transform.ts';

/** Places of one model in another at most. */
const MOST_PLACES = 1000;

/** A second model as a document of its own, which is moved from place to place in the world of the first. */
export interface PlacedOther {
  /** Its name in the recipe. */
  name: string;
  document: Document;
  /** What draws the bodies that are meant, at the place that it stands at. */
  nodes: MeshNode[];
  /** How many places it has; it stands at the first. */
  places: number;
  moveTo(place: number): void;
  /** The material of a primitive of either model in the first: those of this one are copied when asked for. */
  materialOf(this: void, primitive: Primitive): Material | null;
}

/**
 * Takes a model beside another one: at the nodes that are named, or once in the world.
 *
 * @param open gives it as a document to change
 * @throws MaquetteError `operation_impossible` where nothing has a name that was given, and what `open` throws
 */
export async function placeOther(
  document: Document,
  { with: given, b }: OperationOf<'boolean'>,
  open: (model: string) => Promise<Document>,
): Promise<PlacedOther | null> {
  if (given === undefined) return null;
  const wanted = otherModel(given);
  const places = placesOf(document, wanted);
  const other = await open(wanted.model);
  if (other.getRoot().listSkins().length > 0) removeSkins(other);
  const scene = other.getRoot().getDefaultScene();
  const placement = other
    .createNode('placement')
    .setScale([wanted.scale, wanted.scale, wanted.scale])
    .setRotation(rotationOf(wanted.rotate))
    .setTranslation([...wanted.translate]);
  for (const child of scene?.listChildren() ?? []) {
    scene!.removeChild(child);
    placement.addChild(child);
  }
  scene?.addChild(placement);
  const stands = standingAt(other, placement);
  stands(places[0] ?? null);
  const copied = materialCopier(document, other);
  return {
    name: wanted.model,
    document: other,
    nodes: namedMeshNodes(other, b),
    places: places.length,
    moveTo: (place) => stands(places[place] ?? null),
    materialOf(primitive) {
      const material = primitive.getMaterial();
      return material && primitive.getGraph() === other.getGraph() ? copied(material) : material;
    },
  };
}

/** The nodes that it stands at; null stands for the world. */
function placesOf(document: Document, { at }: OtherModel): (Node | null)[] {
  if (!at) return [null];
  const { found, names } = namedNodes(document, at);
  if (found.length === 0) throw noPlaceNamed(at, names);
  if (found.length > MOST_PLACES) {
    throw new MaquetteError(
      'operation_impossible',
      `${formatCount(found.length)} nodes have a name of \`at\`; a model stands at ${formatCount(MOST_PLACES)} at most.`,
      { remedy: 'Name fewer.' },
    );
  }
  return found;
}

/**
 * Puts a node below copies of the nodes that lead to another one in its own document: no single transform says where
 * that stands, since turns below uneven scales shear.
 */
function standingAt(other: Document, placement: Node): (place: Node | null) => void {
  let way: Node[] = [];
  return (place) => {
    const scene = other.getRoot().getDefaultScene();
    if (!scene) return;
    const before = way;
    way = [];
    for (let node = place; node; node = node.getParentNode()) {
      way.unshift(
        other
          .createNode('place')
          .setTranslation(node.getTranslation())
          .setRotation(node.getRotation())
          .setScale(node.getScale()),
      );
    }
    let above: Node | null = null;
    for (const node of way) {
      if (above) above.addChild(node);
      else scene.addChild(node);
      above = node;
    }
    if (above) above.addChild(placement);
    else scene.addChild(placement);
    for (const node of before) node.dispose();
  };
}
