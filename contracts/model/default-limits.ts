/** The limits on a model where nobody sets others; see `ModelLimits`. */
export const DEFAULT_LIMITS = {
  fileBytes: 2 * 1024 ** 3,
  decodedBytes: 2 * 1024 ** 3,
  triangles: 20_000_000,
  nodes: 200_000,
  texturePixels: 16_384 * 16_384,
  archiveEntries: 10_000,
  archiveRatio: 200,
} as const;
