import type { Operation } from '#contracts/operations/operation.ts';

/** How much of a model's detail stays: what the search for a target changes. */
export interface Detail {
  /** Triangles at most, as drawn. */
  triangles?: number;
  /** Whether seams of textures stay; they do unless the recipe or this says otherwise. */
  keepSeams?: boolean;
  /** Longest side of a texture at most, in pixels. */
  textureSize?: number;
}

/**
 * The operations of a recipe with less detail: what they simplify and scale anyway goes further, and what they do not
 * is done before the vertices are encoded. Their own limits stay limits.
 */
export function withDetail(
  operations: readonly Operation[],
  { triangles, keepSeams = true, textureSize }: Detail,
): Operation[] {
  let made = [...operations];
  if (triangles !== undefined) made = withTriangles(made, triangles, keepSeams);
  if (textureSize !== undefined) made = withTextureSize(made, textureSize);
  return made;
}

function withTriangles(operations: readonly Operation[], triangles: number, keepSeams: boolean): Operation[] {
  const index = operations.findLastIndex(({ type }) => type === 'simplify' || type === 'bake');
  if (index >= 0) {
    return operations.map((operation, i) =>
      i === index && (operation.type === 'simplify' || operation.type === 'bake')
        ? {
            ...operation,
            error: undefined,
            relativeError: undefined,
            triangles: Math.min(triangles, operation.triangles ?? Infinity),
            keepSeams: operation.keepSeams && keepSeams,
          }
        : operation,
    );
  }
  return insertBeforeEncoders(operations, {
    type: 'simplify',
    triangles,
    lockBorder: false,
    keepSeams,
    keepCreases: false,
  });
}

function withTextureSize(operations: readonly Operation[], size: number): Operation[] {
  const index = operations.findLastIndex(({ type }) => type === 'textures');
  if (index >= 0) {
    return operations.map((operation, i) =>
      i === index && operation.type === 'textures'
        ? { ...operation, maxSize: Math.min(size, operation.maxSize ?? Infinity) }
        : operation,
    );
  }
  return insertBeforeEncoders(operations, {
    type: 'textures',
    maxSize: size,
    format: 'keep',
    quality: 85,
    lossless: false,
    kinds: ['color', 'normal', 'data'],
    onlySmaller: true,
  });
}

function insertBeforeEncoders(operations: readonly Operation[], added: Operation): Operation[] {
  const found = operations.findIndex(({ type }) => ['lod', 'quantize', 'meshopt', 'draco'].includes(type));
  const at = found < 0 ? operations.length : found;
  return [...operations.slice(0, at), added, ...operations.slice(at)];
}
