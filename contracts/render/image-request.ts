import { z } from 'zod';

/** Least and greatest width and height of an image, in pixels. */
const MIN_SIZE = 16;
export const MAX_SIZE = 8192;

/** File formats for display, eight bits a channel. */
export const DisplayFormat = z.enum(['png', 'jpg', 'webp', 'avif']);

/** File formats of a rendered image. EXR holds linear light, and passes as layers of one file. */
export const ImageFormat = z.enum([...DisplayFormat.options, 'exr']);

/** What can be rendered of a view: the picture, and what its surfaces are. */
export const PassName = z.enum(['beauty', 'alpha', 'depth', 'normal', 'albedo', 'object', 'material', 'uv']);

/** Named directions to look from. `front` looks along −Z (glTF models face +Z). */
export const NamedView = z.enum(['front', 'back', 'left', 'right', 'top', 'bottom', 'three-quarter', 'isometric']);

/** A direction in degrees: azimuth 0 is the front and grows anticlockwise seen from above, elevation 90 is the top. */
export const AngleView = z.object({
  azimuth: z.number().min(-360).max(360),
  elevation: z.number().min(-90).max(90),
});

/** Where the camera stands. It always looks at the model's centre and frames all of it. */
export const View = z.union(
  [NamedView, z.literal('best'), AngleView],
  `give one of ${NamedView.options.join(', ')}, best, or azimuth and elevation in degrees such as 45,20`,
);

const Point = z.tuple([z.number(), z.number(), z.number()]);

/** A place of the camera in the model's space: metres, +Y up. */
export const CameraPlace = z.object({
  position: Point,
  target: Point.default([0, 0, 0]),
  up: Point.default([0, 1, 0]),
});

/** What surfaces show. */
export const Display = z.enum(['shaded', 'wireframe', 'uv-checker', 'material-id']);

/** How depth is drawn: things become smaller with distance, or keep their size. */
export const Projection = z.enum(['perspective', 'orthographic']);

