/** What is used of Recast. The package's own types do not resolve under the rules of ES modules. */
export interface RecastLibrary {
  generateSoloNavMesh(
    positions: ArrayLike<number>,
    indices: ArrayLike<number>,
    settings: RecastSettings,
  ): { success: true; navMesh: RecastNavMesh } | { success: false; error: string };
  getNavMeshPositionsAndIndices(navMesh: RecastNavMesh): [positions: number[], indices: number[]];
}

/** In cells (across), levels (up) or degrees, if not said otherwise; names are Recast's. */
export interface RecastSettings {
  /** Side of a cell, in metres. */
  cs: number;
  /** Height of a level, in metres. */
  ch: number;
  walkableSlopeAngle: number;
  walkableHeight: number;
  walkableClimb: number;
  walkableRadius: number;
  maxEdgeLen: number;
  maxSimplificationError: number;
  /** Side of a square, which Recast makes an area of. */
  minRegionArea: number;
  /** The same. */
  mergeRegionArea: number;
  maxVertsPerPoly: number;
  detailSampleDist: number;
  detailSampleMaxError: number;
}

interface RecastNavMesh {
  destroy(): void;
}

/** Loads Recast, whose WebAssembly is part of its JavaScript. */
export async function loadRecast(): Promise<RecastLibrary> {
  const [core, generators] = await Promise.all([import('recast-navigation'), import('recast-navigation/generators')]);
  const library = { ...core, ...generators } as unknown as RecastLibrary & { init(): Promise<void> };
  await library.init();
  return library;
}
