import type { Document, mat4, Node, vec3 } from '@gltf-transform/core';
import { KHRLightsPunctual } from '@gltf-transform/extensions';
import { srgbToLinear } from '../geometry/color.ts';
import { composeSteps, multiply } from '../geometry/transform-steps.ts';
import { tupleOf, type WorldNode } from '../x3d/world-node.ts';
import { truthOf } from './choices.ts';

/** A camera or a light, and where it stands in the space that it was found in. */
export interface Placed {
  node: Node;
  matrix: mat4;
}

/** A camera as glTF has it: both look along -Z, up is +Y. */
export function readCamera(document: Document, source: WorldNode): Placed {
  const number = (field: string, fallback: number) => tupleOf(source, field, [fallback])[0]!;
  const isFlat = source.type === 'OrthographicCamera';
  const focal = number('focalDistance', 5);
  const distance = focal > 0 ? focal : 5;
  const camera = document
    .createCamera(source.name.slice(0, 200))
    .setType(isFlat ? 'orthographic' : 'perspective')
    .setZNear(distance / 100)
    .setZFar(distance * 1000);
  const angle = number('heightAngle', 0.785398);
  const height = number('height', 2);
  if (isFlat) camera.setXMag(height > 0 ? height / 2 : 1).setYMag(height > 0 ? height / 2 : 1);
  else camera.setYFov(angle > 0.001 && angle < 3.1 ? angle : 0.785398);
  const [x, y, z, turn] = tupleOf(source, 'orientation', [0, 0, 1, 0]) as [number, number, number, number];
  return {
    node: document.createNode(source.name.slice(0, 200)).setCamera(camera),
    matrix: composeSteps([
      { kind: 'translate', values: tupleOf(source, 'position', [0, 0, 1]) },
      { kind: 'rotate', values: [x, y, z, (turn * 180) / Math.PI] },
    ]),
  };
}

const LIGHTS = { DirectionalLight: 'directional', PointLight: 'point', SpotLight: 'spot' } as const;

/**
 * A light, of intensity 1 as strong as to show a white surface that faces it white: π lux; those that VRML 1.0 has not
 * fade with distance, at the origin of their space. Null for one that is off.
 */
export function readLight(document: Document, source: WorldNode): Placed | null {
  const intensity = tupleOf(source, 'intensity', [1])[0]!;
  if (!truthOf(source, 'on', true) || !(intensity > 0)) return null;
  const type = LIGHTS[source.type as keyof typeof LIGHTS];
  const location = type === 'directional' ? [0, 0, 0] : tupleOf(source, 'location', [0, 0, 1]);
  const distance = type === 'directional' ? 1 : Math.max(Math.hypot(...location), 1e-3);
  const light = document
    .createExtension(KHRLightsPunctual)
    .createLight(source.name.slice(0, 200))
    .setType(type)
    .setColor(tupleOf(source, 'color', [1, 1, 1]).map(srgbToLinear) as vec3)
    .setIntensity(Math.PI * Math.min(intensity, 1) * distance ** 2);
  if (type === 'spot') {
    const half = Math.min(1.57, Math.max(0.01, tupleOf(source, 'cutOffAngle', [0.785398])[0]!));
    light.setOuterConeAngle(half).setInnerConeAngle(0);
  }
  const place = composeSteps([{ kind: 'translate', values: location }]);
  return {
    node: document.createNode(source.name.slice(0, 200)).setExtension('KHR_lights_punctual', light),
    matrix: type === 'point' ? place : multiply(place, towards(tupleOf(source, 'direction', [0, 0, -1]))),
  };
}

/** The turn that takes -Z to a direction, by the shortest way. */
function towards([x, y, z]: readonly number[]): mat4 {
  const length = Math.hypot(x!, y!, z!);
  if (!(length > 0)) return composeSteps([]);
  const angle = (Math.acos(Math.max(-1, Math.min(1, -z! / length))) * 180) / Math.PI;
  // The axis is -Z × direction; of the opposite direction any axis at right angles will do.
  const axis = Math.hypot(x!, y!) / length > 1e-9 ? [y!, -x!, 0] : [0, 1, 0];
  return composeSteps([{ kind: 'rotate', values: [...axis, angle] }]);
}
