/**
 * Where everything lies in the kernel's memory. The kernel (AssemblyScript) and its host (TypeScript) both import
 * this file, so constants carry no type annotations and only numbers appear here. All offsets are bytes.
 *
 * Memory below `HEADER` holds the kernel's own static data (tables of its mathematical functions); the host lays out
 * everything else above `ARENA`.
 */

/** Start of the header, a fixed block that tells the kernel where the host put the rest. */
export const HEADER = 32768;
/** Per-thread scratch memory (traversal stack, builder bins) begins here. */
export const SCRATCH = 36864;
/** Bytes of scratch memory per thread. */
export const SCRATCH_STRIDE = 14336;
/** Most threads that may work at once. */
export const MAX_THREADS = 64;
/** Per-thread taps of a texture's footprint begin here (see footprint.ts). */
export const TAPS = 954368;
export const TAPS_STRIDE = 1024;
/** First byte that the host may hand out. */
export const ARENA = 1019904;

// Header fields (i32 unless told otherwise)
/** Next work item of the running task; taken with an atomic add. */
export const H_NEXT = 0;
/** Non-zero: stop as soon as possible. */
export const H_CANCEL = 4;
/** Work items finished of a running task that builds trees; the host sets it to 0 together with `H_NEXT`. */
export const H_DONE = 8;
/** Rays traced (u32 in units of one ray, added up per work item). */
export const H_RAYS = 12;
export const H_NODES = 16;
export const H_BLOCKS = 20;
export const H_TRIANGLES = 24;
export const H_VERTICES = 28;
export const H_MESHES = 32;
export const H_MESH_COUNT = 36;
export const H_INSTANCES = 40;
export const H_INSTANCE_COUNT = 44;
export const H_MATERIALS = 48;
export const H_TEXTURES = 52;
export const H_TEXTURE_COUNT = 56;
export const H_ENVIRONMENT = 60;
export const H_LUT_DFG = 64;
export const H_LUT_SRGB = 68;
export const H_GBUFFER = 72;
/** Occlusion of each pixel of the band as traced (`OCCLUSION_BYTES` each), and as the narrow filter leaves it. */
export const H_OCCLUSION = 76;
export const H_OCCLUSION_NARROW = 1536;
/** Hits at the centres of the band's pixels (`HIT_BYTES` each), and a byte each that tells what pixels need. */
export const H_HITS = 1540;
export const H_INTERIOR = 1544;
/** A byte for each tile of the band: 1 where nothing blocks any light on what its pixels show. */
export const H_OPEN_TILES = 1548;
export const H_PIXELS = 80;
/** Reference of the root that rays start at: see `REF_*`. Written by the kernel. */
export const H_ROOT = 84;
export const H_WIDTH = 88;
export const H_HEIGHT = 92;
/** First image row that the band buffers hold, and their number of rows (band and its border rows). */
export const H_BAND_FIRST = 96;
export const H_BAND_ROWS = 100;
/** First image row to shade in this band, and the row after the last. */
export const H_SHADE_FIRST = 104;
export const H_SHADE_END = 108;
export const H_SAMPLES = 112;
/** Most samples of a pixel that shading takes, whatever `H_SAMPLES` says: a thread has scratch memory for so many. */
export const MAX_SAMPLES = 64;
export const H_OCCLUSION_RAYS = 116;
/** 0 transparent, 1 colour, 2 the environment. */
export const H_BACKGROUND_MODE = 120;
export const BACKGROUND_ENVIRONMENT = 2;
/** Linear RGB in the picture's primaries, three f32. */
export const H_BACKGROUND = 124;
/** Multiplier of radiance, f32. */
export const H_EXPOSURE = 136;
/** Cosine and sine of the environment's rotation about +Y, f32. */
export const H_ENV_COS = 140;
export const H_ENV_SIN = 144;
/** Camera: origin, and the image plane's corner, step per pixel to the right and step per pixel down; each 16 bytes. */
export const H_CAMERA_ORIGIN = 160;
export const H_CAMERA_CORNER = 176;
export const H_CAMERA_RIGHT = 192;
export const H_CAMERA_DOWN = 208;
/** Top-level node range reserved for the instance tree. */
export const H_TOP_NODE = 224;
/** Bounds of the instances are built from these references (`REF_BYTES` each). */
export const H_TOP_REFS = 228;
/** 0: everything is one mesh in render space, so rays begin in its own tree. */
export const H_HAS_TOP = 236;
/** Axes of the camera (right, up, forward; f32x3 each, 16 bytes apart) and the inside tangents of the frame, f32. */
export const H_FRAME_RIGHT = 256;
export const H_FRAME_UP = 272;
export const H_FRAME_FORWARD = 288;
export const H_FRAME_TANGENTS = 304;
/** Result of framing: the five extremes of `fitCamera`, f32. */
export const H_EXTREMES = 320;
/** Ground: 0 none, 1 it catches the model's shadow, 2 it mirrors the model too. */
export const H_GROUND = 352;
export const GROUND_REFLECTIVE = 2;
/** Height of the ground, and how far from the model's footprint its shadow reaches, f32. */
export const H_GROUND_Y = 356;
export const H_GROUND_REACH = 360;
/** The model's footprint: lowest x and z, highest x and z, f32. */
export const H_GROUND_BOX = 368;
/** Punctual lights. */
export const H_LIGHTS = 384;
export const H_LIGHT_COUNT = 388;
// Header fields of the trees (512 to 767).
/** Sets of triangles that wait to be split (see set-queue.ts): lock, number waiting, number waiting or in work, address. */
export const H_SETS_LOCK = 512;
export const H_SETS_WAITING = 516;
export const H_SETS_OPEN = 520;
export const H_SETS = 524;
/** Ranges of the upper level's references that are not written yet. */
export const H_TOP_RANGES_OPEN = 528;
/** First of `MAX_THREADS` nodes that the camera's rays begin at (tile-view.ts). */
export const H_VIEW_NODE = 532;
/** Directions of occlusion rays about +Z, `PATTERNS` × rays, four times as many in all, f32x4. */
export const H_HEMISPHERE = 240;
/** The environment's sharp radiance map, octahedral with borders (f32 RGBA), and its texels a side. */
export const H_ENV_MAP = 1024;
export const H_ENV_MAP_SIZE = 1028;
/** Table for sampling the environment: see `environment-sampling.ts` and `environmentTableBytes`. */
export const H_ENV_TABLE = 1032;
/** Factor of all of the environment's light, f32. */
export const H_ENV_INTENSITY = 1036;
/** Parts of the table that are built. */
export const H_ENV_TABLE_DONE = 1040;
/** Triangles that shine: room for so many, how many there are, and their records. */
export const H_EMITTER_CAPACITY = 1044;
export const H_EMITTER_COUNT = 1048;
export const H_EMITTERS = 1052;
/** Tree over them: levels, nodes, emitter of each leaf, leaf of each emitter (−1: none). */
export const H_EMITTER_LEVELS = 1056;
export const H_EMITTER_NODES = 1060;
export const H_EMITTER_ORDER = 1064;
export const H_EMITTER_LEAVES = 1068;
/** Equirectangular picture that the environment is made of (f32 RGBA), and tables for filtering it. */
export const H_PANORAMA = 1072;
export const H_PANORAMA_WIDTH = 1076;
export const H_PANORAMA_HEIGHT = 1080;
export const H_ENV_LOBES = 1084;
export const H_ENV_DIRECTIONS = 1088;
/** Coefficients of irradiance: see `kernel/irradiance.ts`. */
export const H_ENV_IRRADIANCE = 1092;
/** Perceptual roughness by which the environment is blurred where it is seen behind the model, f32. */
export const H_ENV_BLUR = 1096;

