import type { ImageRequest } from '#contracts/render/image-request.ts';
import { backgroundOf, samplesOf } from '#contracts/render/image-rules.ts';
import type { Camera, CameraAxes, Frame } from './camera.ts';
import { COLOR_SPACES, displayP3Of, TONE_MAPPINGS } from './film/develop-film.ts';
import type { Ground } from './ground.ts';
import type { ImagePlan } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { cosDegrees, exp2, sinDegrees, srgbToLinear } from './portable-math.ts';

/** Occlusion rays of a pixel for a number of anti-aliasing samples; the filters gather those of 64 pixels. */
export function occlusionRays(samples: number): number {
  return Math.min(L.MAX_OCCLUSION_RAYS, Math.max(2, samples >> 2));
}

const DISPLAY: Record<ImageRequest['display'], number> = {
  shaded: 0,
  wireframe: L.DISPLAY_WIREFRAME,
  'uv-checker': L.DISPLAY_UV,
  'material-id': L.DISPLAY_MATERIAL,
};

/** Views for quality control show their colours as they are: neither exposure nor tone mapping changes them. */
export function displayedRequest(request: ImageRequest): ImageRequest {
  return request.display === 'shaded' ? request : { ...request, toneMapping: 'none', exposure: 0 };
}

/** Backgrounds that are no colour. */
const BACKGROUND_MODES: Record<string, number> = { transparent: 0, environment: L.BACKGROUND_ENVIRONMENT };

/** Tells the kernel what is asked of an image: its size, quality, background, ground and light. */
export function writeImageHeader(
  header: KernelHeader,
  plan: ImagePlan,
  request: ImageRequest,
  ground: Ground | undefined,
): void {
  header.setAll([
    [L.H_GBUFFER, plan.gbuffer],
    [L.H_OCCLUSION, plan.occlusion],
    [L.H_OCCLUSION_NARROW, plan.occlusionNarrow],
    [L.H_HITS, plan.hits],
    [L.H_INTERIOR, plan.interior],
    [L.H_OPEN_TILES, plan.openTiles],
    [L.H_PIXELS, plan.pixels],
    [L.H_FILM, plan.film.radiance],
    [L.H_FILM_ALBEDO, plan.film.albedo],
    [L.H_FILM_NORMAL, plan.film.normal],
    [L.H_FILM_HALF, plan.film.half],
    [L.H_DENOISED, 0],
    [L.H_TONE_MAPPING, TONE_MAPPINGS[request.toneMapping]],
    [L.H_COLOR_SPACE, COLOR_SPACES[request.colorSpace]],
    [L.H_WIDTH, request.width],
    [L.H_HEIGHT, request.height],
    [L.H_SAMPLES, samplesOf(request)],
    [L.H_DISPLAY, DISPLAY[request.display]],
    [L.H_OCCLUSION_RAYS, occlusionRays(samplesOf(request))],
    [L.H_GROUND, ground ? (request.ground === 'reflective' ? L.GROUND_REFLECTIVE : 1) : 0],
    [L.H_BACKGROUND_MODE, BACKGROUND_MODES[backgroundOf(request)] ?? 1],
  ]);
  header.setFloats(L.H_BACKGROUND, ...backgroundColor(request));
  header.setFloats(L.H_LINE_WIDTH, request.lineWidth);
  header.setFloats(L.H_EXPOSURE, exp2(request.exposure));
  if (ground) {
    header.setFloats(L.H_GROUND_Y, ground.y, ground.reach);
    header.setFloats(L.H_GROUND_BOX, ...ground.box);
  }
  const turn = request.environmentRotation;
  header.setFloats(L.H_ENV_COS, cosDegrees(turn), sinDegrees(turn));
  header.setFloats(L.H_ENV_INTENSITY, request.environmentIntensity);
  header.setFloats(L.H_ENV_BLUR, request.environmentBlur);
}

/** Tells the kernel along which axes to look for the extremes of what the camera frames. */
export function writeFraming(header: KernelHeader, { right, up, forward }: CameraAxes, frame: Frame): void {
  header.setFloats(L.H_FRAME_RIGHT, ...right);
  header.setFloats(L.H_FRAME_UP, ...up);
  header.setFloats(L.H_FRAME_FORWARD, ...forward);
  header.setFloats(L.H_FRAME_TANGENTS, frame.insideX, frame.insideY);
}

/** Tells the kernel where the camera stands, for an image of a size. */
export function writeCamera(
  header: KernelHeader,
  { origin, right, up, forward, projection, tanX, tanY, lens }: Camera,
  { width, height }: Pick<ImageRequest, 'width' | 'height'>,
): void {
  const depth = projection === 'orthographic' ? 0 : 1;
  const axis = (i: number) => ({ r: right[i]!, u: up[i]!, f: forward[i]! });
  const three = [0, 1, 2].map(axis);
  header.set(L.H_CAMERA_ORTHOGRAPHIC, projection === 'orthographic' ? 1 : 0);
  header.setFloats(L.H_CAMERA_ORIGIN, ...origin);
  header.setFloats(L.H_CAMERA_FORWARD, ...forward);
  header.setFloats(L.H_CAMERA_CORNER, ...three.map(({ r, u, f }) => f * depth - r * tanX + u * tanY));
  header.setFloats(L.H_CAMERA_RIGHT, ...three.map(({ r }) => (r * 2 * tanX) / width));
  header.setFloats(L.H_CAMERA_DOWN, ...three.map(({ u }) => (-u * 2 * tanY) / height));
  header.set(L.H_LENS, lens ? 1 : 0);
  if (!lens) return;
  header.setFloats(L.H_LENS_RIGHT, ...right.map((x) => x * lens.radius));
  header.setFloats(L.H_LENS_UP, ...up.map((x) => x * lens.radius));
  header.setFloats(L.H_LENS_FOCUS, 1 / lens.focusDistance);
}

/** Linear light of a background colour in the primaries of the picture; black where there is none. */
function backgroundColor(request: ImageRequest): readonly number[] {
  const background = backgroundOf(request);
  if (BACKGROUND_MODES[background] !== undefined) return [0, 0, 0];
  const rgb = [1, 3, 5].map((i) => srgbToLinear(Number.parseInt(background.slice(i, i + 2), 16) / 255));
  return request.colorSpace === 'display-p3' ? displayP3Of(rgb) : rgb;
}
