/** An equirectangular picture of light; +X in the middle column, +Z a quarter further on. */
export interface Panorama {
  width: number;
  height: number;
  /** Linear RGB, rows from the top (+Y). */
  data: Float32Array;
}

/** A rectangular light box that faces the model. */
interface Softbox {
  /** Degrees as in `AngleView`: 0 is the front. */
  azimuth: number;
  elevation: number;
  /** Degrees that it spans, seen from the model. */
  width: number;
  height: number;
  radiance: number;
}

/**
 * A photographer's set-up for products, neutral in colour: a large key box left of the camera, a weak fill on its right,
 * narrow boxes behind the model for its outlines, one overhead. The room is grey rather than black, so that shadows keep
 * detail and mirrors have something to show.
 */
const SOFTBOXES: readonly Softbox[] = [
  { azimuth: -16, elevation: 38, width: 58, height: 52, radiance: 4.2 },
  { azimuth: 96, elevation: 14, width: 44, height: 70, radiance: 1.3 },
  { azimuth: 158, elevation: 30, width: 16, height: 84, radiance: 4.5 },
  { azimuth: -128, elevation: 24, width: 18, height: 78, radiance: 3.2 },
  { azimuth: 20, elevation: 86, width: 70, height: 50, radiance: 1.6 },
];
/** Radiance of the room from the nadir over the horizon to the zenith: a light table, a darker wall, a grey ceiling. */
const ROOM: readonly [elevation: number, radiance: number][] = [
  [-90, 0.5],
  [-25, 0.42],
  [-4, 0.26],
  [20, 0.3],
  [90, 0.46],
];

/** Width of a box's soft edge, as a share of half its width. */
const EDGE = 0.16;

/** The default environment, `studio`. */
export function studioPanorama(width = 1024, height = 512): Panorama {
  const data = new Float32Array(width * height * 3);
  const boxes = SOFTBOXES.map(place);
  for (let y = 0; y < height; y++) {
    const polar = ((y + 0.5) / height) * Math.PI;
    const room = roomRadiance(90 - (polar * 180) / Math.PI);
    for (let x = 0; x < width; x++) {
      const phi = ((x + 0.5) / width - 0.5) * 2 * Math.PI;
      const d = [Math.sin(polar) * Math.cos(phi), Math.cos(polar), Math.sin(polar) * Math.sin(phi)] as const;
      let light = room;
      for (const box of boxes) {
        const f = dot(d, box.forward);
        if (f <= 0) continue;
        const a = dot(d, box.right) / f / box.halfWidth;
        const b = dot(d, box.up) / f / box.halfHeight;
        const share = edge(Math.abs(a)) * edge(Math.abs(b));
        // A little brighter in the middle, as light behind cloth is.
        light += share * (box.radiance * (1 - 0.18 * (a * a + b * b)) - room);
      }
      data.fill(light, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { width, height, data };
}

type Vector = readonly [number, number, number];

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function place({ azimuth, elevation, width, height, radiance }: Softbox) {
  const az = (azimuth * Math.PI) / 180;
  const el = (elevation * Math.PI) / 180;
  const forward: Vector = [Math.sin(az) * Math.cos(el), Math.sin(el), Math.cos(az) * Math.cos(el)];
  const right: Vector = [Math.cos(az), 0, -Math.sin(az)];
  const up: Vector = [-Math.sin(az) * Math.sin(el), Math.cos(el), -Math.cos(az) * Math.sin(el)];
  const half = (degrees: number) => Math.tan((degrees * Math.PI) / 360);
  return { forward, right, up, radiance, halfWidth: half(width), halfHeight: half(height) };
}

function smooth(t: number): number {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

function edge(a: number): number {
  return 1 - smooth((a - 1 + EDGE) / (2 * EDGE));
}

function roomRadiance(elevation: number): number {
  const i = Math.min(
    ROOM.length - 2,
    ROOM.findLastIndex(([at]) => elevation >= at),
  );
  const [from, a] = ROOM[i]!;
  const [to, b] = ROOM[i + 1]!;
  return a + (b - a) * smooth((elevation - from) / (to - from));
}
