import type { CheckCode } from '#contracts/model/check-codes.ts';
import { animationGaps } from './animation-gaps.ts';
import type { Check } from './check.ts';
import { degenerateTriangles } from './degenerate-triangles.ts';
import { disconnectedParts } from './disconnected-parts.ts';
import { duplicateTriangles } from './duplicate-triangles.ts';
import { extremeScale } from './extreme-scale.ts';
import { farFromOrigin } from './far-from-origin.ts';
import { inconsistentWinding } from './inconsistent-winding.ts';
import { insideOutParts } from './inside-out-parts.ts';
import { invertedNormals } from './inverted-normals.ts';
import { missingTangents } from './missing-tangents.ts';
import { nonFiniteValues } from './non-finite-values.ts';
import { nonManifoldEdges } from './non-manifold-edges.ts';
import { openBoundaries } from './open-boundaries.ts';
import { selfIntersections } from './self-intersections.ts';
import { textureFormat } from './texture-format.ts';
import { textureNotPowerOfTwo } from './texture-not-power-of-two.ts';
import { textureTooLarge } from './texture-too-large.ts';
import { unevenTexelDensity } from './uneven-texel-density.ts';
import { unusedData } from './unused-data.ts';
import { unusedVertices } from './unused-vertices.ts';
import { uvOutOfRange } from './uv-out-of-range.ts';
import { uvOverlap } from './uv-overlap.ts';
import { weightsNotNormalized } from './weights-not-normalized.ts';

/** Every check by its code, in the order of reports and of the documentation. */
export const CHECKS: Record<CheckCode, Check> = {
  NON_FINITE_VALUES: nonFiniteValues,
  WEIGHTS_NOT_NORMALIZED: weightsNotNormalized,
  NON_MANIFOLD_EDGES: nonManifoldEdges,
  OPEN_BOUNDARIES: openBoundaries,
  INCONSISTENT_WINDING: inconsistentWinding,
  INSIDE_OUT_PARTS: insideOutParts,
  INVERTED_NORMALS: invertedNormals,
  DEGENERATE_TRIANGLES: degenerateTriangles,
  DUPLICATE_TRIANGLES: duplicateTriangles,
  SELF_INTERSECTIONS: selfIntersections,
  DISCONNECTED_PARTS: disconnectedParts,
  UNUSED_VERTICES: unusedVertices,
  UNUSED_DATA: unusedData,
  UV_OVERLAP: uvOverlap,
  UV_OUT_OF_RANGE: uvOutOfRange,
  UNEVEN_TEXEL_DENSITY: unevenTexelDensity,
  TEXTURE_TOO_LARGE: textureTooLarge,
  TEXTURE_NOT_POWER_OF_TWO: textureNotPowerOfTwo,
  TEXTURE_FORMAT: textureFormat,
  MISSING_TANGENTS: missingTangents,
  EXTREME_SCALE: extremeScale,
  FAR_FROM_ORIGIN: farFromOrigin,
  ANIMATION_GAPS: animationGaps,
};
