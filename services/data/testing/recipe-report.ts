import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { ExportFormat } from '#contracts/model/export-format.ts';
import { isGraph } from '#contracts/operations/any-recipe.ts';
import { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { outputOptions, type RecipeOutput } from '#contracts/operations/recipe.ts';

/** A report of a recipe, as a worker would measure one. */
export function recipeReport(bytes: number, format: ExportFormat = 'glb'): OptimizeReport {
  const input = { triangles: 100, vertices: 60, drawCalls: 2, bytes: bytes * 2, gpuBytes: 4000 };
  const output = { triangles: 50, vertices: 30, drawCalls: 1, bytes, gpuBytes: 2000 };
  const deviation = { max: 0.002, mean: 0.0004, relativeMax: 0.001, samples: 1000 };
  const outputs = [{ format, bytes, files: 1, warnings: [] }];
  return OptimizeReport.parse({
    input,
    output,
    outputs,
    deviation,
    operations: [],
    gates: [],
    attempts: 1,
    seconds: 0.75,
  });
}

/** The format that a recipe asks for first, by the payload of its job. */
export function recipeFormat(payloadJson: string): ExportFormat {
  const { recipe } = JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(payloadJson));
  const [first] = isGraph(recipe) ? Object.values(recipe.outputs).flatMap(({ formats }) => formats) : recipe.outputs;
  return outputOptions(first as RecipeOutput).format;
}
