import { OptimizeReport } from '#contracts/operations/optimize-report.ts';

/** A report of a recipe, as a worker would measure one. */
export function recipeReport(bytes: number): OptimizeReport {
  const input = { triangles: 100, vertices: 60, drawCalls: 2, bytes: bytes * 2, gpuBytes: 4000 };
  const output = { triangles: 50, vertices: 30, drawCalls: 1, bytes, gpuBytes: 2000 };
  const deviation = { max: 0.002, mean: 0.0004, relativeMax: 0.001, samples: 1000 };
  return OptimizeReport.parse({ input, output, deviation, operations: [], gates: [], attempts: 1, seconds: 0.75 });
}
