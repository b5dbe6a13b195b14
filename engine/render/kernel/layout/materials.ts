// Textures and materials.

// Texture: one image with its chain of half-size levels, RGB or RGBA, eight bits a channel.
export const TEXTURE_BYTES = 32;
export const TEXTURE_PIXELS = 0;
export const TEXTURE_WIDTH = 4;
export const TEXTURE_HEIGHT = 8;
export const TEXTURE_LEVELS = 12;
/** Non-zero: colour channels are sRGB. */
export const TEXTURE_SRGB = 16;
/** Bytes of a texel: 3 where all of it is opaque, else 4. */
export const TEXTURE_TEXEL = 20;
/** Bands of the image whose half-size levels are still to be made. */
export const TEXTURE_BANDS_OPEN = 24;
/** Rows of a band, a power of two: its levels down to a single row take no other band's. */
export const MIPMAP_ROWS = 64;

// Material
export const MATERIAL_BYTES = 832;
export const M_FLAGS = 0;
/** Slots that have a texture, a bit each; but for one that repeats another's. */
export const M_TEXTURED = 4;
export const M_BASE_COLOR = 16; // f32x4
export const M_EMISSIVE = 32; // f32x3
export const M_METALLIC = 48;
export const M_ROUGHNESS = 52;
export const M_NORMAL_SCALE = 56;
export const M_OCCLUSION_STRENGTH = 60;
export const M_ALPHA_CUTOFF = 64;
export const M_IOR = 68;
export const M_SPECULAR = 72;
export const M_CLEARCOAT = 76;
export const M_CLEARCOAT_ROUGHNESS = 80;
export const M_CLEARCOAT_NORMAL_SCALE = 84;
export const M_TRANSMISSION = 88;
export const M_SHEEN_ROUGHNESS = 92;
export const M_SPECULAR_COLOR = 96; // f32x3
export const M_SHEEN_COLOR = 112; // f32x3
/** Absorption of the volume behind the surface (KHR_materials_volume), per unit of length times thickness; f32x3. */
export const M_ABSORPTION = 736;
/** Absorption of the volume along a ray, per unit of the model's length; f32x3. */
export const M_ATTENUATION = 752;
/** KHR_materials_dispersion: 20 divided by the Abbe number. */
export const M_DISPERSION = 764;
export const M_DIFFUSE_TRANSMISSION_COLOR = 768; // f32x3
export const M_DIFFUSE_TRANSMISSION = 780;
/** KHR_materials_iridescence: share of the surface with a film, its index of refraction, its thickness in nanometres. */
export const M_IRIDESCENCE = 784;
export const M_IRIDESCENCE_IOR = 788;
export const M_IRIDESCENCE_THICKNESS_MIN = 792;
export const M_IRIDESCENCE_THICKNESS_MAX = 796;
/** KHR_materials_anisotropy: strength, then cosine and sine of the rotation from the tangent towards the bitangent. */
export const M_ANISOTROPY = 800;
export const M_ANISOTROPY_COS = 804;
export const M_ANISOTROPY_SIN = 808;
export const M_SLOTS = 128;

// Material flags
export const MF_MASK = 1;
export const MF_BLEND = 2;
export const MF_DOUBLE_SIDED = 4;
export const MF_UNLIT = 8;
export const MF_CLEARCOAT = 16;
export const MF_SHEEN = 32;
export const MF_TRANSMISSION = 64;
export const MF_VERTEX_COLOR = 128;
/** Specular-glossiness: the base colour slot is diffuse, the specular colour slot is specular colour and glossiness. */
export const MF_SPECULAR_GLOSSINESS = 256;
export const MF_IRIDESCENCE = 1024;
export const MF_ANISOTROPY = 2048;
/** Light that passes the surface goes on through a volume: it is refracted, and absorbed on its way. */
export const MF_VOLUME = 4096;
export const MF_DISPERSION = 8192;
export const MF_DIFFUSE_TRANSMISSION = 16384;
/** Some emissive factor is above zero: the surface shines, unless its texture is black. */
export const MF_EMISSIVE = 32768;
/** Rays meet the surface from behind too, since they come from inside of its volume. */
export const MF_INSIDE = 65536;

// Texture slot of a material: texture index or −1, flags, then a 2 × 3 transform of texture coordinates (row by row).
export const SLOT_BYTES = 32;
export const SLOT_TEXTURE = 0;
export const SLOT_FLAGS = 4;
export const SLOT_TRANSFORM = 8;
/** Slot flags: second of the vertex's two coordinate sets, wrapping (2 bits each: 0 repeat, 1 clamp, 2 mirror), nearest-neighbour magnification. */
export const SF_UV1 = 1;
export const SF_WRAP_U = 1; // shift
export const SF_WRAP_V = 3; // shift
export const SF_NEAREST = 32;
export const SLOT_BASE_COLOR = 0;
export const SLOT_METALLIC_ROUGHNESS = 1;
export const SLOT_NORMAL = 2;
export const SLOT_OCCLUSION = 3;
export const SLOT_EMISSIVE = 4;
export const SLOT_CLEARCOAT = 5;
export const SLOT_CLEARCOAT_ROUGHNESS = 6;
export const SLOT_CLEARCOAT_NORMAL = 7;
export const SLOT_SHEEN_COLOR = 8;
export const SLOT_SHEEN_ROUGHNESS = 9;
export const SLOT_SPECULAR = 10;
export const SLOT_SPECULAR_COLOR = 11;
export const SLOT_TRANSMISSION = 12;
export const SLOT_THICKNESS = 13;
export const SLOT_IRIDESCENCE = 14;
export const SLOT_IRIDESCENCE_THICKNESS = 15;
export const SLOT_ANISOTROPY = 16;
export const SLOT_DIFFUSE_TRANSMISSION = 17;
export const SLOT_DIFFUSE_TRANSMISSION_COLOR = 18;
export const SLOT_COUNT = 19;
