// Tasks of `run`.

export const TASK_PREPARE = 0;
export const TASK_TOP_LEVEL = 1;
export const TASK_VISIBILITY = 2;
/** Averages occlusion over 4 × 4 pixels, then (another task) over 8 × 8. */
export const TASK_FILTER = 3;
export const TASK_FILTER_WIDE = 60;
export const TASK_SHADE = 4;
/** Makes the half-size levels of one texture: `H_MIPMAP_TEXTURE`. */
export const TASK_MIPMAPS = 5;
/** Finds what the camera has to frame: `H_EXTREMES`. */
export const TASK_EXTREMES = 6;
/** Fills the table of occlusion rays. */
export const TASK_HEMISPHERE = 7;
/** Fills the tables at `H_PATH_TABLES`, but for that of rough glass and the directions of the environment. */
export const TASK_PATH_TABLES = 20;
/** Takes `H_PATH_COUNT` samples of every pixel that is not finished. */
export const TASK_PATH_TRACE = 21;
/** Decides which pixels are finished. */
export const TASK_PATH_CONVERGENCE = 22;
/** Draws directions from the environment as it is turned in this image. */
export const TASK_PATH_POOL = 23;
/** Fills the table of rough glass, which only materials with a volume take. */
export const TASK_GLASS_TABLE = 24;
/** Builds the table for sampling the environment. */
export const TASK_ENVIRONMENT_TABLE = 30;
/** Lists the triangles that shine, measures them, and builds the tree over them: three tasks, in this order. */
export const TASK_EMITTER_LIST = 31;
export const TASK_EMITTER_POWER = 32;
export const TASK_EMITTER_TREE = 33;
/** Makes the sharp map of the panorama; its half-size levels; the filtered maps: in this order. */
export const TASK_ENVIRONMENT_RESAMPLE = 34;
export const TASK_ENVIRONMENT_LEVELS = 35;
export const TASK_ENVIRONMENT_FILTER_TABLES = 36;
export const TASK_ENVIRONMENT_FILTER = 37;
/** Film to pixels: mean of the samples, exposure, tone mapping, background, colour space. Whole image. */
export const TASK_DEVELOP = 40;
/** Passes that the surfaces alone make, whichever integrator draws the light. Whole image. */
export const TASK_PASSES = 41;
/** Film to light divided by albedo, and what guides the denoiser. */
export const TASK_DENOISE_PREPARE = 42;
/** One level of the edge-avoiding wavelet. */
export const TASK_DENOISE_WAVELET = 43;
/** The first-order regression. */
export const TASK_DENOISE_REGRESSION = 44;
/**
 * Trees of the meshes whose vertices have moved (`MESH_DEFORMS`), built anew. What a ray meets then depends on nothing
 * that was drawn before, down to the last bit: for every frame of a sequence. `TASK_TOP_LEVEL` follows.
 */
export const TASK_REBUILD = 50;
/**
 * The same, about ten times as fast: the tree stays, its boxes follow. Where its expected cost has grown too much, or
 * other triangles can be hit than before, it is built anew all the same. Which of two surfaces at the same place a ray
 * meets may then depend on the moment that the tree was built for: for moments within a frame, after `TASK_REBUILD` at
 * its first. `TASK_TOP_LEVEL` follows.
 */
export const TASK_REFIT = 10;
/** A picture that a view is judged by. */
export const TASK_VIEW = 51;
/** Gaussian splats: project, sort by distance, list by tile, lay over the picture. */
export const TASK_SPLAT_PROJECT = 52;
export const TASK_SPLAT_SORT = 53;
export const TASK_SPLAT_BIN = 54;
export const TASK_SPLAT_DRAW = 55;
/** Finds surfaces from points (see `bake.ts`). */
export const TASK_BAKE = 61;
