import { type CameraPlace, ImageRequest } from '#contracts/render/image-request.ts';
import type {
  AnimationRequest,
  CameraPathRequest,
  DatasetRequest,
  OrbitKeyframe,
  PlacedKeyframe,
  SequenceRequest,
  TurntableRequest,
} from '#contracts/render/sequence-request.ts';
import { frameCountOf } from '#contracts/render/sequence-rules.ts';
import { axesOf, type Camera, type CameraAxes, type Extremes, frameOf } from '../camera.ts';
import { fitted } from '../framing.ts';
import { groundOf, withGround } from '../ground.ts';
import { axesAlong } from '../look-at.ts';
import { cameraAt } from '../placed-cameras.ts';
import type { RenderSession } from '../render-session.ts';
import { type Knot, valueAt } from './interpolate.ts';
import { viewDirections } from './view-directions.ts';

/** One frame: what to draw, and from where. */
export interface PlannedFrame {
  request: ImageRequest;
  /** In render space; where the request names a camera of the file, which may move, it is placed with each frame. */
  camera: Camera | undefined;
}

/** The frames of a sequence. Any of them can be drawn by itself: none depends on the one before. */
export interface FramePlan {
  readonly count: number;
  /** @param index from 0 */
  frame(index: number): PlannedFrame;
}

/** Views from which the model is measured, at most; between two neighbours of a full circle of them nothing is missed. */
const MOST_MEASURED = 360;
/** Moments of a clip at which the model is measured, at most. */
const MOST_MOMENTS = 120;

/**
 * Works out where the camera stands in each frame of a sequence. Every worker that makes some of the frames comes to
 * the same plan.
 *
 * @throws MaquetteError what `RenderSession.render` throws
 */
export async function planFrames(
  session: RenderSession,
  request: SequenceRequest,
  signal?: AbortSignal,
): Promise<FramePlan> {
  switch (request.kind) {
    case 'turntable':
      return planTurntable(session, request, signal);
    case 'camera-path':
      return isPlaced(request.keyframes)
        ? planPlacedPath(session, request, request.keyframes, signal)
        : planOrbit(session, request, request.keyframes, signal);
    case 'animation':
      return planAnimation(session, request, signal);
    case 'dataset':
      return planDataset(session, request, signal);
    default:
      return request satisfies never;
  }
}

/** The image request of a frame: what a sequence has in common with an image, losslessly. */
function imageOf(request: SequenceRequest, changes: Partial<ImageRequest> = {}): ImageRequest {
  // The schema leaves out what only sequences have.
  const framesPerSecond = 'fps' in request ? request.fps : undefined;
  return ImageRequest.parse({ ...request, framesPerSecond, format: 'png', quality: 100, ...changes });
}

/** The distance from which all of these axes see all of the model, as extremes for `fitCamera`. */
async function measureAll(
  session: RenderSession,
  image: ImageRequest,
  all: readonly CameraAxes[],
  signal: AbortSignal | undefined,
): Promise<Extremes> {
  const stride = Math.ceil(all.length / MOST_MEASURED);
  let extremes = await session.measure(
    image,
    all.filter((_, index) => index % stride === 0),
    signal,
  );
  const ground = groundOf(image, await session.space(image, signal));
  if (ground) for (const axes of all) extremes = withGround(extremes, ground, axes, frameOf(image));
  return extremes;
}

/** Extremes about the centre: a camera that fits them looks straight at it. */
function centred([right, left, top, bottom, near]: Extremes): Extremes {
  const [across, along] = [Math.max(right, left), Math.max(top, bottom)];
  return [across, across, along, along, near];
}

async function planTurntable(
  session: RenderSession,
  request: TurntableRequest,
  signal: AbortSignal | undefined,
): Promise<FramePlan> {
  const { frames, degrees, azimuth, elevation, direction, turn } = request;
  const full = degrees % 360 === 0;
  // After full turns comes the first frame again; otherwise the last one shows the end.
  const step = degrees / (full ? frames : frames - 1);
  // As the camera goes one way round, the model seems to turn the other way.
  const sign = direction === 'counterclockwise' ? -1 : 1;
  const turned = (index: number) => (sign * step * index) % 360;
  const views = Array.from({ length: frames }, (_, index) => ({
    azimuth: (azimuth + turned(index)) % 360,
    elevation,
  }));
  const all = views.map((view) => axesOf(view));
  const image = imageOf(request, { view: views[0] });
  const extremes = await measureAll(session, image, all, signal);
  return {
    count: frames,
    frame(index) {
      const follow =
        turn === 'model' ? (request.environmentRotation + turned(index)) % 360 : request.environmentRotation;
      return {
        request: { ...image, view: views[index]!, environmentRotation: follow },
        camera: fitted(all[index]!, image, extremes),
      };
    },
  };
}

