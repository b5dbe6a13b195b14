import type { Document, Node, vec3 } from '@gltf-transform/core';
import { KHRLightsPunctual } from '@gltf-transform/extensions';
import { srgbToLinear } from '../geometry/color.ts';
import { childrenOf, type FbxObject } from './fbx-scene.ts';
import type { Properties } from './properties.ts';
import type { Space } from './space.ts';

const DEGREE = Math.PI / 180;

/** Cameras look along +X in FBX and along -Z in glTF: a quarter turn about Y. */
const CAMERA_TURN: [number, number, number, number] = [0, -Math.SQRT1_2, 0, Math.SQRT1_2];
/** Lights shine along -Y in FBX and along -Z in glTF: a quarter turn about X. */
const LIGHT_TURN: [number, number, number, number] = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];

/** Makes cameras and lights, each on a node of its own below the one in the file, because their axes differ. */
export class CamerasAndLights {
  private readonly document: Document;
  private readonly space: Space;
  private readonly fromBlender: boolean;

  constructor(document: Document, space: Space, fromBlender: boolean) {
    this.document = document;
    this.space = space;
    this.fromBlender = fromBlender;
  }

  attach(model: FbxObject, node: Node): void {
    for (const attribute of childrenOf(model, 'NodeAttribute')) {
      if (attribute.subtype === 'Camera') this.addCamera(model.name, attribute.properties, node);
      else if (attribute.subtype === 'Light') this.addLight(model.name, attribute.properties, node);
    }
    // Before FBX 7.0 the model has the properties itself.
    if (childrenOf(model, 'NodeAttribute').length > 0) return;
    if (model.subtype === 'Camera') this.addCamera(model.name, model.properties, node);
    else if (model.subtype === 'Light') this.addLight(model.name, model.properties, node);
  }

  private addCamera(name: string, properties: Properties, node: Node): void {
    const scale = this.space.scale;
    const near = (properties.number('NearPlane') ?? 10) * scale;
    const far = (properties.number('FarPlane') ?? 4000) * scale;
    const width = properties.number('AspectWidth') ?? 0;
    const height = properties.number('AspectHeight') ?? 0;
    const aspect = width > 0 && height > 0 ? width / height : (properties.number('FilmAspectRatio') ?? 16 / 9);
    const camera = this.document.createCamera(name);
    camera.setZNear(near > 0 ? near : 0.01).setZFar(far > near && near > 0 ? far : 1000);
    if (properties.number('CameraProjectionType') === 1) {
      const zoom = Math.abs((properties.number('OrthoZoom') ?? 1) * 30 * scale) || 1;
      camera
        .setType('orthographic')
        .setXMag(zoom * (aspect || 1))
        .setYMag(zoom);
    } else {
      const ratio = aspect > 0.01 && aspect < 100 ? aspect : 16 / 9;
      camera.setType('perspective').setYFov(verticalAngle(properties, ratio)).setAspectRatio(ratio);
    }
    node.addChild(this.document.createNode(`${name} camera`).setRotation(this.turn(CAMERA_TURN)).setCamera(camera));
  }

  private addLight(name: string, properties: Properties, node: Node): void {
    const type = (['point', 'directional', 'spot'] as const)[properties.number('LightType') ?? 0];
    // Area and volume lights have no counterpart.
    if (!type) return;
    const light = this.document.createExtension(KHRLightsPunctual).createLight(name).setType(type);
    const color = properties.vector('Color') ?? [1, 1, 1];
    light.setColor(color.map(srgbToLinear) as vec3);
    const share = Math.max(0, properties.number('Intensity') ?? 100) / 100;
    const decays = (properties.number('DecayType') ?? 0) === 2;
    const on = (properties.number('CastLight') ?? 1) > 0;
    light.setIntensity(on ? this.intensity(type, share, decays, node) : 0);
    if (type === 'spot') {
      const outer = properties.number('OuterAngle') ?? properties.number('Cone angle') ?? 45;
      const inner = properties.number('InnerAngle') ?? properties.number('HotSpot') ?? outer * 0.9;
      const half = Math.min(89.9, Math.max(0.1, outer / 2)) * DEGREE;
      light.setOuterConeAngle(half).setInnerConeAngle(Math.min(half * 0.999, Math.max(0, (inner / 2) * DEGREE)));
    }
    const holder = this.document.createNode(`${name} light`).setRotation(this.turn(LIGHT_TURN));
    node.addChild(holder.setExtension('KHR_lights_punctual', light));
  }

  /**
   * Lux for directional lights, candela for the others. FBX counts in per cent: at 100 % a white matt surface that
   * faces the light is white, which is π lux. Lights that do not fade with distance get the candela that do this at
   * the origin of the scene. Blender writes watts per square metre, or watts.
   */
  private intensity(type: 'point' | 'directional' | 'spot', share: number, decays: boolean, node: Node): number {
    if (this.fromBlender) return type === 'directional' ? share : share / (4 * Math.PI);
    if (type === 'directional') return share * Math.PI;
    const distance = decays ? this.space.scale : Math.hypot(...node.getWorldTranslation());
    return share * Math.PI * Math.max(distance, this.space.scale) ** 2;
  }

  private turn([x, y, z, w]: [number, number, number, number]): [number, number, number, number] {
    return this.space.mirrored ? [x, -y, -z, w] : [x, y, z, w];
  }
}

/** The vertical angle of view in radians, from the mode in which the file states it. */
function verticalAngle(properties: Properties, aspect: number): number {
  const vertical = (horizontal: number): number => 2 * Math.atan(Math.tan(horizontal / 2) / aspect);
  const mode = properties.number('ApertureMode') ?? 2;
  const fov = (properties.number('FieldOfView') ?? 25.115) * DEGREE;
  const focal = properties.number('FocalLength') ?? 0;
  const filmWidth = (properties.number('FilmWidth') ?? 0.816) * 25.4;
  const filmHeight = (properties.number('FilmHeight') ?? 0.612) * 25.4;
  let angle: number;
  if (mode === 3 && focal > 0) angle = 2 * Math.atan(filmHeight / 2 / focal);
  else if (mode === 0) angle = (properties.number('FieldOfViewY') ?? 40) * DEGREE;
  else if (mode === 2) angle = fov;
  else angle = vertical(fov);
  if (!(angle > 0.001) && focal > 0) angle = vertical(2 * Math.atan(filmWidth / 2 / focal));
  return angle > 0.001 && angle < 3.1 ? angle : 0.7;
}
