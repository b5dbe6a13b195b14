import type { Light } from '@gltf-transform/extensions';
import type { SceneNodes } from './draws.ts';
import * as L from './kernel/layout.ts';
import { cos, length3 } from './portable-math.ts';
import { type Normalisation, toRenderSpace } from './render-space.ts';
import type { Vector } from './vector.ts';

/** A light of KHR_lights_punctual in world space. */
export interface PlacedLight {
  kind: 'directional' | 'point' | 'spot';
  position: Vector;
  /** Where it shines, unit. */
  axis: Vector;
  /** Linear colour times intensity, in lux or candela. */
  color: Vector;
  /** Metres; 0 without end. */
  range: number;
  /** Half angles of a spot's cone, in radians. */
  innerAngle: number;
  outerAngle: number;
}

const KIND = { directional: L.LIGHT_DIRECTIONAL, point: L.LIGHT_POINT, spot: L.LIGHT_SPOT } as const;

/**
 * Most light that all lights together may shed on the model, as a multiple of what makes a white surface white. Files
 * often carry thousands of candela, meant for a renderer with another exposure; the picture would be all white.
 */
const MOST_LIGHT = 2.5 * Math.PI;

/** Lights of the scene that shine at all, the first `MAX_LIGHTS` of them. */
export function listLights({ world, seen }: SceneNodes, warnings: string[]): PlacedLight[] {
  const lights: PlacedLight[] = [];
  for (const node of seen) {
    const light = node.getExtension<Light>('KHR_lights_punctual');
    if (!light) continue;
    const m = world.get(node)!;
    const length = length3(m[2]!, m[6]!, m[10]!);
    const color = light.getColor().map((c) => c * light.getIntensity()) as Vector;
    const numbers = [...color, m[3]!, m[7]!, m[11]!, length];
    if (!numbers.every(Number.isFinite) || length === 0 || Math.max(...color) <= 0) continue;
    lights.push({
      kind: light.getType(),
      position: [m[3]!, m[7]!, m[11]!],
      axis: [-m[2]! / length, -m[6]! / length, -m[10]! / length],
      color,
      range: light.getRange() ?? 0,
      innerAngle: light.getInnerConeAngle(),
      outerAngle: light.getOuterConeAngle(),
    });
  }
  if (lights.length > L.MAX_LIGHTS)
    warnings.push(`Of ${lights.length} lights only the first ${L.MAX_LIGHTS} are drawn.`);
  return lights.slice(0, L.MAX_LIGHTS);
}

/** Writes the lights for the kernel, in render space, all dimmed alike where they would shed too much light. */
export function writeLights(
  view: DataView,
  address: number,
  lights: readonly PlacedLight[],
  normalisation: Normalisation,
  warnings: string[],
): void {
  const { scale, half } = normalisation;
  const placed = lights.map((light) => ({
    ...light,
    position: toRenderSpace(light.position, normalisation),
    // Candela over metres squared: distances become `scale` times as long.
    color: light.color.map((c) => c * (light.kind === 'directional' ? 1 : scale * scale)) as Vector,
  }));
  const most = placed.reduce((sum, light) => sum + Math.max(...light.color) / nearest(light, half), 0);
  const dim = Math.min(1, MOST_LIGHT / most);
  if (dim < 0.99)
    warnings.push(`The lights of the file are too bright; they are dimmed to ${(dim * 100).toPrecision(2)} %.`);
  placed.forEach((light, i) => {
    const at = address + i * L.LIGHT_BYTES;
    const f32 = (offset: number, ...values: number[]) =>
      values.forEach((value, k) => {
        view.setFloat32(at + offset + k * 4, value, true);
      });
    f32(0, ...light.position);
    view.setInt32(at + L.LIGHT_KIND, KIND[light.kind], true);
    f32(L.LIGHT_AXIS, ...(light.kind === 'directional' ? light.axis.map((x) => -x) : light.axis));
    f32(L.LIGHT_RANGE, light.range * scale);
    f32(L.LIGHT_COLOR, ...light.color.map((c) => c * dim));
    const outer = cos(light.outerAngle);
    const falloff = 1 / Math.max(0.001, cos(light.innerAngle) - outer);
    f32(L.LIGHT_SPOT_SCALE, falloff);
    f32(L.LIGHT_SPOT_OFFSET, -outer * falloff);
  });
}

/** Squared distance at which the light is nearest to the model's bounds, not less than a fifth of its radius. */
function nearest({ kind, position }: PlacedLight, half: Vector): number {
  if (kind === 'directional') return 1;
  const [x, y, z] = position.map((value, i) => Math.max(0, Math.abs(value) - half[i]!)) as Vector;
  const distance = length3(x, y, z);
  return Math.max(0.2, distance) ** 2;
}
