import type { ModelReport } from '#contracts/model/model-report.ts';

/** A report of a model with so many triangles, valid by its schema. */
export function modelReport(triangles: number): ModelReport {
  return {
    format: 'glb',
    generator: null,
    triangles,
    vertices: triangles * 3,
    points: 0,
    lines: 0,
    splats: 0,
    drawCalls: 1,
    nodes: 1,
    meshes: 1,
    bounds: { min: [0, 0, 0], max: [1, 1, 1] },
    watertight: true,
    materials: [],
    textures: [],
    textureGpuBytes: 0,
    animations: [],
    skins: [],
    morphTargets: 0,
    cameras: 0,
    lights: 0,
    variants: [],
    extensionsUsed: [],
    fileBytes: 100,
    glbBytes: 100,
    corrections: [],
    validation: { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false },
  };
}