/** `transparent`, `environment` or an sRGB colour `#rrggbb`. */
export const Background = z.union([
  z.enum(['transparent', 'environment']),
  z.string().regex(/^#[0-9a-fA-F]{6}$/, 'give `transparent`, `environment` or a colour such as #f4f4f5'),
]);

/** Names of the environments that come with Maquette. */
export const EnvironmentName = z.enum([
  'studio',
  'apartment',
  'city',
  'dawn',
  'forest',
  'lobby',
  'night',
  'park',
  'sunset',
  'warehouse',
]);

const ENVIRONMENTS = `give one of ${EnvironmentName.options.join(', ')}, or the id of an environment that was uploaded`;

/** What lights a model: an environment that comes with Maquette, or one that was uploaded, by its id. */
export const EnvironmentChoice = z.union(
  [EnvironmentName, z.string().regex(/^env_[0-7][0-9a-hjkmnp-tv-z]{25}$/, ENVIRONMENTS)],
  ENVIRONMENTS,
);

/** How light is followed: `preview` at once and without noise, `path` as physics has it. */
export const Integrator = z.enum(['preview', 'path']);

/** How scene light becomes the light of a display. */
export const ToneMapping = z.enum(['neutral', 'aces', 'agx', 'none']);

/** How noise is taken out of pictures of the `path` integrator. */
export const Denoise = z.enum(['off', 'fast', 'high']);

/** Colour spaces of pictures. */
export const ColorSpace = z.enum(['srgb', 'display-p3']);

/**
 * One image of one model: what to draw, not how fast. The same request over the same model gives the same bytes on
 * every machine, whatever its number of threads.
 */
export const ImageRequest = z.object({
  width: z.int().min(MIN_SIZE).max(MAX_SIZE).default(800).describe('In pixels'),
  height: z.int().min(MIN_SIZE).max(MAX_SIZE).default(600).describe('In pixels'),
  view: View.default('three-quarter').describe(
    'Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model',
  ),
  camera: z
    .union(
      [z.string().min(1).max(200), CameraPlace],
      'give the name of a camera in the file, or {"position":[x,y,z],"target":[x,y,z],"up":[x,y,z]} in metres',
    )
    .optional()
    .describe(
      'A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`',
    ),
  fieldOfView: z.number().min(5).max(120).default(35).describe('Vertical, in degrees'),
  projection: Projection.default('perspective').describe(
    '`orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own',
  ),
  margin: z.number().min(0).max(0.45).default(0.06).describe('Free border on each side, as a share of the image'),
  fStop: z
    .number()
    .min(0.1)
    .max(128)
    .optional()
    .describe('Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp'),
  focusDistance: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe('What is sharp, in metres along the view; without it the target, else the middle of the model'),
  background: Background.optional().describe(
    '`transparent`, `environment` (the surroundings are seen), or an sRGB colour such as `#f4f4f5`; without it `transparent`, and `#ffffff` in a jpg',
  ),
  environment: EnvironmentChoice.default('studio').describe(
    'What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)',
  ),
  environmentIntensity: z.number().min(0).max(100).default(1).describe("Factor of the environment's light"),
  environmentBlur: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('How much the environment is blurred where it is the background, 0 to 1'),
  environmentRotation: z.number().min(-360).max(360).default(0).describe('Turns the environment about +Y, in degrees'),
  lights: z
    .enum(['file', 'none'])
    .default('file')
    .describe(
      '`file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off',
    ),
  ground: z
    .enum(['none', 'shadow', 'reflective'])
    .default('none')
    .describe(
      '`none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it',
    ),
  exposure: z.number().min(-10).max(10).default(0).describe('Brightens or darkens, in stops'),
  toneMapping: ToneMapping.default('neutral').describe(
    '`neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light',
  ),
  colorSpace: ColorSpace.default('srgb').describe('Colour space of the picture; its profile is part of the file'),
  integrator: Integrator.default('preview').describe(
    '`preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other',
  ),
  samples: z
    .int()
    .min(1)
    .max(65536)
    .optional()
    .describe(
      'Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given',
    ),
  bounces: z
    .int()
    .min(0)
    .max(64)
    .default(8)
    .describe('Most times that light of `path` is scattered between surfaces before it reaches the one seen'),
  noiseThreshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .describe('Relative error at which a pixel of `path` is finished before it has all samples; 0: never'),
  denoise: Denoise.default('fast').describe(
    'Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer',
  ),
  seed: z.int().min(0).max(4294967295).default(0).describe('Another number gives `path` other noise'),
  display: Display.default('shaded').describe(
    '`shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material',
  ),
  lineWidth: z.number().min(0.25).max(20).default(1).describe('Of the lines of a wireframe, in pixels'),
  animation: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Name of the animation that poses the model; without it the first, when `time` is given'),
  time: z
    .number()
    .min(0)
    .max(86_400)
    .optional()
    .describe('Moment of the animation in seconds; without it and without `animation` the model is in rest pose'),
  shutter: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it',
    ),
  framesPerSecond: z.number().min(1).max(240).default(24).describe('Frames a second that `shutter` refers to'),
  variant: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Name of a variant of its materials (KHR_materials_variants)'),
  passes: z
    .array(PassName)
    .min(1)
    .max(PassName.options.length)
    .refine((names) => new Set(names).size === names.length, 'name each pass once')
    .default(['beauty'])
    .describe(
      'What to render, the first is the file that a render by URL gives. As EXR all are layers of one file, else those other than the picture are PNG files. `alpha`: share of the pixel that the model covers; `depth`: along the view axis, in the units of the model, which are metres; `normal`: in world space; `albedo`: base colour; `object` and `material`: ids (Cryptomatte in EXR, a colour each in PNG); `uv`: texture coordinates',
    ),
  format: ImageFormat.default('png').describe('Of the file'),
  exrDepth: z.enum(['half', 'float']).default('half').describe('Bits of a colour in exr: `half` 16, `float` 32'),
  quality: z.int().min(1).max(100).default(85).describe('Of jpg, webp and avif, 1 to 100'),
});

export type DisplayFormat = z.infer<typeof DisplayFormat>;
export type ImageFormat = z.infer<typeof ImageFormat>;
export type PassName = z.infer<typeof PassName>;
export type ToneMapping = z.infer<typeof ToneMapping>;
export type Denoise = z.infer<typeof Denoise>;
export type ColorSpace = z.infer<typeof ColorSpace>;
export type NamedView = z.infer<typeof NamedView>;
export type AngleView = z.infer<typeof AngleView>;
export type Projection = z.infer<typeof Projection>;
export type CameraPlace = z.infer<typeof CameraPlace>;
export type Display = z.infer<typeof Display>;
export type View = z.infer<typeof View>;
export type Background = z.infer<typeof Background>;
export type EnvironmentName = z.infer<typeof EnvironmentName>;
export type ImageRequest = z.infer<typeof ImageRequest>;
export type Integrator = z.infer<typeof Integrator>;