// Camera beyond the image plane, and its lens.
/** Unit view axis, f32x3. */
export const H_CAMERA_FORWARD = 1152;
/** Axes of the lens times its radius, f32x3 each; inverse depth of what is in focus, f32. */
export const H_LENS_RIGHT = 1168;
export const H_LENS_UP = 1184;
export const H_LENS_FOCUS = 1200;
/** Non-zero: rays are parallel to the view axis; corner and steps of the image plane are in render space. */
export const H_CAMERA_ORTHOGRAPHIC = 1204;
/** Non-zero: the lens has a radius. */
export const H_LENS = 1208;

// Gaussian splats.
export const H_SPLATS = 1212;
export const H_SPLAT_COUNT = 1216;
export const H_SPLAT_GROUPS = 1220;
export const H_SPLAT_GROUP_COUNT = 1224;
/** Splats as the camera sees them; distance and index of each to sort, and room for as many. */
export const H_SPLAT_VIEW = 1228;
export const H_SPLAT_PAIRS = 1232;
/** Results of sorting: splats that are seen, and entries of all tiles' lists. */
export const H_SPLAT_VISIBLE = 1236;
export const H_SPLAT_ENTRY_COUNT = 1240;
/** Starts of the tiles' lists (one more than tiles), and the lists. */
export const H_SPLAT_TILES = 1244;
export const H_SPLAT_ENTRIES = 1248;
/** Non-zero: there are surfaces that may hide splats. */
export const H_SPLAT_HIDDEN = 1252;
/** The film in linear light that splats are laid over, 0: none. */
export const H_FILM_SPLATS = 1268;
/** What surfaces show (`DISPLAY_*`, 0: their shading), and the width of a wireframe's lines in pixels, f32. */
export const H_DISPLAY = 1256;
/** Pixels of the picture that a view is judged by: depth f32, normal (octahedral, two snorm16), triangle, material. */
export const H_VIEW_PIXELS = 1264;
export const VIEW_PIXEL_BYTES = 16;
export const H_LINE_WIDTH = 1260;
export const DISPLAY_WIREFRAME = 1;
export const DISPLAY_UV = 2;
export const DISPLAY_MATERIAL = 3;
/** Mean, covariance (xx xy xz yy yz zz) in render space, opacity; f32. */
export const SPLAT_BYTES = 40;
/** First, count, degree, linear colours, harmonics, turn of directions (f32 × 9). */
export const SPLAT_GROUP_BYTES = 64;
export const SPLAT_VIEW_BYTES = 48;

