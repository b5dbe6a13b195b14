// Fields of the header, at `HEADER`: what the host tells the kernel, and where it has put everything. Addresses and i32 unless
// told otherwise.

/** Next work item of the running task; taken with an atomic add. */
export const H_NEXT = 0;
/** Non-zero: stop as soon as possible. */
export const H_CANCEL = 4;
/** Work items finished of a running task that builds trees; the host sets it to 0 together with `H_NEXT`. */
export const H_DONE = 8;
/** Rays that the tasks of pictures and passes have traced (u32); each thread adds its own when a task is done. */
export const H_RAYS = 12;

// The scene.
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
/** The texture whose half-size levels are made. */
export const H_MIPMAP_TEXTURE = 56;
export const H_ENVIRONMENT = 60;
export const H_LUT_DFG = 64;

// The image.
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
export const H_WIDTH = 88;
export const H_HEIGHT = 92;
/** First image row that the band buffers hold, and their number of rows (band and its border rows). */
export const H_BAND_FIRST = 96;
export const H_BAND_ROWS = 100;
/** First image row to shade in this band, and the row after the last. */
export const H_SHADE_FIRST = 104;
export const H_SHADE_END = 108;
export const H_SAMPLES = 112;
export const H_OCCLUSION_RAYS = 116;
/** Directions of occlusion rays about +Z, `PATTERNS` × rays, four times as many in all, f32x4. */
export const H_HEMISPHERE = 240;
/** 0 transparent, 1 colour, 2 the environment. */
export const H_BACKGROUND_MODE = 120;
export const BACKGROUND_ENVIRONMENT = 2;
/** Linear RGB in the picture's primaries, three f32. */
export const H_BACKGROUND = 124;
/** Multiplier of radiance, f32. */
export const H_EXPOSURE = 136;
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
/** What surfaces show: `DISPLAY_*`; 0: their shading. */
export const H_DISPLAY = 1256;
export const DISPLAY_WIREFRAME = 1;
export const DISPLAY_UV = 2;
export const DISPLAY_MATERIAL = 3;
/** Width of a wireframe's lines in pixels, f32. */
export const H_LINE_WIDTH = 1260;

// The camera.
/** Camera: origin, and the image plane's corner, step per pixel to the right and step per pixel down; each 16 bytes. */
export const H_CAMERA_ORIGIN = 160;
export const H_CAMERA_CORNER = 176;
export const H_CAMERA_RIGHT = 192;
export const H_CAMERA_DOWN = 208;
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

// Framing and views.
/** Axes of the camera (right, up, forward; f32x3 each, 16 bytes apart) and the inside tangents of the frame, f32. */
export const H_FRAME_RIGHT = 256;
export const H_FRAME_UP = 272;
export const H_FRAME_FORWARD = 288;
export const H_FRAME_TANGENTS = 304;
/** Result of framing: the five extremes of `fitCamera`, f32. */
export const H_EXTREMES = 320;
/** Pixels of the picture that a view is judged by: depth f32, normal (octahedral, two snorm16), triangle, material. */
export const H_VIEW_PIXELS = 1264;

// The ground.
/** Ground: 0 none, 1 it catches the model's shadow, 2 it mirrors the model too. */
export const H_GROUND = 352;
export const GROUND_REFLECTIVE = 2;
/** Height of the ground, and how far from the model's footprint its shadow reaches, f32. */
export const H_GROUND_Y = 356;
export const H_GROUND_REACH = 360;
/** The model's footprint: lowest x and z, highest x and z, f32. */
export const H_GROUND_BOX = 368;

// Lights.
/** Punctual lights. */
export const H_LIGHTS = 384;
export const H_LIGHT_COUNT = 388;

