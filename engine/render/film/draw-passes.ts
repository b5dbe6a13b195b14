import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { DrawControl } from '../draw-preview.ts';
import type { ImagePlan } from '../image-plan.ts';
import * as L from '../kernel/layout.ts';
import type { KernelHeader } from '../kernel-header.ts';
import type { RenderedPass } from '../rendered-image.ts';
import { isLinear, passBuffers } from './film-plan.ts';
import type { IdNames } from './id-tables.ts';

/** Rays of a pixel for what is averaged over it. */
const AVERAGED = 16;

/** Whether any pass beside the picture is wanted. */
function hasPasses(request: Pick<ImageRequest, 'passes'>): boolean {
  return Object.values(passBuffers(request)).some(Boolean);
}

/** Draws the passes that surfaces make. Without passes there is nothing to draw, and the kernel is told so. */
export async function drawPasses(
  header: KernelHeader,
  { passes }: ImagePlan,
  request: Pick<ImageRequest, 'passes'>,
  { run }: Pick<DrawControl, 'run'>,
): Promise<void> {
  const averaged = request.passes.some((name) => name !== 'beauty' && name !== 'depth' && name !== 'uv');
  header.setAll([
    [L.H_PASS_SURFACE, passes.surface],
    [L.H_PASS_NORMAL, passes.normal],
    [L.H_PASS_ALBEDO, passes.albedo],
    [L.H_PASS_OBJECT, passes.object],
    [L.H_PASS_MATERIAL, passes.material],
    [L.H_PASS_SAMPLES, averaged ? AVERAGED : 1],
    [L.H_OBJECTS, passes.objects],
    [L.H_INSTANCE_IDS, passes.instanceIds],
    [L.H_MATERIAL_IDS, passes.materialIds],
  ]);
  if (hasPasses(request)) await run(L.TASK_PASSES);
}

/** Copies the passes out of the kernel's memory, in the order of the request; of the picture, its linear light. */
export function collectPasses(
  memory: WebAssembly.Memory,
  plan: ImagePlan,
  request: Pick<ImageRequest, 'passes' | 'width' | 'height' | 'format'>,
  names: IdNames,
): RenderedPass[] {
  const pixels = request.width * request.height;
  const floats = (address: number) => new Float32Array(memory.buffer, address, pixels * 4);
  /** Lanes `from` to `to` of four. */
  const lanes = (address: number, from: number, to: number) => {
    const source = floats(address);
    const count = to - from;
    const data = new Float32Array(pixels * count);
    for (let i = 0; i < pixels; i++) for (let c = 0; c < count; c++) data[i * count + c] = source[i * 4 + from + c]!;
    return data;
  };
  const { passes, film } = plan;
  return request.passes.flatMap((name): RenderedPass[] => {
    switch (name) {
      case 'beauty':
        return isLinear(request) && film.radiance > 0
          ? [{ kind: 'floats', name, channels: ['R', 'G', 'B', 'A'], data: floats(film.radiance).slice() }]
          : [];
      case 'albedo':
        return [{ kind: 'floats', name, channels: ['R', 'G', 'B', 'A'], data: floats(passes.albedo).slice() }];
      case 'normal':
        return [{ kind: 'floats', name, channels: ['X', 'Y', 'Z', 'A'], data: floats(passes.normal).slice() }];
      case 'depth':
        return [{ kind: 'floats', name, channels: ['Z'], data: lanes(passes.surface, 0, 1) }];
      case 'uv':
        return [{ kind: 'floats', name, channels: ['U', 'V', 'A'], data: texturePass(floats(passes.surface)) }];
      case 'alpha':
        return [{ kind: 'floats', name, channels: ['A'], data: lanes(passes.surface, 3, 4) }];
      case 'object':
        return [idPass(memory, name, passes.object, pixels, names.objects)];
      case 'material':
        return [idPass(memory, name, passes.material, pixels, names.materials)];
      default:
        return name satisfies never;
    }
  });
}

/** Texture coordinates, and 1 where there is a surface. */
function texturePass(surface: Float32Array): Float32Array {
  const data = new Float32Array((surface.length / 4) * 3);
  for (let from = 0, to = 0; from < surface.length; from += 4, to += 3) {
    // Splats have none.
    if (!Number.isFinite(surface[from]) || Number.isNaN(surface[from + 1])) continue;
    data[to] = surface[from + 1]!;
    data[to + 1] = surface[from + 2]!;
    data[to + 2] = 1;
  }
  return data;
}

function idPass(
  memory: WebAssembly.Memory,
  name: 'object' | 'material',
  address: number,
  pixels: number,
  all: ReadonlyMap<number, string>,
): RenderedPass {
  const words = new Uint32Array(memory.buffer, address, pixels * L.ID_RANKS * 2);
  const shares = new Float32Array(memory.buffer, address, pixels * L.ID_RANKS * 2);
  const ids = new Uint32Array(pixels * L.ID_RANKS);
  const coverage = new Float32Array(pixels * L.ID_RANKS);
  const names = new Map<number, string>();
  for (let i = 0; i < pixels; i++) {
    const from = i * L.ID_RANKS * 2;
    ids.set(words.subarray(from, from + L.ID_RANKS), i * L.ID_RANKS);
    coverage.set(shares.subarray(from + L.ID_RANKS, from + 2 * L.ID_RANKS), i * L.ID_RANKS);
  }
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (coverage[i]! > 0 && !names.has(id)) names.set(id, all.get(id) ?? '');
  }
  const sorted = new Map([...names].sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return { kind: 'ids', name, ranks: L.ID_RANKS, ids, coverage, names: sorted };
}
