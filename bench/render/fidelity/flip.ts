import { labOfXyz, linearOf, type Triple, WHITE, xyzOf } from './color-spaces.ts';
import { convolve, decodeSrgb, type Picture } from './picture.ts';

/** Pixels a degree of the visual field: a 0.7 m wide display of 3,840 pixels seen from 0.7 m, as in the paper. */
const PIXELS_PER_DEGREE = 67;

/** Exponent and the two marks of the map from colour distance to [0, 1], and exponent of the feature difference. */
const QC = 0.7;
const PC = 0.4;
const PT = 0.95;
const QF = 0.5;
/** Width of the features that the eye finds, in degrees. */
const FEATURE = 0.082;

/** Contrast sensitivity as sums of Gaussians, a · exp(−b f²) in frequency: achromatic, red-green, blue-yellow. */
const SENSITIVITY = [
  [{ a: 1, b: 0.0047 }],
  [{ a: 1, b: 0.0053 }],
  [
    { a: 34.1, b: 0.04 },
    { a: 13.5, b: 0.025 },
  ],
] as const;

/** XYZ to the opponent space YCxCz and back (after Monga, Geisler and Evans 2003). */
function opponentOf([x, y, z]: Triple): Triple {
  const [u, v, w] = [x / WHITE[0], y / WHITE[1], z / WHITE[2]];
  return [116 * v - 16, 500 * (u - v), 200 * (v - w)];
}
function xyzOfOpponent(l: number, c: number, d: number): Triple {
  const v = (l + 16) / 116;
  return [(v + c / 500) * WHITE[0], v * WHITE[1], (v - d / 200) * WHITE[2]];
}

/** L*a*b* with chroma that fades in the dark (the Hunt effect). */
function huntLab(linear: Triple): Triple {
  const [l, a, b] = labOfXyz(xyzOf(...linear));
  return [l, 0.01 * l * a, 0.01 * l * b];
}

/** Distance for large colour differences (Abasi, Tehran and Fairchild 2020). */
const hyab = (p: Triple, q: Triple) => Math.abs(p[0] - q[0]) + Math.hypot(p[1] - q[1], p[2] - q[2]);

/** Largest distance: that of green to blue. */
const LARGEST = hyab(huntLab([0, 1, 0]), huntLab([0, 0, 1])) ** QC;

function planesOf({ width, height, rgb }: Picture): Float32Array[] {
  const planes = [0, 1, 2].map(() => new Float32Array(width * height));
  for (let i = 0; i < width * height; i++) {
    const linear = [0, 1, 2].map((c) => decodeSrgb(rgb[i * 3 + c]!)) as Triple;
    opponentOf(xyzOf(...linear)).forEach((value, c) => {
      planes[c]![i] = value;
    });
  }
  return planes;
}

/** One dimension of a Gaussian of the sensitivity, which is separable: exp(−π² x² / b). */
function sensitivityKernel(b: number, radius: number): Float64Array {
  return Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-(Math.PI ** 2) * ((i - radius) / PIXELS_PER_DEGREE) ** 2 * (1 / b)),
  );
}

/** What the eye makes of the colours: each opponent plane through its sensitivity, then as Hunt-adjusted L*a*b*. */
function perceived(planes: Float32Array[], width: number, height: number): Float32Array[] {
  const radius = Math.ceil(3 * Math.sqrt(0.04 / (2 * Math.PI ** 2)) * PIXELS_PER_DEGREE);
  const filtered = planes.map((plane, c) => {
    const terms = SENSITIVITY[c]!.map(({ a, b }) => {
      const kernel = sensitivityKernel(b, radius);
      const sum = kernel.reduce((x, y) => x + y, 0);
      return { weight: a * (Math.PI / b), kernel, sum };
    });
    const total = terms.reduce((x, { weight, sum }) => x + weight * sum * sum, 0);
    const out = new Float32Array(plane.length);
    for (const { weight, kernel } of terms) {
      const part = convolve(plane, width, height, kernel, kernel);
      for (let i = 0; i < out.length; i++) out[i]! += (part[i]! * weight) / total;
    }
    return out;
  });
  const lab = [0, 1, 2].map(() => new Float32Array(width * height));
  for (let i = 0; i < width * height; i++) {
    const linear = linearOf(...xyzOfOpponent(filtered[0]![i]!, filtered[1]![i]!, filtered[2]![i]!));
    huntLab(linear.map((v) => Math.min(1, Math.max(0, v))) as Triple).forEach((value, c) => {
      lab[c]![i] = value;
    });
  }
  return lab;
}

/** Scales a kernel so that its positive part sums to 1 and its negative part to −1. */
function balanced(kernel: Float64Array): Float64Array {
  let [up, down] = [0, 0];
  for (const k of kernel) {
    if (k > 0) up += k;
    else down -= k;
  }
  return kernel.map((k) => (k > 0 ? k / up : k / down));
}

/** Strength of edges and of points in the achromatic plane. */
function featuresOf(plane: Float32Array, width: number, height: number): { edges: Float32Array; points: Float32Array } {
  const deviation = 0.5 * FEATURE * PIXELS_PER_DEGREE;
  const radius = Math.ceil(3 * deviation);
  const at = (f: (x: number) => number) => Float64Array.from({ length: 2 * radius + 1 }, (_, i) => f(i - radius));
  const bell = (x: number) => Math.exp(-(x * x) / (2 * deviation ** 2));
  const smooth = at(bell);
  const total = smooth.reduce((x, y) => x + y, 0);
  const across = smooth.map((k) => k / total);
  const edge = balanced(at((x) => -x * bell(x)));
  const point = balanced(at((x) => (x ** 2 / deviation ** 2 - 1) * bell(x)));
  const light = plane.map((v) => (v + 16) / 116);
  const length = (kernel: Float64Array) => {
    const x = convolve(light, width, height, kernel, across);
    const y = convolve(light, width, height, across, kernel);
    return x.map((v, i) => Math.hypot(v, y[i]!));
  };
  return { edges: length(edge), points: length(point) };
}

/**
 * FLIP of each pixel of two pictures of the same size, in [0, 1]: how strongly somebody who flips between them sees a
 * difference. Andersson, Nilsson, Akenine-Möller, Oskarsson, Åström and Fairchild, "FLIP: a difference evaluator for
 * alternating images" (2020), for pictures of low dynamic range.
 */
export function flip(reference: Picture, test: Picture): Float32Array {
  const { width, height } = reference;
  const [r, t] = [planesOf(reference), planesOf(test)];
  const [seenR, seenT] = [perceived(r, width, height), perceived(t, width, height)];
  const [featuresR, featuresT] = [featuresOf(r[0]!, width, height), featuresOf(t[0]!, width, height)];
  const mark = PC * LARGEST;
  return seenR[0]!.map((_, i) => {
    const at = (planes: Float32Array[]) => planes.map((plane) => plane[i]!) as Triple;
    const distance = hyab(at(seenR), at(seenT)) ** QC;
    const color = distance < mark ? (PT / mark) * distance : PT + ((distance - mark) / (LARGEST - mark)) * (1 - PT);
    const edges = Math.abs(featuresR.edges[i]! - featuresT.edges[i]!);
    const points = Math.abs(featuresR.points[i]! - featuresT.points[i]!);
    const feature = Math.min(1, (Math.max(edges, points) / Math.SQRT2) ** QF);
    return Math.min(1, color) ** (1 - feature);
  });
}
