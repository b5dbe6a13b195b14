// Where the records of the scene lie.

import {
  BLOCK_BYTES, BLOCK_IDS, H_BLOCKS, H_INSTANCES, H_MATERIALS, H_MESHES, H_NODES, H_TRIANGLES, H_VERTICES, HEADER, ID_INDEX,
  INSTANCE_BYTES, MATERIAL_BYTES, MESH_BYTES, NODE_BYTES, REF_BLOCK, TRIANGLE_BYTES, VERTEX_BYTES,
} from './layout';

/** A triangle by its id, with or without flags. */
// @ts-ignore: decorator
@inline
export function triangleAt(id: u32): usize {
  return <usize>load<u32>(HEADER + H_TRIANGLES) + <usize>(id & ID_INDEX) * TRIANGLE_BYTES;
}

// @ts-ignore: decorator
@inline
export function vertexAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_VERTICES) + <usize>index * VERTEX_BYTES;
}

// @ts-ignore: decorator
@inline
export function materialAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_MATERIALS) + <usize>index * MATERIAL_BYTES;
}

// @ts-ignore: decorator
@inline
export function meshAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_MESHES) + <usize>index * MESH_BYTES;
}

// @ts-ignore: decorator
@inline
export function instanceAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_INSTANCES) + <usize>index * INSTANCE_BYTES;
}

// @ts-ignore: decorator
@inline
export function nodeAt(index: u32): usize {
  return <usize>load<u32>(HEADER + H_NODES) + <usize>index * NODE_BYTES;
}

/** The block of a reference to a leaf. */
// @ts-ignore: decorator
@inline
export function blockAt(ref: u32): usize {
  return <usize>load<u32>(HEADER + H_BLOCKS) + <usize>(ref & REF_BLOCK) * BLOCK_BYTES;
}

/** Whether a lane of a block is empty: it has neither an index nor edges. */
// @ts-ignore: decorator
@inline
export function isEmptyLane(lane: usize): bool {
  return (load<u32>(lane, BLOCK_IDS) | load<u32>(lane, 48) | load<u32>(lane, 64) | load<u32>(lane, 80) | load<u32>(lane, 96)
    | load<u32>(lane, 112) | load<u32>(lane, 128)) == 0;
}
