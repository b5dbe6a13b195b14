// Points of one surface at which another is looked for, and what is found there.

/**
 * Point: place f32x3 in render space, seed u32; unit direction outwards f32x3, side of a texel f32; how far the other
 * surface may lie outwards and inwards, f32 each; the first of its triangles and the one after the last, u32 each.
 */
export const BAKE_POINT_BYTES = 48;
export const BP_SEED = 12;
export const BP_OUTWARDS = 16;
export const BP_TEXEL = 28;
export const BP_FRONT = 32;
export const BP_BACK = 36;
export const BP_FIRST = 40;
export const BP_END = 44;
/**
 * What is found: base colour and alpha; normal with bumps f32x3, distance outwards (infinite: nothing); share of open
 * directions, roughness, metalness, occlusion by the material; emission f32x3; all f32, linear; 4 unused.
 */
export const BAKE_FOUND_BYTES = 64;
export const BF_NORMAL = 16;
export const BF_DISTANCE = 28;
export const BF_OPEN = 32;
export const BF_ROUGHNESS = 36;
export const BF_METALLIC = 40;
export const BF_OCCLUSION = 44;
export const BF_EMISSION = 48;
/** Points that a thread takes at once. */
export const BAKE_ITEM = 128;
