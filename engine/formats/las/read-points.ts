import { srgbToLinear } from '../geometry/color.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import type { LasHeader } from './parse-las-header.ts';

/** Where the parts of a point lie; null where the format has none. */
interface Layout {
  classification: number;
  color: number | null;
}

/** The points of a LAS file in flat arrays. */
export interface LasPoints {
  /** Three whole numbers for each point; scale and offset of the header make coordinates of them. */
  coordinates: Int32Array;
  intensity: Uint16Array;
  classification: Uint8Array;
  /** Three for each point as in the file; null where the format has no colours. */
  colors: Uint16Array | null;
}

/** Points between two reports of the progress. */
const POINTS_TOLD = 65_536;

/** Takes points, one record after the other. */
export class PointCollector {
  readonly points: LasPoints;
  private readonly layout: Layout;
  private readonly progress: ImportProgress;
  private next = 0;

  /** @param progress told of the share of the points that were taken */
  constructor({ format, count }: LasHeader, progress: ImportProgress = NO_PROGRESS) {
    this.progress = progress;
    this.layout = layoutOf(format);
    this.points = {
      coordinates: new Int32Array(count * 3),
      intensity: new Uint16Array(count),
      classification: new Uint8Array(count),
      colors: this.layout.color === null ? null : new Uint16Array(count * 3),
    };
  }

  /** @param at byte where the record begins */
  add(view: DataView, at: number): void {
    const { points, layout } = this;
    const i = this.next++;
    if (i % POINTS_TOLD === 0) this.progress(i / (points.intensity.length || 1));
    for (let k = 0; k < 3; k++) points.coordinates[i * 3 + k] = view.getInt32(at + k * 4, true);
    points.intensity[i] = view.getUint16(at + 12, true);
    const classification = view.getUint8(at + layout.classification);
    points.classification[i] = layout.classification === 15 ? classification & 31 : classification;
    if (points.colors && layout.color !== null) {
      for (let k = 0; k < 3; k++) points.colors[i * 3 + k] = view.getUint16(at + layout.color + k * 2, true);
    }
  }
}

function layoutOf(format: number): Layout {
  if (format >= 6) return { classification: 16, color: format === 7 || format === 8 || format === 10 ? 30 : null };
  return { classification: 15, color: format === 2 ? 20 : format === 3 || format === 5 ? 28 : null };
}

/**
 * Colours of the points, linear, four for each: their own, or else the intensity as grey, or null where all points
 * are alike. Many programs fill only the lower eight of sixteen bits.
 */
export function pointColors({ colors, intensity }: LasPoints): { colors: Uint16Array; fromIntensity: boolean } | null {
  const largest = colors ? maximum(colors) : 0;
  if (colors && largest > 0) return { colors: toLinear(colors, 3, largest <= 255 ? 255 : 65535), fromIntensity: false };
  const bright = percentile(intensity, 0.98);
  if (bright === 0 || maximum(intensity) === intensity[0]) return null;
  return { colors: toLinear(intensity, 1, bright), fromIntensity: true };
}

function toLinear(values: Uint16Array, width: 1 | 3, full: number): Uint16Array {
  const table = Uint16Array.from({ length: 65536 }, (_, value) => Math.round(srgbToLinear(value / full) * 65535));
  const count = values.length / width;
  const out = new Uint16Array(count * 4);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) out[i * 4 + k] = table[values[width === 3 ? i * 3 + k : i]!]!;
    out[i * 4 + 3] = 65535;
  }
  return out;
}

function maximum(values: Uint16Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

/** The value below which a share of all lies: a few very bright points do not make the rest black. */
function percentile(values: Uint16Array, share: number): number {
  const counts = new Uint32Array(65536);
  for (const value of values) counts[value]!++;
  let seen = 0;
  for (let value = 0; value < 65536; value++) {
    seen += counts[value]!;
    if (seen >= values.length * share) return value;
  }
  return 65535;
}
