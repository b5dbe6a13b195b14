import type { ImageRequest } from '#contracts/render/image-request.ts';
import { denoiserOf, filmBuffers, hasPicture, isTraced, passBuffers } from './film/film-plan.ts';
import * as L from './kernel/layout.ts';
import { MemoryLayout } from './memory-layout.ts';
import type { NamedCounts } from './memory-plan.ts';

/** Addresses of what an image takes in the kernel's memory, behind the scene, in bytes. */
export interface ImagePlan {
  /** End of the image's memory. */
  total: number;
  /** Sizes by name, for people. */
  parts: Record<string, number>;
  gbuffer: number;
  /** Occlusion as traced, and as the narrow filter leaves it. */
  occlusion: number;
  occlusionNarrow: number;
  /** Hits at pixel centres, and what pixels need. */
  hits: number;
  interior: number;
  /** Tiles in which nothing blocks light. */
  openTiles: number;
  pixels: number;
  /** Buffers of the film, 0 where the request needs none. */
  film: { radiance: number; albedo: number; normal: number; half: number };
  /** The `path` integrator's: a byte a pixel, and the tiles that are not finished. 0 for the other. */
  path: { active: number; tiles: number };
  /** Buffers of passes and tables of ids, 0 where the request needs none. */
  passes: {
    surface: number;
    normal: number;
    albedo: number;
    object: number;
    material: number;
    objects: number;
    instanceIds: number;
    materialIds: number;
  };
  /** What the denoiser works on, 0 where there is none. */
  denoise: { light: number; second: number; filtered: number; normal: number; albedo: number; scratch: number };
  /** Rows rendered at once. */
  bandRows: number;
}

/** Rows above and below a band that the filters look at: 2 and 4, and 1 when edges are shaded. */
export const BAND_BORDER = 7;

/**
 * About so many pixels make a band, whose buffers every band takes in turn: memory that is touched for the first time
 * costs more than what filters look at on both sides of a border. A band has at least so many rows, where most pixels of
 * a band allow.
 */
const BAND_PIXELS = 131_072;
const LEAST_BAND_ROWS = 150;
const MOST_BAND_PIXELS = 1_048_576;

/** Number of tiles that an image falls into. */
export function tileCount({ width, height }: Pick<ImageRequest, 'width' | 'height'>): number {
  return Math.ceil(width / L.TILE) * Math.ceil(height / L.TILE);
}

/** Rows of each band but the last: whole tiles, about equal parts of the image. */
function rowsOfBand(width: number, height: number): number {
  const bands = Math.min(Math.ceil((width * height) / BAND_PIXELS), Math.floor(height / LEAST_BAND_ROWS));
  const rows = Math.ceil(height / Math.max(1, bands) / L.TILE) * L.TILE;
  const most = Math.max(L.TILE, Math.floor(MOST_BAND_PIXELS / width / L.TILE) * L.TILE);
  return Math.min(height, rows, most);
}

/** Lays out the memory of an image from `start` on. Nothing is allocated. */
export function planImage(start: number, request: ImageRequest, named: NamedCounts): ImagePlan {
  const { width, height } = request;
  const layout = new MemoryLayout(start);
  const take = (bytes: number) => layout.take('image', bytes);
  const needed = filmBuffers(request);
  const film = (is: boolean) => (is ? take(width * height * L.FILM_BYTES) : 0);
  const denoiser = denoiserOf(request);
  const denoised = () => film(denoiser !== 'off');
  const passes = passBuffers(request);
  const pass = (is: boolean, bytes: number) => (is ? take(width * height * bytes) : 0);
  const bandRows = rowsOfBand(width, height);
  const traced = isTraced(request);
  const picture = hasPicture(request);
  const band = { width, height: traced || !picture ? 0 : Math.min(height, bandRows + 2 * BAND_BORDER) };
  const bandPixels = band.width * band.height;
  return {
    gbuffer: take(bandPixels * L.G_BYTES),
    occlusion: take(bandPixels * L.OCCLUSION_BYTES),
    occlusionNarrow: take(bandPixels * L.OCCLUSION_BYTES),
    hits: take(bandPixels * L.HIT_BYTES),
    interior: take(bandPixels),
    openTiles: take(tileCount(band)),
    pixels: picture ? take(width * height * 4) : 0,
    film: {
      radiance: film(needed.radiance),
      albedo: film(needed.features),
      normal: film(needed.features),
      half: film(needed.half),
    },
    path: { active: traced ? take(width * height) : 0, tiles: traced ? take(tileCount(request) * 4) : 0 },
    passes: {
      surface: pass(passes.surface, L.PASS_BYTES),
      normal: pass(passes.normal, L.PASS_BYTES),
      albedo: pass(passes.albedo, L.PASS_BYTES),
      object: pass(passes.object, L.ID_PASS_BYTES),
      material: pass(passes.material, L.ID_PASS_BYTES),
      objects: passes.object ? take(named.parts * L.OBJECT_BYTES) : 0,
      instanceIds: passes.object ? take(named.instances * 4) : 0,
      materialIds: passes.material ? take(named.materials * 4) : 0,
    },
    denoise: {
      light: denoised(),
      second: film(denoiser === 'high'),
      filtered: denoised(),
      normal: denoised(),
      albedo: denoised(),
      scratch: denoiser === 'high' ? take(L.MAX_THREADS * L.DENOISE_SCRATCH) : 0,
    },
    bandRows,
    parts: layout.parts,
    total: layout.end,
  };
}