function isPlaced(keyframes: CameraPathRequest['keyframes']): keyframes is PlacedKeyframe[] {
  return keyframes.some((keyframe) => 'position' in keyframe);
}

/** Time of a frame of a path. */
function timeOf(request: CameraPathRequest, index: number): number {
  return request.keyframes[0]!.time + index / request.fps;
}

async function planPlacedPath(
  session: RenderSession,
  request: CameraPathRequest,
  keyframes: readonly PlacedKeyframe[],
  signal: AbortSignal | undefined,
): Promise<FramePlan> {
  const image = imageOf(request);
  const normalisation = await session.space(image, signal);
  const knots: Knot[] = keyframes.map(({ time, position, target, up, fieldOfView }) => ({
    time,
    value: [...position, ...target, ...(up ?? [0, 1, 0]), fieldOfView ?? request.fieldOfView],
  }));
  return {
    count: frameCountOf(request),
    frame(index) {
      const value = valueAt(knots, timeOf(request, index), request.interpolation, request.loop);
      const [px, py, pz, tx, ty, tz, ux, uy, uz, fieldOfView] = value as [
        ...[number, number, number, number, number, number, number, number, number, number],
      ];
      const place = { position: [px, py, pz], target: [tx, ty, tz], up: [ux, uy, uz] } satisfies CameraPlace;
      const frame = { fieldOfView, projection: 'perspective' } as const;
      const camera = cameraAt(place, frame, request.width / request.height, normalisation);
      // Its field of view is the camera's: as the request's it would be another scene where points are as wide as pixels.
      return { request: image, camera };
    },
  };
}

async function planOrbit(
  session: RenderSession,
  request: CameraPathRequest,
  keyframes: readonly OrbitKeyframe[],
  signal: AbortSignal | undefined,
): Promise<FramePlan> {
  const image = imageOf(request);
  const knots: Knot[] = keyframes.map(({ time, azimuth, elevation, distance }) => ({
    time,
    value: [azimuth, elevation, distance],
  }));
  const count = frameCountOf(request);
  const places = Array.from({ length: count }, (_, index) => {
    const value = valueAt(knots, timeOf(request, index), request.interpolation, request.loop);
    const [azimuth, elevation, distance] = value as [number, number, number];
    // A spline may swing a little beyond its knots.
    const held = Math.min(90, Math.max(-90, elevation));
    return { axes: axesOf({ azimuth: azimuth % 360, elevation: held }), distance: Math.max(0.01, distance) };
  });
  const all = places.map(({ axes }) => axes);
  const extremes = centred(await measureAll(session, image, all, signal));
  return {
    count,
    frame(index) {
      const { axes, distance } = places[index]!;
      const camera = fitted(axes, image, extremes);
      if (camera.projection === 'orthographic') {
        // Parallel rays come no nearer: what the image shows becomes larger instead.
        return { request: image, camera: { ...camera, tanX: camera.tanX * distance, tanY: camera.tanY * distance } };
      }
      const { origin } = camera;
      return {
        request: image,
        camera: { ...camera, origin: [origin[0] * distance, origin[1] * distance, origin[2] * distance] },
      };
    },
  };
}

async function planAnimation(
  session: RenderSession,
  request: AnimationRequest,
  signal: AbortSignal | undefined,
): Promise<FramePlan> {
  const count = frameCountOf(request);
  const moment = (index: number) => request.start + index / request.fps;
  const stride = Math.ceil(count / MOST_MOMENTS);
  const moments = Array.from({ length: Math.ceil(count / stride) }, (_, index) => moment(index * stride));
  const image = imageOf(request, { time: request.start });
  const camera = request.camera === undefined ? await session.frameMotion(image, moments, signal) : undefined;
  return { count, frame: (index) => ({ request: { ...image, time: moment(index) }, camera }) };
}

async function planDataset(
  session: RenderSession,
  request: DatasetRequest,
  signal: AbortSignal | undefined,
): Promise<FramePlan> {
  const image = imageOf(request, { passes: request.depth ? ['beauty', 'depth'] : ['beauty'] });
  const all = viewDirections(request.views, request.distribution, request.seed).map(([x, y, z]) =>
    axesAlong([-x, -y, -z]),
  );
  const extremes = centred(await measureAll(session, image, all, signal));
  return { count: request.views, frame: (index) => ({ request: image, camera: fitted(all[index]!, image, extremes) }) };
}
