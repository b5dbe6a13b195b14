// Tables of the `path` integrator, at `H_PATH_TABLES`.

/** Side of the table of opaque lobes, f32x4 an entry: see `bsdf/albedo-tables.ts`. */
export const BSDF_TABLE_SIZE = 32;
/** Table of rough glass: both sides × indices × roughnesses × cosines, f32. */
export const GLASS_TABLE_OFFSET = 16384;
export const GLASS_TABLE_IORS = 12;
export const GLASS_TABLE_ROUGHNESSES = 16;
export const GLASS_TABLE_COSINES = 32;
/** Inverse distribution of the pixel filter: `FILTER_TABLE_SIZE` + 1 offsets in pixels, f32. */
export const FILTER_TABLE_OFFSET = 65536;
export const FILTER_TABLE_SIZE = 64;
/** Directions drawn from the environment: `ENV_POOL_SIZE` × (direction, density; radiance), f32x4 each. */
export const ENV_POOL_OFFSET = 66048;
export const ENV_POOL_SIZE = 32768;
/** Entries of the pool that a work item draws. */
export const ENV_POOL_PART = 1024;
export const PATH_TABLE_BYTES = 1114624;
