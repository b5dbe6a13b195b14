import type { Document, Material } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import { readImageHeader } from '../../formats/image-header.ts';
import { measurePlacements } from '../../measure/placements.ts';
import { floatsOf } from '../../render/accessor-floats.ts';
import type { ModelCheck } from './check.ts';
import { type CoordinateUse, coordinateSet, coordinateUses, texturesOf } from './coordinate-use.ts';

/** How many times as fine as the coarsest material the finest may be. */
const NOTABLE = 8;

/** Materials that differ in how many texels they spend on a metre. */
export const unevenTexelDensity: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures:
    'texels a metre of the material with most, over those of the one with fewest (by the first texture of each; the square root of texels over surface)',
  finding: `above ${NOTABLE}`,
  severity: 'info',
  remedy:
    'Give large surfaces more of their texture, and small ones less: next to sharp details, coarse ones look blurred.',
  measure(document) {
    const densities = texelDensities(document).toSorted((a, b) => a.density - b.density);
    const coarsest = densities[0];
    const finest = densities.at(-1);
    if (!coarsest || !finest || densities.length < 2) return null;
    const value = finest.density / coarsest.density;
    return {
      value,
      found: value > NOTABLE,
      text: `Texels a metre differ by a factor of ${value.toPrecision(3)} between materials`,
      places: [coarsest, finest].map(({ material, density }) => ({
        property: material,
        detail: `${density.toPrecision(3)} a metre`,
      })),
    };
  },
};

function texelDensities(document: Document): { material: Material; density: number }[] {
  const placements = measurePlacements(document.getRoot().getDefaultScene());
  const found: { material: Material; density: number }[] = [];
  for (const [material, uses] of Map.groupBy(coordinateUses(document), ({ material }) => material)) {
    const slot = material && texturesOf(material)[0];
    const header = slot && readImageHeader(slot.texture.getImage() ?? new Uint8Array(0));
    if (!material || !slot || !header || header.width * header.height === 0) continue;
    const set = coordinateSet(slot);
    let texture = 0;
    let surface = 0;
    for (const use of uses) {
      const scale = placements.get(use.mesh)?.scale;
      if (use.set !== set || scale === undefined) continue;
      const areas = areasOf(use);
      texture += areas.texture;
      surface += areas.surface * scale * scale;
    }
    const [u, v] = slot.info?.getExtension<Transform>('KHR_texture_transform')?.getScale() ?? [1, 1];
    const density = Math.sqrt((texture * Math.abs(u * v) * header.width * header.height) / surface);
    if (density > 0 && Number.isFinite(density)) found.push({ material, density });
  }
  return found;
}

/** Twice the area of the triangles in texture space and in the space of their mesh. */
function areasOf({ primitive, coordinates, vertices }: CoordinateUse): { texture: number; surface: number } {
  const position = primitive.getAttribute('POSITION');
  if (!position) return { texture: 0, surface: 0 };
  const p = floatsOf(position);
  const t = floatsOf(coordinates);
  let texture = 0;
  let surface = 0;
  for (let i = 0; i + 2 < vertices.length; i += 3) {
    const a = vertices[i]!;
    const b = vertices[i + 1]!;
    const c = vertices[i + 2]!;
    texture += Math.abs(
      (t[b * 2]! - t[a * 2]!) * (t[c * 2 + 1]! - t[a * 2 + 1]!) -
        (t[c * 2]! - t[a * 2]!) * (t[b * 2 + 1]! - t[a * 2 + 1]!),
    );
    const ux = p[b * 3]! - p[a * 3]!;
    const uy = p[b * 3 + 1]! - p[a * 3 + 1]!;
    const uz = p[b * 3 + 2]! - p[a * 3 + 2]!;
    const vx = p[c * 3]! - p[a * 3]!;
    const vy = p[c * 3 + 1]! - p[a * 3 + 1]!;
    const vz = p[c * 3 + 2]! - p[a * 3 + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    surface += Math.sqrt(nx * nx + ny * ny + nz * nz);
  }
  return { texture, surface };
}
