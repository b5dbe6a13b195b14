// Finds what the camera has to frame: extremes of all corners of all triangles.

import {
  HEADER, H_INSTANCES, H_INSTANCE_COUNT, H_MESHES, H_TRIANGLES, H_FRAME_RIGHT, H_FRAME_UP, H_FRAME_FORWARD,
  H_FRAME_TANGENTS, H_EXTREMES, INSTANCE_BYTES, INSTANCE_MESH, INSTANCE_KIND, INSTANCE_IDENTITY, INSTANCE_TO_WORLD,
  MESH_BYTES, MESH_REFS, MESH_TRIANGLES_USED, MESH_POSITIONS, MESH_VERTEX_FIRST, TRIANGLE_BYTES,
} from './layout';
import { vec3, dot } from './vec';

// @ts-ignore: decorator
@inline
function load3(p: usize): v128 {
  return vec3(load<f32>(p), load<f32>(p, 4), load<f32>(p, 8));
}

/**
 * Writes `H_EXTREMES`. Only triangles that `buildMesh` kept count, so that a stray vertex does not shrink the picture.
 * Maxima do not depend on order.
 */
export function findExtremes(): void {
  const right = load3(HEADER + H_FRAME_RIGHT), up = load3(HEADER + H_FRAME_UP), forward = load3(HEADER + H_FRAME_FORWARD);
  const kx = load<f32>(HEADER + H_FRAME_TANGENTS), ky = load<f32>(HEADER + H_FRAME_TANGENTS, 4);
  let sides = f32x4.splat(-Infinity);
  let near: f32 = Infinity;
  const triangles = <usize>load<u32>(HEADER + H_TRIANGLES);
  const count = load<i32>(HEADER + H_INSTANCE_COUNT);
  for (let i = 0; i < count; i++) {
    const instance = <usize>load<u32>(HEADER + H_INSTANCES) + <usize>i * INSTANCE_BYTES;
    const mesh = <usize>load<u32>(HEADER + H_MESHES) + <usize>load<u32>(instance, INSTANCE_MESH) * MESH_BYTES;
    const moved = load<i32>(instance, INSTANCE_KIND) != INSTANCE_IDENTITY;
    const m0 = load3(instance + INSTANCE_TO_WORLD), m1 = load3(instance + INSTANCE_TO_WORLD + 16), m2 = load3(instance + INSTANCE_TO_WORLD + 32);
    const origin = vec3(load<f32>(instance, INSTANCE_TO_WORLD + 12), load<f32>(instance, INSTANCE_TO_WORLD + 28), load<f32>(instance, INSTANCE_TO_WORLD + 44));
    const refs = <usize>load<u32>(mesh, MESH_REFS), used = load<i32>(mesh, MESH_TRIANGLES_USED);
    const positions = <usize>load<u32>(mesh, MESH_POSITIONS);
    const first = load<i32>(mesh, MESH_VERTEX_FIRST);
    for (let t = 0; t < used; t++) {
      const triangle = triangles + <usize>load<u32>(refs + (<usize>t << 5), 12) * TRIANGLE_BYTES;
      for (let k: usize = 0; k < 3; k++) {
        let p = load3(positions + <usize>(load<i32>(triangle + (k << 2)) - first) * 12);
        if (moved) p = f32x4.add(vec3(dot(m0, p), dot(m1, p), dot(m2, p)), origin);
        const a = dot(right, p), b = dot(up, p), c = dot(forward, p);
        const value = f32x4.replace_lane(vec3(a - kx * c, -a - kx * c, b - ky * c), 3, -b - ky * c);
        sides = f32x4.pmax(sides, value);
        near = c < near ? c : near;
      }
    }
  }
  v128.store(HEADER + H_EXTREMES, sides);
  store<f32>(HEADER + H_EXTREMES, near, 16);
}
