import type { DrawnReport } from '#contracts/model/model-report.ts';
import type { SceneSize } from './memory-plan.ts';

/** The size that a report tells, exact up to the rounding of each copied mesh. */
export function sizeFrom(drawn: DrawnReport): SceneSize {
  const { triangles, vertices, parts, copied, materials, lights, emitters, splats } = drawn;
  const still = { parts: 0, deforms: false };
  const none = { ...still, triangles: 0, vertices: 0, copies: 0 };
  const others = Array.from({ length: copied.meshes }, (_, i) => (i === 0 ? { ...still, ...copied } : none));
  const single = { triangles, vertices, parts, copies: 1, deforms: false };
  return { meshes: [single, ...others], top: copied.meshes > 0, materials, lights, emitters, splats };
}