// The trees.
/** Reference of the root that rays start at: see `REF_*`. Written by the kernel. */
export const H_ROOT = 84;
/** Sets of triangles that wait to be split (see set-queue.ts): lock, number waiting, number waiting or in work, address. */
export const H_SETS_LOCK = 512;
export const H_SETS_WAITING = 516;
export const H_SETS_OPEN = 520;
export const H_SETS = 524;
/** Ranges of the upper level's references that are not written yet. */
export const H_TOP_RANGES_OPEN = 528;
/** First of `MAX_THREADS` nodes that the camera's rays begin at (tile-view.ts). */
export const H_VIEW_NODE = 532;
/** Top-level node range reserved for the instance tree. */
export const H_TOP_NODE = 224;
/** Bounds of the instances are built from these references (`REF_BYTES` each). */
export const H_TOP_REFS = 228;
/** 0: everything is one mesh in render space, so rays begin in its own tree. */
export const H_HAS_TOP = 236;

// The environment.
/** The environment's sharp radiance map, octahedral with borders (f32 RGBA), and its texels a side. */
export const H_ENV_MAP = 1024;
export const H_ENV_MAP_SIZE = 1028;
/** Table for sampling the environment: see `environment-sampling.ts` and `environmentTableBytes`. */
export const H_ENV_TABLE = 1032;
/** Factor of all of the environment's light, f32. */
export const H_ENV_INTENSITY = 1036;
/** Cosine and sine of the environment's rotation about +Y, f32. */
export const H_ENV_COS = 140;
export const H_ENV_SIN = 144;
/** Parts of the table that are built. */
export const H_ENV_TABLE_DONE = 1040;
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

// What shines.
/** Triangles that shine: room for so many, how many there are, and their records. */
export const H_EMITTER_CAPACITY = 1044;
export const H_EMITTER_COUNT = 1048;
export const H_EMITTERS = 1052;
/** Tree over them: levels, nodes, emitter of each leaf, leaf of each emitter (−1: none). */
export const H_EMITTER_LEVELS = 1056;
export const H_EMITTER_NODES = 1060;
export const H_EMITTER_ORDER = 1064;
export const H_EMITTER_LEAVES = 1068;

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

// Film, passes and denoising.
/**
 * The film: sums over the samples of every pixel of the image, f32x4 each, rows from the top; 0: not there. Radiance
 * RGB premultiplied and alpha; albedo RGB and the number of samples; world normal and the sum of squared luminance;
 * radiance and alpha of every other sample, the first among them. Without albedo, radiance is a mean, not a sum.
 */
export const H_FILM = 1280;
export const H_FILM_ALBEDO = 1284;
export const H_FILM_NORMAL = 1288;
export const H_FILM_HALF = 1292;
/** The film in linear light that splats are laid over, 0: none. */
export const H_FILM_SPLATS = 1268;
/**
 * Passes of the whole image; 0: not wanted. Surface: f32x4, depth in the model's units along the view axis (infinite
 * where nothing is), first set of texture coordinates, coverage. Normal and albedo: f32x4. Objects and materials:
 * `ID_RANKS` ids (u32) by falling coverage, then as many coverages (f32).
 */
export const H_PASS_SURFACE = 1312;
export const H_PASS_NORMAL = 1316;
export const H_PASS_ALBEDO = 1320;
export const H_PASS_OBJECT = 1324;
export const H_PASS_MATERIAL = 1328;
/** Rays of a pixel that normal, albedo, coverage and ids are averages of. */
export const H_PASS_SAMPLES = 1332;
/** Objects by their triangles: first triangle and id, in the order of triangles. */
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
/** Light of the samples with odd numbers, where `H_DENOISE_IN` has that of those with even ones. */
export const H_DENOISE_SECOND = 1384;
/** The regression's scratch memory, `DENOISE_SCRATCH` bytes a thread. */
export const H_DENOISE_SCRATCH = 1388;

// The `path` integrator.
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

// Baking.
/** Points, what is found at each, and their number. */
export const H_BAKE_POINTS = 1560;
export const H_BAKE_FOUND = 1564;
export const H_BAKE_COUNT = 1568;
/** Rays over the hemisphere of what is found, and how far they look, f32. */
export const H_BAKE_RAYS = 1572;
export const H_BAKE_REACH = 1576;
