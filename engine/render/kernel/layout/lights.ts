// Punctual lights, triangles that shine, and the environment.

// Punctual light, in render space. Position; what it is; unit direction (towards a directional light, along a spot's
// axis); range (0: without end); colour times intensity; scale and offset of a spot's angular falloff.
export const LIGHT_BYTES = 64;
export const LIGHT_KIND = 12;
export const LIGHT_DIRECTIONAL = 0;
export const LIGHT_POINT = 1;
export const LIGHT_SPOT = 2;
export const LIGHT_AXIS = 16;
export const LIGHT_RANGE = 28;
export const LIGHT_COLOR = 32;
export const LIGHT_SPOT_SCALE = 44;
export const LIGHT_SPOT_OFFSET = 48;
/** Most lights that count: a bit each. */
export const MAX_LIGHTS = 32;

// Emitter, in render space: a corner f32x3 and its triangle, an edge and its instance, the other edge and its power.
export const EMITTER_BYTES = 48;
export const EMITTER_POWER = 44;
/** Most emitters in the list. */
export const MAX_EMITTERS = 262144;
/** Node over emitters, each field four lanes, one a child: least and greatest corner, power, axis, cosine of the cone. */
export const EMITTER_NODE_BYTES = 176;
export const NODE_HIGH = 48;
export const NODE_POWER = 96;
export const NODE_AXIS = 112;
export const NODE_COSINE = 160;

// Environment: octahedral maps, f32 RGBA, one border texel on every side. A sharp map of a power of two with its
// half-size levels, and the filtered maps, of rising roughness.
export const ENV_FILTERED = 7;
/** Levels of the sharp map end with this many texels a side. */
export const ENV_SMALLEST_LEVEL = 16;
/** Side of the level that wide lobes are integrated over, and samples of a narrow lobe. */
export const ENV_INTEGRATED_SIZE = 64;
export const ENV_LOBE_SAMPLES = 384;
/** Texels a side, borders not counted. Map i is filtered for perceptual roughness i / ENV_FILTERED. */
export const ENV_SIZE_1 = 128;
export const ENV_SIZE_2 = 96;
export const ENV_SIZE_3 = 64;
export const ENV_SIZE_4 = 64;
export const ENV_SIZE_5 = 32;
export const ENV_SIZE_6 = 32;
export const ENV_SIZE_7 = 32;
