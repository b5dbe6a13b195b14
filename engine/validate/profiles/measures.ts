import type { ModelReport } from '#contracts/model/model-report.ts';
import type { MeasureName } from '#contracts/profiles/measure-names.ts';
import type { ListName } from '#contracts/profiles/profile.ts';

/** A measurement of a report. */
interface Measure {
  /** What it is, with its unit. */
  text: string;
  /** What to do when it breaks a limit. */
  remedy: string;
  /** Null where the model has nothing to measure. */
  of(report: ModelReport): number | null;
}

const SMALLER = 'Make the model lighter: `maquette optimize` merges, simplifies and compresses, and says what is lost.';
const SIMPLER = 'Simplify the model: `maquette optimize --triangles N`.';
const TEXTURES = 'Scale textures down or compress them: the operation `textures` of `maquette optimize`.';
const JOIN = 'Merge materials and meshes: the operations `dedupe`, `flatten` and `join` of `maquette optimize`.';
const STRIP = 'Leave them out of the export, or remove them: the operation `strip` of `maquette optimize`.';
const UNIT =
  'Check the unit of the export: glTF is in metres. The operation `transform` of `maquette optimize` scales.';
const PLACE = 'Place the model: the operation `transform` of `maquette optimize` (`center`, `ground`).';
const FINDINGS = 'See the findings of the validation, each with what to do.';

/** Every measurement that a profile can limit. */
export const MEASURES: Record<MeasureName, Measure> = {
  fileBytes: { text: 'Size of the source, all files together, in bytes', remedy: SMALLER, of: (r) => r.fileBytes },
  gltfBytes: {
    text: 'Size as glTF in bytes: of the source where it is one, otherwise of the GLB made of it, uncompressed',
    remedy: SMALLER,
    of: (r) => (r.format === 'glb' || r.format === 'gltf' ? r.fileBytes : r.glbBytes),
  },
  triangles: { text: 'Triangles as drawn', remedy: SIMPLER, of: (r) => r.triangles },
  vertices: { text: 'Vertices as stored', remedy: SIMPLER, of: (r) => r.vertices },
  points: { text: 'Points as drawn', remedy: STRIP, of: (r) => r.points },
  lines: { text: 'Lines as drawn', remedy: STRIP, of: (r) => r.lines },
  splats: { text: 'Gaussian splats', remedy: 'Leave them out of the export.', of: (r) => r.splats },
  drawCalls: { text: 'Draw calls', remedy: JOIN, of: (r) => r.drawCalls },
  nodes: { text: 'Nodes', remedy: JOIN, of: (r) => r.nodes },
  meshes: { text: 'Meshes', remedy: JOIN, of: (r) => r.meshes },
  materials: { text: 'Materials', remedy: JOIN, of: (r) => r.materials.length },
  textures: { text: 'Textures', remedy: TEXTURES, of: (r) => r.textures.length },
  largestTexture: {
    text: 'Longest side of any texture, in pixels',
    remedy: TEXTURES,
    of: (r) => most(r.textures.map(({ width, height }) => Math.max(width, height))),
  },
  texturesNotPowerOfTwo: {
    text: 'Textures with a side that is no power of two',
    remedy: 'Scale these textures to powers of two, such as 1024 × 2048.',
    of: (r) =>
      r.textures.length === 0 ? null : r.textures.filter(({ width, height }) => isOdd(width) || isOdd(height)).length,
  },
  textureGpuBytes: {
    text: 'Memory of the textures on a GPU, in bytes',
    remedy: TEXTURES,
    of: (r) => r.textureGpuBytes,
  },
  skins: { text: 'Skins', remedy: STRIP, of: (r) => r.skins.length },
  joints: { text: 'Joints of the largest skin', remedy: STRIP, of: (r) => most(r.skins.map(({ joints }) => joints)) },
  morphTargets: { text: 'Morph targets', remedy: STRIP, of: (r) => r.morphTargets },
  animations: { text: 'Animations', remedy: STRIP, of: (r) => r.animations.length },
  animationSeconds: {
    text: 'Length of the longest animation, in seconds',
    remedy: 'Shorten the animation.',
    of: (r) => most(r.animations.map(({ seconds }) => seconds)),
  },
  cameras: { text: 'Cameras', remedy: STRIP, of: (r) => r.cameras },
  lights: { text: 'Lights of the file', remedy: STRIP, of: (r) => r.lights },
  variants: { text: 'Material variants', remedy: 'Leave them out of the export.', of: (r) => r.variants.length },
  width: { text: 'Size along x, in metres', remedy: UNIT, of: (r) => sidesOf(r)?.[0] ?? null },
  height: { text: 'Size along y, in metres', remedy: UNIT, of: (r) => sidesOf(r)?.[1] ?? null },
  depth: { text: 'Size along z, in metres', remedy: UNIT, of: (r) => sidesOf(r)?.[2] ?? null },
  longestSide: { text: 'Longest side of the bounds, in metres', remedy: UNIT, of: (r) => most(sidesOf(r) ?? []) },
  shortestSide: {
    text: 'Shortest side of the bounds, in metres',
    remedy: UNIT,
    of: (r) => (r.bounds ? Math.min(...(sidesOf(r) ?? [])) : null),
  },
  lowestPoint: { text: 'Height of the lowest point, in metres', remedy: PLACE, of: (r) => r.bounds?.min[1] ?? null },
  footprintOffset: {
    text: 'Distance of the centre of the bounds from the vertical axis through the origin, as a share of the longest side',
    remedy: PLACE,
    of: footprintOffset,
  },
  validationErrors: { text: 'Errors of the validation', remedy: FINDINGS, of: (r) => r.validation.errors },
  validationWarnings: { text: 'Warnings of the validation', remedy: FINDINGS, of: (r) => r.validation.warnings },
};

/** Every list that a profile can limit. */
export const LISTS: Record<ListName, { text: string; remedy: string; of(report: ModelReport): string[] }> = {
  textureFormats: {
    text: 'Formats of the textures, as media types',
    remedy: TEXTURES,
    of: (r) => [...new Set(r.textures.map(({ mimeType }) => mimeType))].toSorted(),
  },
  extensions: {
    text: 'Extensions that the model uses',
    remedy: 'Leave the extension out of the export, or allow it in the profile.',
    of: (r) => r.extensionsUsed.toSorted(),
  },
};

function most(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(...values);
}

function isOdd(side: number): boolean {
  return (side & (side - 1)) !== 0;
}

function sidesOf({ bounds }: ModelReport): number[] | null {
  return bounds ? bounds.max.map((max, axis) => max - bounds.min[axis]!) : null;
}

function footprintOffset(report: ModelReport): number | null {
  const longest = most(sidesOf(report) ?? []);
  if (!report.bounds || !longest) return null;
  const { min, max } = report.bounds;
  return Math.hypot(min[0] + max[0], min[2] + max[2]) / 2 / longest;
}
