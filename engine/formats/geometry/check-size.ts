import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatBytes, formatCount, modelTooLarge } from '../errors.ts';

/** @throws MaquetteError `model_too_large` */
export function checkTriangles(where: string, triangles: number, limits: ModelLimits): void {
  if (triangles <= limits.triangles) return;
  throw modelTooLarge(
    where,
    `The model has ${formatCount(triangles)} triangles; the limit is ${formatCount(limits.triangles)}.`,
    'triangles',
  );
}

/** @throws MaquetteError `model_too_large` */
export function checkDecodedBytes(where: string, bytes: number, limits: ModelLimits): void {
  if (bytes <= limits.decodedBytes) return;
  throw modelTooLarge(
    where,
    `The model needs ${formatBytes(bytes)} of memory; the limit is ${formatBytes(limits.decodedBytes)}.`,
    'decodedBytes',
  );
}

/** @throws MaquetteError `model_too_large` */
export function checkNodes(where: string, nodes: number, limits: ModelLimits): void {
  if (nodes <= limits.nodes) return;
  throw modelTooLarge(
    where,
    `The model has more than ${formatCount(limits.nodes)} nodes, which is the limit.`,
    'nodes',
  );
}
