// Buffers of the image and of the band that is being drawn.

/** Bytes of a pixel that a view is judged by: see `H_VIEW_PIXELS`. */
export const VIEW_PIXEL_BYTES = 16;
/** Bytes of a pixel of the film. */
export const FILM_BYTES = 16;
/** Bytes of a pixel of the passes surface, normal and albedo. */
export const PASS_BYTES = 16;
/** Bytes of an object in the table at `H_OBJECTS`: its first triangle and its id. */
export const OBJECT_BYTES = 8;
/** What a pixel is to the denoiser. */
export const CLASS_EMPTY = 0;
export const CLASS_SURFACE = 1;
/** Nothing but the shadow on the ground: its light is its alpha. */
export const CLASS_GROUND = 2;
/** Ids of a pixel, by falling coverage, and the bytes of a pixel of such a pass. */
export const ID_RANKS = 6;
export const ID_PASS_BYTES = 48;
/** Side of the table of directional albedo; an entry is scale, bias, sheen, mean cosine of the microfacets (f32x4). */
export const DFG_SIZE = 32;
/** Interleaved patterns of occlusion rays (8 × 8 pixels), and the most rays of one pattern. */
export const PATTERNS = 64;
export const MAX_OCCLUSION_RAYS = 16;

// G-buffer of a pixel: depth along the view axis f32 (infinite: nothing), normal (octahedral, two snorm16), signature of
// what is seen | flags (see gbuffer.ts), filtered occlusion (two unorm16: share of light, share of directions).
export const G_BYTES = 16;
export const G_NORMAL = 4;
export const G_SURFACE = 8;
export const G_OCCLUSION = 12;
/** Light that arrives, light there would be without anything in between, share of open directions, f32; 4 unused. */
export const OCCLUSION_BYTES = 16;

// Hit of a pixel's centre: distance, barycentric u and v (f32), triangle id, address of its block | its lane, instance.
export const HIT_BYTES = 24;
/** Id of a hit on the ground. */
export const HIT_GROUND = 0xffffffff;

// What a pixel needs: all of its samples, one since it and its neighbours show one smooth surface, or none.
export const PIXEL_EDGE = 0;
export const PIXEL_INTERIOR = 1;
export const PIXEL_EMPTY = 2;

/** Side of a tile in pixels. */
export const TILE = 16;
