import { isExr, readExrHead } from '../../texture/exr/exr-head.ts';
import { readExr } from '../../texture/exr/read-exr.ts';
import { PanoramaSink, type PictureSize } from '../../texture/hdr/panorama-sink.ts';
import { isRadiance, readRadiance, readRadianceHeader } from '../../texture/hdr/read-radiance.ts';
import { sharpSizeOf } from '../environment-file.ts';
import { invalidEnvironment } from '../errors.ts';
import { floorLog2 } from '../portable-math.ts';

/** An environment before it lies in the kernel's memory. `size`: texels a side of its sharp map, a power of two. */
export type EnvironmentSource =
  /** One that comes with Maquette: its maps are filtered already. */
  | { kind: 'prefiltered'; size: number; file: Uint8Array }
  /** A picture, of which the kernel makes the maps. */
  | {
      kind: 'panorama';
      size: number;
      /** Size of the picture as `write` leaves it. */
      picture: PictureSize;
      /**
       * Decodes the picture into `4 · width · height` floats.
       * @throws MaquetteError `environment_invalid` when it is cut off or damaged.
       */
      write(target: Float32Array): void;
    };

/** Most pixels of a picture, and the least width. */
const MOST_PIXELS = 8192 * 4096;
const LEAST_WIDTH = 16;
/** Pictures wider than this are made smaller before they are resampled: the sharp map shows no more. */
const MOST_WIDTH = 2048;
const LEAST_MAP = 64;
const LARGEST_MAP = 1024;

/**
 * Looks at an environment's bytes: an equirectangular picture as Radiance .hdr or OpenEXR, or a file of an environment
 * that comes with Maquette. Sizes that the file declares are checked before anything is allocated.
 *
 * @throws MaquetteError `environment_invalid` with what is wrong and what to do.
 */
export function openEnvironment(bytes: Uint8Array): EnvironmentSource {
  if (isRadiance(bytes)) {
    const header = attempt('Radiance', () => readRadianceHeader(bytes));
    return panorama('Radiance', header, (sink) => readRadiance(bytes, header, sink));
  }
  if (isExr(bytes)) {
    const head = attempt('OpenEXR', () => readExrHead(bytes));
    return panorama('OpenEXR', head, (sink) => readExr(bytes, head, sink));
  }
  const size = sharpSizeOf(bytes);
  if (size === undefined) throw invalidEnvironment('The environment is neither a Radiance nor an OpenEXR picture.');
  return { kind: 'prefiltered', size, file: bytes };
}

function panorama(format: string, source: PictureSize, read: (sink: PanoramaSink) => void): EnvironmentSource {
  const { width, height } = source;
  if (width < LEAST_WIDTH || height * 2 !== width) {
    throw invalidEnvironment(
      `The ${format} picture is ${width} × ${height} pixels; an equirectangular one is twice as wide as high and at ` +
        `least ${LEAST_WIDTH} pixels wide.`,
    );
  }
  if (width * height > MOST_PIXELS) {
    throw invalidEnvironment(
      `The ${format} picture is ${width} × ${height} pixels; at most 8192 × 4096 are read.`,
      undefined,
      'Make it smaller: a width of 2048 or 4096 pixels shows the same.',
    );
  }
  const picture = width > MOST_WIDTH ? { width: MOST_WIDTH, height: MOST_WIDTH / 2 } : { width, height };
  return {
    kind: 'panorama',
    size: Math.min(LARGEST_MAP, Math.max(LEAST_MAP, 2 ** (floorLog2(picture.width / 2 - 1) + 1))),
    picture,
    write(target) {
      const sink = new PanoramaSink(source, picture, target);
      try {
        read(sink);
      } catch (cause) {
        throw unreadable(format, cause);
      }
      sink.finish();
    },
  };
}

function attempt<T>(format: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(format, cause);
  }
}

function unreadable(format: string, cause: unknown) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return invalidEnvironment(
    `The ${format} picture cannot be read: ${reason.replace(/\.$/, '')}.`,
    cause,
    'Export the picture again from the program that made it, as Radiance .hdr or OpenEXR.',
  );
}
