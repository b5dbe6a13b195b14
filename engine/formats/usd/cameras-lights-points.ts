import type { Document, Node, vec3 } from '@gltf-transform/core';
import { KHRLightsPunctual } from '@gltf-transform/extensions';
import type { Light, Object3D, OrthographicCamera, PerspectiveCamera } from 'three';
import { createPlainMaterial } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { numbers } from './mesh-details.ts';
import type { UsdPrim } from './stage-composer.ts';

/** Cameras, lights and clouds of points of a stage. */
export class CamerasLightsAndPoints {
  private readonly document: Document;
  /** Metres of a unit of the stage. */
  private readonly scale: number;
  areaLights = 0;

  constructor(document: Document, scale: number) {
    this.document = document;
    this.scale = scale;
  }

  attach(object: Object3D, prim: UsdPrim, node: Node): void {
    if (prim.type === 'Camera') this.camera(object, node);
    else if (prim.type === 'Points') this.points(prim, node);
    else this.light(object as Light, prim, node);
  }

  private camera(object: Object3D, node: Node): void {
    const { near, far } = object as PerspectiveCamera;
    const camera = this.document.createCamera(object.name);
    // glTF 2.0, 5.13: planes in front of the camera, one behind the other, and angles above zero.
    const zNear = Math.max(1e-4, positive(near * this.scale, 0.1));
    camera.setZNear(zNear).setZFar(Math.max(zNear * 1.01, positive(far * this.scale, 1e5)));
    if ('isPerspectiveCamera' in object) {
      const { fov, aspect } = object as PerspectiveCamera;
      camera
        .setType('perspective')
        .setYFov((Math.min(179, positive(fov, 45)) * Math.PI) / 180)
        .setAspectRatio(positive(aspect, 1));
    } else {
      const { left, right, top, bottom } = object as OrthographicCamera;
      camera
        .setType('orthographic')
        .setXMag(positive((Math.abs(right - left) / 2) * this.scale, 1))
        .setYMag(positive((Math.abs(top - bottom) / 2) * this.scale, 1));
    }
    node.setCamera(camera);
  }

  /**
   * Lux for distant lights, whose intensity is that of a sun of one nit unless it says otherwise; candela for the
   * others: nits times the area that is seen, or their share of it where intensity is the whole (`normalize`).
   */
  private light(object: Light, { type, attributes }: UsdPrim, node: Node): void {
    const value = (name: string, fallback: number): number => {
      const found = Number(attributes[`inputs:${name}`] ?? attributes[name] ?? fallback);
      return Number.isFinite(found) ? found : fallback;
    };
    const strength = Math.max(0, value('intensity', 1)) * 2 ** value('exposure', 0);
    const isWhole = [true, 1, '1', 'true'].includes(attributes['inputs:normalize'] as string);
    const [width, height, radius] = [value('width', 1), value('height', 1), value('radius', 0.5)];
    const area = type === 'RectLight' ? Math.abs(width * height) : Math.PI * radius * radius;
    const light = this.document.createExtension(KHRLightsPunctual).createLight(object.name);
    const color = object.color.toArray().map((value) => (Number.isFinite(value) ? Math.max(0, value) : 1));
    const largest = Math.max(1, ...color);
    light.setColor(color.map((value) => value / largest) as vec3);
    const candela = strength * largest * (isWhole ? 1 : area * this.scale * this.scale);
    if (type === 'DistantLight') light.setType('directional').setIntensity(strength * largest);
    else if (type === 'SphereLight') {
      const cone = Number(attributes['inputs:shaping:cone:angle'] ?? attributes['shaping:cone:angle'] ?? 180);
      light.setType(cone > 0 && cone < 90 ? 'spot' : 'point').setIntensity(candela);
      if (cone > 0 && cone < 90) light.setInnerConeAngle(0).setOuterConeAngle((cone * Math.PI) / 180);
    } else {
      this.areaLights++;
      light
        .setType('spot')
        .setIntensity(candela)
        .setInnerConeAngle(0)
        .setOuterConeAngle(Math.PI / 2);
    }
    node.setExtension('KHR_lights_punctual', light);
  }

  private points({ attributes }: UsdPrim, node: Node): void {
    const positions = Float32Array.from(numbers(attributes.points));
    const count = Math.floor(positions.length / 3);
    if (count === 0 || positions.some((value) => !Number.isFinite(value))) return;
    const given = numbers(attributes['primvars:displayColor']);
    const colors = given.length >= 3 ? new Uint16Array(count * 4).fill(65535) : null;
    for (let i = 0; colors && i < count; i++) {
      const at = given.length >= count * 3 ? i * 3 : 0;
      for (let k = 0; k < 3; k++) colors[i * 4 + k] = Math.round(Math.min(1, Math.max(0, given[at + k]!)) * 65535);
    }
    const widths = numbers(attributes.widths);
    const scalars = widths.length === count ? new Map([['WIDTH', Float32Array.from(widths)]]) : undefined;
    const primitive = createPrimitive(this.document, {
      positions: positions.subarray(0, count * 3).slice(),
      colors,
      mode: 0,
      material: createPlainMaterial(this.document, colors !== null),
      ...(scalars && { scalars }),
    });
    node.setMesh(this.document.createMesh(node.getName()).addPrimitive(primitive));
  }
}

function positive(value: number, fallback: number): number {
  return Number.isFinite(value) && value > 0 ? value : fallback;
}
