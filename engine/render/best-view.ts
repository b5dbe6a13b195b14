import type { AngleView } from '#contracts/render/image-request.ts';
import { axesOf, type Camera, type CameraAxes, type Extremes, type Frame, fitCamera, frameOf } from './camera.ts';
import { writeCamera } from './frame-header.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { log, sinDegrees } from './portable-math.ts';

/** Side of the pictures that views are judged by, in pixels. */
const SIDE = 96;
const ELEVATIONS = [20, 5, 40];
const AZIMUTH_STEP = 30;
/** Pixels count as an edge where normals turn or depth changes by more than this. */
const EDGE_COSINE = 0.9;
const EDGE_DEPTH = 0.02;

/** Bytes that judging takes. */
export const BEST_VIEW_BYTES = SIDE * SIDE * L.VIEW_PIXEL_BYTES;

/** What a picture shows. */
interface Sight {
  /** Pixels that show something. */
  area: number;
  /** Evenness with which triangles, and directions of surfaces, share the picture: their entropy, 0 to 1. */
  triangles: number;
  normals: number;
  /** Pairs of neighbouring pixels between which something changes. */
  edges: number;
  materials: number;
}

/**
 * The direction that shows most of a model: visible detail (edges of shapes, surfaces of many directions, many triangles
 * and materials) of views around it, those preferred that a person would take, upright, from the front and a little from
 * above. After Vázquez et al., "Viewpoint selection using viewpoint entropy" (2001), and Secord et al., "Perceptual models
 * of viewpoint preference" (2011). The same model gives the same view on every machine.
 *
 * @param address where `BEST_VIEW_BYTES` are free
 * @param extremes finds what a camera with these axes and this frame has to take in
 */
export async function findBestView(
  header: KernelHeader,
  memory: WebAssembly.Memory,
  address: number,
  extremes: (axes: CameraAxes, frame: Frame) => Promise<Extremes>,
  run: (task: number) => Promise<void>,
): Promise<AngleView> {
  const shot = { width: SIDE, height: SIDE, fieldOfView: 35, margin: 0.02, projection: 'perspective' } as const;
  const frame = frameOf(shot);
  const sights: { view: AngleView; sight: Sight }[] = [];
  for (const elevation of ELEVATIONS) {
    for (let azimuth = -150; azimuth <= 180; azimuth += AZIMUTH_STEP) {
      const view = { azimuth, elevation };
      const axes = axesOf(view);
      const camera: Camera | undefined = fitCamera(axes, frame, await extremes(axes, frame));
      if (!camera) continue;
      header.set(L.H_WIDTH, SIDE);
      header.set(L.H_HEIGHT, SIDE);
      header.set(L.H_VIEW_PIXELS, address);
      writeCamera(header, camera, shot);
      await run(L.TASK_VIEW);
      sights.push({ view, sight: sightOf(new DataView(memory.buffer, address, BEST_VIEW_BYTES)) });
    }
  }
  const most = (key: keyof Sight) => Math.max(1, ...sights.map(({ sight }) => sight[key]));
  const [area, edges, materials] = [most('area'), most('edges'), most('materials')];
  let best: { view: AngleView; score: number } = { view: { azimuth: 35, elevation: 20 }, score: -Infinity };
  for (const { view, sight } of sights) {
    const detail =
      sight.triangles +
      sight.normals +
      1.2 * (sight.edges / edges) +
      0.6 * (sight.materials / materials) +
      1.4 * (sight.area / area);
    const score = Math.round((detail + preference(view)) * 1e6);
    if (score > best.score) best = { view, score };
  }
  return best.view;
}

/** Up to about 1 for what people choose: between front and side, a little from above. */
function preference({ azimuth, elevation }: AngleView): number {
  const front = (1 + sinDegrees(90 - azimuth)) / 2;
  const quarter = sinDegrees(2 * azimuth) ** 2;
  const above = 1 - Math.abs(elevation - 20) / 40;
  return 0.4 * front + 0.2 * quarter + 0.3 * above;
}

function sightOf(pixels: DataView): Sight {
  const triangles = new Map<number, number>();
  const normals = new Map<number, number>();
  const materials = new Set<number>();
  let area = 0;
  let edges = 0;
  const at = (x: number, y: number) => (y * SIDE + x) * L.VIEW_PIXEL_BYTES;
  const count = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const depth = pixels.getFloat32(at(x, y), true);
      if (depth === Infinity) continue;
      area++;
      const normal = normalAt(pixels, at(x, y));
      count(triangles, pixels.getUint32(at(x, y) + 8, true));
      count(
        normals,
        normal.reduce((key, value) => key * 3 + (value > 0.38 ? 2 : value < -0.38 ? 0 : 1), 0),
      );
      const material = pixels.getUint32(at(x, y) + 12, true);
      materials.add(material);
      for (const [dx, dy] of [
        [1, 0],
        [0, 1],
      ] as const) {
        if (x + dx >= SIDE || y + dy >= SIDE) continue;
        const other = at(x + dx, y + dy);
        const near = pixels.getFloat32(other, true);
        const turn = normalAt(pixels, other).reduce((sum, value, i) => sum + value * normal[i]!, 0);
        const changes =
          Math.abs(near - depth) > EDGE_DEPTH * depth ||
          turn < EDGE_COSINE ||
          pixels.getUint32(other + 12, true) !== material;
        if (changes) edges++;
      }
    }
  }
  return {
    area,
    triangles: entropy(triangles, Math.max(1, area)) / log(SIDE * SIDE),
    normals: entropy(normals, Math.max(1, area)) / log(13),
    edges,
    materials: materials.size,
  };
}

function normalAt(pixels: DataView, at: number): [number, number, number] {
  let x = pixels.getInt16(at + 4, true) / 32767;
  let y = pixels.getInt16(at + 6, true) / 32767;
  const z = 1 - Math.abs(x) - Math.abs(y);
  if (z < 0) {
    const ox = x;
    x = (1 - Math.abs(y)) * (ox >= 0 ? 1 : -1);
    y = (1 - Math.abs(ox)) * (y >= 0 ? 1 : -1);
  }
  const k = 1 / Math.sqrt(x * x + y * y + z * z);
  return [x * k, y * k, z * k];
}

function entropy(counts: Map<number, number>, total: number): number {
  let sum = 0;
  for (const n of counts.values()) sum -= (n / total) * log(n / total);
  return sum;
}