/**
 * The film: sums over the samples of every pixel of the image, f32x4 each, rows from the top; 0: not there. Radiance
 * RGB premultiplied and alpha; albedo RGB and the number of samples; world normal and the sum of squared luminance;
 * radiance and alpha of every other sample, the first among them. Without albedo, radiance is a mean, not a sum.
 */
export const FILM_BYTES = 16;
export const H_FILM = 1280;
export const H_FILM_ALBEDO = 1284;
export const H_FILM_NORMAL = 1288;
export const H_FILM_HALF = 1292;
/** How scene light becomes display light: `TONE_*`. */
export const H_TONE_MAPPING = 1296;
export const TONE_NEUTRAL = 0;
export const TONE_ACES = 1;
export const TONE_AGX = 2;
export const TONE_NONE = 3;
/** Primaries of the picture: `SPACE_*`. */
export const H_COLOR_SPACE = 1300;
export const SPACE_SRGB = 0;
export const SPACE_DISPLAY_P3 = 1;
/** What developing writes: 0 bytes for display into the pixels, 1 linear light (f32x4, premultiplied) into the film. */
export const H_DEVELOP_LINEAR = 1304;
/**
 * Passes of the whole image; 0: not wanted. Surface: f32x4, depth in the model's units along the view axis (infinite
 * where nothing is), first set of texture coordinates, coverage. Normal and albedo: f32x4. Objects and materials:
 * `ID_RANKS` ids (u32) by falling coverage, then as many coverages (f32).
 */
export const PASS_BYTES = 16;
export const H_PASS_SURFACE = 1312;
export const H_PASS_NORMAL = 1316;
export const H_PASS_ALBEDO = 1320;
export const H_PASS_OBJECT = 1324;
export const H_PASS_MATERIAL = 1328;
/** Rays of a pixel that normal, albedo, coverage and ids are averages of. */
export const H_PASS_SAMPLES = 1332;
/** Objects by their triangles: first triangle and id, 8 bytes each, in the order of triangles. */
export const OBJECT_BYTES = 8;
export const H_OBJECTS = 1340;
export const H_OBJECT_COUNT = 1344;
/** Ids of instances (0: as the triangle says) and of materials, u32 each. */
export const H_INSTANCE_IDS = 1348;
export const H_MATERIAL_IDS = 1352;
/**
 * Denoising, whole image, f32x4 a pixel each: light divided by albedo with the variance of its luminance, before and
 * after a step; unit normal; albedo with what the pixel is (`CLASS_*`).
 */
