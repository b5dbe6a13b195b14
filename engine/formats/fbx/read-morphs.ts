import { child, children, floatsOf, numberAt, splitName, textAt } from './fbx-node.ts';
import { childrenOf, type FbxObject } from './fbx-scene.ts';
import { channelKey } from './read-animation.ts';
import { type FbxShape, readShape } from './read-geometry.ts';

/** A blend shape channel: one weight that moves through one or several shapes. */
export interface FbxMorphChannel {
  name: string;
  /** Weight at rest, in per cent. */
  percent: number;
  /** Keys under which its animation may be found. */
  keys: string[];
  /** The shapes with the per cents at which they are reached, rising. */
  shapes: { name: string; full: number; shape: FbxShape }[];
}

/** All morphs of a mesh: deformers from FBX 7.0 on, shapes inside of the model before. */
export function readMorphs(geometry: FbxObject, hasModernNormals: boolean): FbxMorphChannel[] {
  const channels: FbxMorphChannel[] = [];
  for (const deformer of childrenOf(geometry, 'Deformer', 'BlendShape')) {
    for (const channel of childrenOf(deformer, 'Deformer', 'BlendShapeChannel')) {
      const full = floatsOf(child(channel.node, 'FullWeights'));
      const shapes = childrenOf(channel, 'Geometry').flatMap((object, index) => {
        const shape = readShape(object.node);
        if (!shape) return [];
        const reached = full[index];
        return [{ name: object.name, full: reached !== undefined && reached > 0 ? reached : 100, shape }];
      });
      if (shapes.length === 0) continue;
      shapes.sort((a, b) => a.full - b.full);
      channels.push({
        name: channel.name || shapes[0]!.name,
        percent: channel.properties.number('DeformPercent') ?? numberAt(child(channel.node, 'DeformPercent'), 0) ?? 0,
        keys: [channelKey(channel.id, 'DeformPercent'), channelKey(geometry.id, channel.name)],
        shapes,
      });
    }
  }
  for (const node of children(geometry.node, 'Shape')) {
    const shape = readShape(node);
    if (!shape) continue;
    const name = splitName(textAt(node, 0)).name;
    const models = geometry.parents.filter(({ object }) => object.kind === 'Model').map(({ object }) => object.id);
    channels.push({
      name,
      percent: geometry.properties.number(name) ?? 0,
      keys: models.map((id) => channelKey(id, name)),
      shapes: [{ name, full: 100, shape: hasModernNormals ? shape : { ...shape, normals: null } }],
    });
  }
  return channels;
}

/**
 * The weights of a channel's shapes at a per cent: from the mesh to the first shape, from there to the next, and so on;
 * beyond the ends the last step goes on.
 */
export function shapeWeights(channel: FbxMorphChannel, percent: number, out: Float64Array, offset: number): void {
  const { shapes } = channel;
  out.fill(0, offset, offset + shapes.length);
  let index = 0;
  while (index + 1 < shapes.length && percent > shapes[index]!.full) index++;
  const from = index === 0 ? 0 : shapes[index - 1]!.full;
  const span = shapes[index]!.full - from;
  const share = span > 0 ? (percent - from) / span : 1;
  out[offset + index] = share;
  if (index > 0) out[offset + index - 1] = 1 - share;
}
