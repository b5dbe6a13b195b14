import type { Document } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { PictureDifference } from '#contracts/operations/optimize-report.ts';
import type { PictureSettings } from '#contracts/operations/recipe.ts';
import { type CameraPlace, ImageRequest } from '#contracts/render/image-request.ts';
import type { RenderHost } from '../../render/render-host.ts';
import { openRenderSession } from '../../render/render-session.ts';
import type { RenderedImage } from '../../render/rendered-image.ts';
import { viewDirections } from '../../render/sequence/view-directions.ts';
import { type GrayPicture, structuralSimilarity } from './ssim.ts';

/** What lies behind the models: neither dark nor bright, so that both show against it. */
const BACKDROP = 128;
/** Free border of the source's pictures, so that what has grown is still seen. */
const MARGIN = 0.08;
/** Pixels a side of the pictures that only tell where cameras stand. */
const FRAMING_SIZE = 16;

/**
 * How alike pictures of two models are: structural similarity of luma, over what shows either model. Cameras stand
 * evenly round the source and see it whole; the result is drawn by the same cameras, in rest pose, with the preview
 * integrator in the light of the studio, without lamps of the file. Null where there is nothing to draw.
 *
 * @throws MaquetteError `render_too_large`, `canceled`
 */
export async function measurePictures(
  source: Document,
  result: Document,
  { views, size }: PictureSettings,
  host: RenderHost,
  signal?: AbortSignal,
): Promise<PictureDifference | null> {
  const requests = viewDirections(views, 'sphere', 0).map(([x, y, z]) =>
    ImageRequest.parse({
      width: size,
      height: size,
      margin: MARGIN,
      view: { azimuth: Math.atan2(x, z) * DEGREES, elevation: Math.asin(y) * DEGREES },
      background: 'transparent',
      lights: 'none',
    }),
  );
  const framed = await drawAll(
    source,
    // Where a camera stands does not depend on how many pixels it has.
    requests.map((request) => ({ ...request, width: FRAMING_SIZE, height: FRAMING_SIZE })),
    host,
    signal,
  );
  if (!framed) return null;
  const placed = requests.map((request, view) => ({ ...request, camera: placeOf(framed[view]!) }));
  const before = await drawAll(source, placed, host, signal);
  const after = await drawAll(result, placed, host, signal);
  if (!before || !after) return null;
  const values = before.flatMap((picture, view) => similarity(picture, after[view]!) ?? []);
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { ssim: { min: Math.min(...values), mean }, views, size };
}

const DEGREES = 180 / Math.PI;

/** The pictures of a document; null where it has nothing to draw. */
async function drawAll(
  document: Document,
  requests: readonly ImageRequest[],
  host: RenderHost,
  signal: AbortSignal | undefined,
): Promise<RenderedImage[] | null> {
  const session = openRenderSession(document, host);
  try {
    const images: RenderedImage[] = [];
    for (const request of requests) images.push(await session.render(request, signal ? { signal } : {}));
    return images;
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.code === 'model_empty') return null;
    throw thrown;
  } finally {
    session.close();
  }
}

function placeOf({ camera: { position, forward, up } }: RenderedImage): CameraPlace {
  const target = position.map((value, axis) => value + forward[axis]!) as [number, number, number];
  return { position, target, up: [...up] as [number, number, number] };
}

function similarity(a: RenderedImage, b: RenderedImage): number | null {
  const shown = new Float64Array(a.width * a.height);
  for (let i = 0; i < shown.length; i++) shown[i] = a.data[i * 4 + 3]! | b.data[i * 4 + 3]!;
  return structuralSimilarity(grayOf(a), grayOf(b), shown);
}

/** Luma (ITU-R BT.601) over the backdrop. */
function grayOf({ width, height, data }: RenderedImage): GrayPicture {
  const values = new Float64Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const luma = 0.299 * data[i * 4]! + 0.587 * data[i * 4 + 1]! + 0.114 * data[i * 4 + 2]!;
    const alpha = data[i * 4 + 3]! / 255;
    values[i] = luma * alpha + BACKDROP * (1 - alpha);
  }
  return { width, height, values };
}
