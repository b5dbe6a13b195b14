import { z } from 'zod';
import { Background, ImageFormat, ImageRequest } from './image-request.ts';

/**
 * File formats of a sequence of frames: H.264 in MP4, VP9 or AV1 in WebM, GIF, animated WebP, ProRes 4444 in MOV, and a
 * zip of PNG files.
 */
export const SequenceFormat = z.enum(['mp4', 'webm', 'gif', 'webp', 'mov', 'zip']);

/** Most frames of one sequence: two minutes at 30 a second. */
export const MAX_FRAMES = 3600;
/** Fewest and most frames a second. */
const FRAME_RATES = { least: 1, most: 120 } as const;

/** What an image has and a sequence has not, or in another way. A video is sRGB by BT.709. */
const {
  view,
  camera,
  fStop,
  focusDistance,
  format: _format,
  background: _background,
  quality: _quality,
  colorSpace: _colorSpace,
  passes: _passes,
  exrDepth: _exrDepth,
  framesPerSecond: _framesPerSecond,
  ...look
} = ImageRequest.shape;

const frames = (initial: number) => z.int().min(2).max(MAX_FRAMES).default(initial);
const framesPerSecond = z.int().min(FRAME_RATES.least).max(FRAME_RATES.most).default(30).describe('Frames a second');

/** What every sequence shares with an image, and how it is encoded. */
const video = {
  ...look,
  background: Background.optional().describe(
    'Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`',
  ),
  format: SequenceFormat.default('mp4'),
  codec: z.enum(['vp9', 'av1']).default('vp9').describe('Of webm; only vp9 has alpha'),
  quality: z.int().min(1).max(100).default(85).describe('Of mp4, webm and webp'),
  fps: framesPerSecond,
};

/** The camera goes round the model at a constant distance from which all of it is seen at every angle. */
export const TurntableRequest = z.object({
  kind: z.literal('turntable'),
  ...video,
  frames: frames(120),
  azimuth: z.number().min(-360).max(360).default(0).describe('Of the first frame, in degrees'),
  elevation: z.number().min(-90).max(90).default(15).describe('In degrees'),
  degrees: z
    .number()
    .min(1)
    .max(3600)
    .default(360)
    .describe('How far it turns. Full turns loop without a seam: the frame after the last is the first'),
  direction: z
    .enum(['counterclockwise', 'clockwise'])
    .default('counterclockwise')
    .describe('How the model seems to turn, seen from above'),
  turn: z
    .enum(['camera', 'model'])
    .default('camera')
    .describe('`camera`: it goes round the model; `model`: the model turns and the environment stands still'),
});

const Point = z.tuple([z.number(), z.number(), z.number()]);

/** A place of the camera in the model's space: metres, +Y up. */
export const PlacedKeyframe = z.strictObject({
  time: z.number().min(0).max(MAX_FRAMES).describe('In seconds'),
  position: Point,
  target: Point.describe('What the camera looks at'),
  up: Point.optional().describe('Default: [0, 1, 0]'),
  fieldOfView: z.number().min(5).max(120).optional().describe("Vertical, in degrees; the request's by default"),
});

/** A place of the camera round the model's centre. */
export const OrbitKeyframe = z.strictObject({
  time: z.number().min(0).max(MAX_FRAMES).describe('In seconds'),
  azimuth: z.number().min(-3600).max(3600).describe('In degrees; may go beyond a full turn'),
  elevation: z.number().min(-90).max(90),
  distance: z
    .number()
    .min(0.05)
    .max(20)
    .default(1)
    .describe('Times the distance from which the model is seen whole all along the path'),
});

/** The camera moves through keyframes. */
export const CameraPathRequest = z.object({
  kind: z.literal('camera-path'),
  ...video,
  keyframes: z
    .union([z.array(PlacedKeyframe).min(2).max(256), z.array(OrbitKeyframe).min(2).max(256)])
    .describe('With rising times; all in the one form or all in the other'),
  interpolation: z
    .enum(['smooth', 'linear'])
    .default('smooth')
    .describe('`smooth`: Catmull-Rom splines whose knots are the times of the keyframes'),
  loop: z.boolean().default(false).describe('The last keyframe is the first again, so its frame is left out'),
});

const { time: _time, ...moving } = video;

/** A dataset is of moments: blur would not be where its depth says. */
const { shutter: _shutter, ...sharp } = look;

/** A clip of the file, seen by a camera that stands still and sees the whole motion, or by one of the file. */
export const AnimationRequest = z.object({
  kind: z.literal('animation'),
  ...moving,
  view,
  camera,
  fStop,
  focusDistance,
  animation: z.string().min(1).max(200).optional().describe('Name of the clip; the first of the file by default'),
  start: z.number().min(0).max(MAX_FRAMES).default(0).describe('In seconds'),
  end: z.number().min(0).max(MAX_FRAMES).optional().describe('In seconds; the end of the clip by default'),
});

/**
 * Views of the model from all sides with the poses of their cameras, as training data for radiance fields: a zip with
 * `transforms.json` in the convention of NeRF, instant-ngp and nerfstudio.
 */
export const DatasetRequest = z.object({
  kind: z.literal('dataset'),
  ...sharp,
  background: Background.optional().describe('Default: `transparent`, and `#ffffff` for jpg'),
  views: z.int().min(2).max(MAX_FRAMES).default(100),
  distribution: z
    .enum(['hemisphere', 'sphere'])
    .default('hemisphere')
    .describe('Where the cameras stand: evenly above the model, or all round it'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe('Turns the cameras about the vertical axis'),
  imageFormat: ImageFormat.extract(['png', 'jpg']).default('png'),
  depth: z.boolean().default(true).describe('With the depth of every view, in metres along its axis, as EXR'),
  quality: z.int().min(1).max(100).default(95).describe('Of jpg'),
});

/** Several frames of one model as one file. */
export const SequenceRequest = z.discriminatedUnion('kind', [
  TurntableRequest,
  CameraPathRequest,
  AnimationRequest,
  DatasetRequest,
]);

export type SequenceFormat = z.infer<typeof SequenceFormat>;
export type TurntableRequest = z.infer<typeof TurntableRequest>;
export type PlacedKeyframe = z.infer<typeof PlacedKeyframe>;
export type OrbitKeyframe = z.infer<typeof OrbitKeyframe>;
export type CameraPathRequest = z.infer<typeof CameraPathRequest>;
export type AnimationRequest = z.infer<typeof AnimationRequest>;
export type DatasetRequest = z.infer<typeof DatasetRequest>;
export type SequenceRequest = z.infer<typeof SequenceRequest>;
/** A sequence that is encoded as a video or the like. */
export type VideoRequest = Exclude<SequenceRequest, DatasetRequest>;
