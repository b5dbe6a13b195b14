import type { Document, Node, vec3 } from '@gltf-transform/core';
import { KHRLightsPunctual } from '@gltf-transform/extensions';
import { srgbToLinear } from '../geometry/color.ts';
import { child, descend, textOf, type XmlElement } from '../xml/xml-tree.ts';

const DEGREE = Math.PI / 180;

/** Makes a camera of `<camera>`; both look along -Z. Nothing for one without optics. */
export function addCamera(document: Document, element: XmlElement, node: Node, metres: number): void {
  const optics = descend(element, 'optics', 'technique_common');
  const perspective = child(optics, 'perspective');
  const orthographic = child(optics, 'orthographic');
  const source = perspective ?? orthographic;
  if (!source) return;
  const value = (name: string): number => {
    const text = textOf(child(source, name));
    return text === '' ? Number.NaN : Number(text);
  };
  const ratio = value('aspect_ratio');
  const near = value('znear') * metres;
  const far = value('zfar') * metres;
  const camera = document.createCamera(element.attributes.get('name') ?? element.attributes.get('id') ?? '');
  camera.setZNear(near > 0 ? near : 0.01).setZFar(far > near && near > 0 ? far : 1000);
  if (perspective) {
    const aspect = ratio > 0.01 && ratio < 100 ? ratio : 0;
    const horizontal = value('xfov') * DEGREE;
    const fromHorizontal = 2 * Math.atan(Math.tan(horizontal / 2) / (aspect || 16 / 9));
    const vertical = value('yfov') > 0 ? value('yfov') * DEGREE : fromHorizontal;
    camera.setType('perspective').setYFov(vertical > 0.001 && vertical < 3.1 ? vertical : 0.7);
    if (aspect > 0) camera.setAspectRatio(aspect);
  } else {
    const [x, y] = [value('xmag') * metres, value('ymag') * metres];
    const known = [x, y].find((size) => size > 0) ?? 1;
    camera
      .setType('orthographic')
      .setXMag(x > 0 ? x : known * (ratio > 0 ? ratio : 1))
      .setYMag(y > 0 ? y : known / (ratio > 0 ? ratio : 1));
  }
  node.setCamera(camera);
}

/**
 * Makes a light of `<light>`. Colours are taken as sRGB, and as strong as to show a white surface that faces the light
 * white: π lux; for those that do not fade, at the origin of the scene.
 *
 * @returns false for ambient lights, which glTF has no place for
 */
export function addLight(document: Document, element: XmlElement, node: Node, metres: number): boolean {
  const common = child(element, 'technique_common');
  const source = child(common, 'directional') ?? child(common, 'point') ?? child(common, 'spot');
  if (!source) return false;
  const value = (name: string, fallback: number): number => {
    const found = Number(textOf(child(source, name)) || fallback);
    return Number.isFinite(found) ? found : fallback;
  };
  const rgb = textOf(child(source, 'color')).split(/\s+/).map(Number);
  const strength = Math.max(1, ...rgb.slice(0, 3).filter(Number.isFinite));
  const color = [0, 1, 2].map((k) => srgbToLinear((Number.isFinite(rgb[k]) ? rgb[k]! : 1) / strength));
  const kind = source.name === 'directional' ? 'directional' : source.name === 'spot' ? 'spot' : 'point';
  const quadratic = value('quadratic_attenuation', 0);
  const distance = quadratic > 0 ? metres / Math.sqrt(quadratic) : Math.hypot(...node.getTranslation()) * metres;
  const light = document
    .createExtension(KHRLightsPunctual)
    .createLight(element.attributes.get('name') ?? element.attributes.get('id') ?? '')
    .setType(kind)
    .setColor(color as vec3)
    .setIntensity(strength * Math.PI * (kind === 'directional' ? 1 : Math.max(distance, metres) ** 2));
  if (kind === 'spot') {
    const half = Math.min(89.9, Math.max(0.1, value('falloff_angle', 180) / 2)) * DEGREE;
    light.setOuterConeAngle(half).setInnerConeAngle(0);
  }
  node.setExtension('KHR_lights_punctual', light);
  return true;
}