export const H_DENOISE_IN = 1360;
export const H_DENOISE_OUT = 1364;
export const H_DENOISE_NORMAL = 1368;
export const H_DENOISE_ALBEDO = 1372;
/** Distance of the taps of a wavelet's level, in pixels. */
export const H_DENOISE_STEP = 1376;
/** Where the denoised light lies that is to be developed; 0: develop the film as it is. */
export const H_DENOISED = 1380;
/** Light of the samples with odd numbers, where `H_DENOISE_IN` has that of those with even ones; and scratch memory. */
export const H_DENOISE_SECOND = 1384;
export const H_DENOISE_SCRATCH = 1388;
/** Bytes of the regression's scratch memory, a thread. */
export const DENOISE_SCRATCH = 204800;
export const CLASS_EMPTY = 0;
export const CLASS_SURFACE = 1;
/** Nothing but the shadow on the ground: its light is its alpha. */
export const CLASS_GROUND = 2;
export const ID_RANKS = 6;
export const ID_PASS_BYTES = 48;

// Node of the tree: bounds of four children (lo x y z, hi x y z; four lanes each), then four references.
export const NODE_BYTES = 128;
export const NODE_CHILDREN = 96;

// A reference to a child, 32 bits: the top two bits tell the kind.
/** `REF_LEAF | block index`: four triangles. Kinds: 0x (node index), 10 (leaf), 11 (instance). */
export const REF_LEAF = 0x80000000;
export const REF_INSTANCE = 0xc0000000;
export const REF_INDEX = 0x3fffffff;
/** Bit of a reference to a leaf: its block holds round things (spheres and capsules) instead of triangles. */
export const REF_ROUND = 0x20000000;
export const REF_BLOCK = 0x1fffffff;

// Block of four triangles: v0 x y z, e1 x y z, e2 x y z (four lanes each), then four ids.
export const BLOCK_BYTES = 160;
export const BLOCK_IDS = 144;
/** Bit of a triangle's id: single-sided, hits from behind do not count. */
export const ID_CULL = 0x80000000;
/** Bit of a triangle's id: its surface may let light through (alpha mask, blend, transmission). */
export const ID_POROUS = 0x40000000;
/** Bit of a triangle's id: it is no triangle but a capsule about its first edge, a sphere where that has no length. */
export const ID_ROUND = 0x20000000;
export const ID_INDEX = 0x1fffffff;

// Triangle: three vertex indices and its material.
export const TRIANGLE_BYTES = 16;

// Vertex: normal f32x3, tangent f32x4, uv0 f32x2, uv1 f32x2, colour u16x4 (unsigned normalised, linear).
export const VERTEX_BYTES = 52;
export const V_TANGENT = 12;
/** Of a round thing's vertex, in place of the tangent: its radius. */
export const V_RADIUS = 12;
export const V_UV = 28;
export const V_COLOR = 44;

// Mesh: a range of triangles with a tree of its own.
export const MESH_BYTES = 96;
export const MESH_TRIANGLE_FIRST = 0;
export const MESH_TRIANGLE_COUNT = 4;
/** Address of the positions (f32x3 by vertex index), read when the tree is built or refitted and by framing. */
export const MESH_POSITIONS = 8;
export const MESH_VERTEX_COUNT = 12;
/** Nodes and blocks that the tree may fill: see `blockCapacity` and `nodeCapacity` in memory-plan.ts. */
export const MESH_NODE_FIRST = 16;
export const MESH_BLOCK_FIRST = 24;
export const MESH_BLOCK_CAPACITY = 28;
/** Address of `REF_BYTES` per triangle, used only while the tree is built. */
export const MESH_REFS = 32;
/** Results: root reference, blocks and nodes used. */
export const MESH_ROOT = 36;
export const MESH_BLOCKS_USED = 40;
export const MESH_NODES_USED = 44;
/** Index that the mesh's vertex index 0 has in the vertex array. */
export const MESH_VERTEX_FIRST = 48;
/** Triangles that can be hit (finite, not degenerate, indices in range). Written by the kernel. */
export const MESH_TRIANGLES_USED = 52;
/** Ranges of triangles whose references are not written yet; the kernel's own. */
export const MESH_RANGES_OPEN = 56;
/**
 * Expected cost of a ray through the tree by the surface-area heuristic, f32: boxes it enters, given that it enters the
 * mesh's. As built (0 before the first refit), and after the last refit.
 */
