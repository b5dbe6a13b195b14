import type { Document, Material } from '@gltf-transform/core';
import type { OperationContext } from '../operation-context.ts';
import { pointColors } from './surface-colors.ts';
import { doubleAreas, scatterPoints } from './surface-points.ts';
import type { WorldSurface } from './world-surface.ts';

/** Points that a mean colour is taken of. */
const SAMPLES = 2000;

/**
 * A material without textures for what has no texture coordinates: like the one that covers most of a surface, in the
 * mean colour of the whole. Null where the surface has no material at all.
 */
export async function plainMaterial(
  document: Document,
  surface: WorldSurface,
  { host, note }: OperationContext,
): Promise<Material | null> {
  const main = mainMaterial(surface);
  if (!main) return null;
  const points = scatterPoints(surface, SAMPLES, 1, true);
  const colors = await pointColors(surface, points, host.decodeImage, note);
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < colors.length; i++) sum[i % 4]! += colors[i]!;
  const count = Math.max(1, points.triangles.length);
  const [r, g, b] = sum.map((value) => Math.min(1, value / count)) as [number, number, number, number];
  return withoutTextures(document, main).setBaseColorFactor([r, g, b, 1]);
}

/** A material for vertex colours: like the one that covers most of a surface, white and without textures. */
export function vertexColorMaterial(document: Document, surface: WorldSurface): Material {
  const main = mainMaterial(surface);
  return main
    ? withoutTextures(document, main)
    : document.createMaterial().setMetallicFactor(0).setRoughnessFactor(0.8);
}

function withoutTextures(document: Document, main: Material): Material {
  const textured = main.getMetallicRoughnessTexture() !== null;
  const made = document
    .createMaterial(main.getName())
    .setMetallicFactor(textured ? 0 : main.getMetallicFactor())
    .setRoughnessFactor(textured ? 0.8 : main.getRoughnessFactor());
  const unlit = main.getExtension('KHR_materials_unlit');
  return unlit ? made.setExtension('KHR_materials_unlit', unlit) : made;
}

function mainMaterial(surface: WorldSurface): Material | null {
  const areas = doubleAreas(surface);
  const shares = new Map<Material | null, number>();
  for (const { primitive, firstTriangle, triangles } of surface.pieces) {
    let area = 0;
    for (let i = firstTriangle; i < firstTriangle + triangles; i++) area += areas[i]!;
    const material = primitive.getMaterial();
    shares.set(material, (shares.get(material) ?? 0) + area);
  }
  let most: Material | null = null;
  let largest = -1;
  for (const [material, area] of shares) {
    if (area <= largest) continue;
    largest = area;
    most = material;
  }
  return most;
}
