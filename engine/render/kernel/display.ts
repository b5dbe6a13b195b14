// Views for quality control: edges of triangles, a checker in texture space, a colour a material. Linear light in [0, 1],
// shown as it is.

import { DISPLAY_MATERIAL, DISPLAY_UV, DISPLAY_WIREFRAME, H_LINE_WIDTH, HEADER } from './layout';
import { edgeSteps, materialIndex, normal, uvArea, uvSteps } from './surface';
import { coordinateU, coordinateV } from './texture';
import { dot, mix, saturate, scale, vec3 } from './vec';

/** Cells of the checker on each side of the unit square. */
const CELLS: f32 = 8;

/** What the loaded surface shows towards `view`; a step of its footprint is `footprint` pixels long. */
export function displayColor(mode: i32, view: v128, footprint: f32): v128 {
  // A head light, so that shapes are told apart.
  const facing = saturate(dot(normal, view));
  if (mode == DISPLAY_WIREFRAME) return wireframe(facing, footprint);
  if (mode == DISPLAY_UV) return scale(checker(), <f32>0.45 + <f32>0.55 * facing);
  if (mode == DISPLAY_MATERIAL) return materialColor(materialIndex);
  return f32x4.splat(0);
}

function wireframe(facing: f32, footprint: f32): v128 {
  const fill: f32 = <f32>0.42 + <f32>0.42 * facing;
  // Half of the line lies in each of both triangles; its edge is as soft as a pixel is wide.
  const line = saturate(load<f32>(HEADER + H_LINE_WIDTH) * <f32>0.5 - edgeSteps * footprint + <f32>0.5);
  return mix(f32x4.splat(fill), vec3(0.012, 0.02, 0.035), line);
}

// @ts-ignore: decorator
@inline
function triangleWave(x: f32): f32 {
  const f = x * <f32>0.5;
  return abs<f32>(f - floor<f32>(f) - <f32>0.5);
}

/** Mean of a square wave of period 2 and values ±1 over a width: the difference of its integral, a triangle wave. */
// @ts-ignore: decorator
@inline
function squareWave(x: f32, width: f32): f32 {
  const w = max<f32>(width, 1e-4);
  return <f32>2 * (triangleWave(x - <f32>0.5 * w) - triangleWave(x + <f32>0.5 * w)) / w;
}

/** Red grows with u and green with the height above the texture's lower edge; triangles without an area in texture space are magenta. */
function checker(): v128 {
  if (uvArea == 0) return vec3(0.9, 0, 0.7);
  const u = coordinateU(), v = coordinateV();
  const board: f32 = <f32>0.5 + <f32>0.5 * squareWave(u * CELLS, uvSteps * CELLS) * squareWave(v * CELLS, uvSteps * CELLS);
  const tint = vec3(<f32>0.08 + <f32>0.85 * (u - floor<f32>(u)), <f32>0.08 + <f32>0.85 * (1 - (v - floor<f32>(v))), <f32>0.55);
  return mix(scale(tint, 0.22), tint, board);
}

/** Hues that follow one another by the golden section: neighbours in the list, and many of them together, differ. */
function materialColor(index: u32): v128 {
  const turn = <f32>index * <f32>0.618034;
  const hue = (turn - floor<f32>(turn)) * 6;
  const strength: f32 = index % 3 == 0 ? 0.85 : index % 3 == 1 ? 0.5 : 0.25;
  const low: f32 = index % 2 == 0 ? 0.05 : 0.16;
  const r = saturate(abs<f32>(hue - 3) - 1), g = saturate(2 - abs<f32>(hue - 2)), b = saturate(2 - abs<f32>(hue - 4));
  return vec3(low + (strength - low) * r, low + (strength - low) * g, low + (strength - low) * b);
}