export const MESH_COST_BUILT = 60;
export const MESH_COST = 64;
/** Non-zero: the mesh's vertices move, and `TASK_REBUILD` or `TASK_REFIT` brings its tree up to date. */
export const MESH_DEFORMS = 68;
/** Times that `TASK_REFIT` built the tree anew. */
export const MESH_REBUILDS = 72;
/** While it is refitted: triangles that can be hit now, subtrees, those not done yet. */
export const MESH_TRIANGLES_MOVED = 76;
export const MESH_SUBTREES = 80;
export const MESH_SUBTREES_OPEN = 84;
/** Non-zero: its triangles are round things (`ID_ROUND`). */
export const MESH_ROUND = 88;
/** Non-zero: some of its triangles may shine. */
export const MESH_SHINES = 92;

/** Reference to a triangle or instance while a tree is built: lowest corner, index; highest corner, unused. */
export const REF_BYTES = 32;
/** References that a thread writes at once. */
export const RANGE_REFS = 16384;
/** Set of references that waits to be split. */
export const SET_BYTES = 32;
/** Sets of fewer references do not wait: the thread that split them off builds them. */
export const SET_MIN = 1024;

// Instance: a mesh under an affine transform.
export const INSTANCE_BYTES = 128;
/** 3 × 4, row by row: mesh to render space. */
export const INSTANCE_TO_WORLD = 0;
/** 3 × 4, row by row: render to mesh space. */
export const INSTANCE_TO_MESH = 48;
export const INSTANCE_MESH = 96;
/** What the transform is: `INSTANCE_GENERAL`, `INSTANCE_IDENTITY`, or `INSTANCE_MIRRORED` (negative determinant). */
export const INSTANCE_KIND = 100;
export const INSTANCE_GENERAL = 0;
export const INSTANCE_IDENTITY = 1;
export const INSTANCE_MIRRORED = 2;
export const INSTANCE_ROOT = 104;

// Texture: one image with its chain of half-size levels, RGBA, eight bits a channel.
export const TEXTURE_BYTES = 32;
export const TEXTURE_PIXELS = 0;
export const TEXTURE_WIDTH = 4;
export const TEXTURE_HEIGHT = 8;
export const TEXTURE_LEVELS = 12;
/** Non-zero: colour channels are sRGB. */
export const TEXTURE_SRGB = 16;

// Material
export const MATERIAL_BYTES = 832;
export const M_FLAGS = 0;
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

// The `path` integrator (768–1023 of the header).
/** Tables of the reflection model and of the pixel filter. */
export const H_PATH_TABLES = 772;
/** First sample of this pass, and how many each pixel takes. */
export const H_PATH_FIRST = 776;
export const H_PATH_COUNT = 780;
/** Most times that a path is scattered after it left the first surface. */
export const H_PATH_BOUNCES = 784;
export const H_PATH_SEED = 788;
/** Tiles that are not finished (i32 each, their index in the image), and their number. */
export const H_PATH_TILES = 792;
export const H_PATH_TILE_COUNT = 796;
/** Units of the model's length in one unit of render space, f32; of both integrators. */
export const H_MODEL_UNIT = 800;
/** Relative error at which a pixel is finished, f32; 0: never. */
export const H_PATH_THRESHOLD = 804;
/** 1: something lets light through by opacity, so that shadows may be partial. */
export const H_PATH_POROUS = 808;
/** A byte a pixel: 1 as long as it takes samples. */
export const H_PATH_ACTIVE = 812;
/** Pixels that still take samples, counted by `TASK_PATH_CONVERGENCE`. */
export const H_PATH_ACTIVE_COUNT = 816;

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

// Tasks of `run`.
export const TASK_PREPARE = 0;
export const TASK_TOP_LEVEL = 1;
export const TASK_VISIBILITY = 2;
export const TASK_FILTER = 3;
export const TASK_SHADE = 4;
export const TASK_MIPMAPS = 5;
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
/** Finds what the camera has to frame: `H_EXTREMES`. */
export const TASK_EXTREMES = 6;
/** Fills the table of occlusion rays. */
export const TASK_HEMISPHERE = 7;
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
/** Averages occlusion over 4 × 4 pixels, then (another task) over 8 × 8. */
export const TASK_FILTER_WIDE = 60;
// Scene, 50 to 59.
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
/** Gaussian splats: project, sort by distance, list by tile, lay over the picture. */
export const TASK_SPLAT_PROJECT = 52;
export const TASK_SPLAT_SORT = 53;
export const TASK_SPLAT_BIN = 54;
export const TASK_SPLAT_DRAW = 55;
/** A picture that a view is judged by. */
export const TASK_VIEW = 51;
