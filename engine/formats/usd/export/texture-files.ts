import type { Material, Texture } from '@gltf-transform/core';
import type { Clearcoat, PBRSpecularGlossiness } from '@gltf-transform/extensions';
import type { Corrections } from '../../corrections.ts';
import { plural } from '../../corrections.ts';
import type { ExportedFile } from '../../exported-model.ts';
import type { ExportHost } from '../../exporter.ts';
import { portableImage } from '../../textures/portable-texture.ts';
import { PrimNames } from './prim-names.ts';

/** The images that go into a package, and where in it they are. */
export interface TextureFiles {
  files: ExportedFile[];
  paths: ReadonlyMap<Texture, string>;
  /** Those whose images have an alpha channel. */
  withAlpha: ReadonlySet<Texture>;
}

/** Brings the textures that preview surfaces of these materials read into PNG or JPEG. */
export async function collectTextures(
  materials: Iterable<Material>,
  host: ExportHost,
  report: Corrections,
): Promise<TextureFiles> {
  const directions = new Map<Texture, boolean>();
  for (const material of materials) {
    const clearcoat = material.getExtension<Clearcoat>('KHR_materials_clearcoat');
    const glossy = material.getExtension<PBRSpecularGlossiness>('KHR_materials_pbrSpecularGlossiness');
    const colors = [
      material.getBaseColorTexture(),
      material.getMetallicRoughnessTexture(),
      material.getOcclusionTexture(),
      material.getEmissiveTexture(),
      clearcoat?.getClearcoatTexture(),
      clearcoat?.getClearcoatRoughnessTexture(),
      glossy?.getDiffuseTexture(),
      glossy?.getSpecularGlossinessTexture(),
    ];
    for (const texture of colors) if (texture && !directions.has(texture)) directions.set(texture, false);
    const normal = material.getNormalTexture();
    if (normal) directions.set(normal, true);
  }
  const names = new PrimNames();
  const files: ExportedFile[] = [];
  const paths = new Map<Texture, string>();
  const withAlpha = new Set<Texture>();
  for (const [texture, isDirection] of directions) {
    const image = await portableImage(texture, isDirection, host);
    if (!image) continue;
    if (image.convertedFrom)
      report.add(
        'converted_textures',
        1,
        (n) => `${plural(n, 'texture')} in a format that USDZ does not allow became PNG or JPEG.`,
      );
    const path = `textures/${names.unique(texture.getName() || 'texture', 'texture')}${image.ending}`;
    files.push({ path, bytes: image.bytes });
    paths.set(texture, path);
    if (image.ending === '.png' && hasAlphaChannel(image.bytes)) withAlpha.add(texture);
  }
  return { files, paths, withAlpha };
}

/** Where a PNG states its colour type (ISO 15948, 11.2.2); 4 and 6 have alpha, 3 has it in a chunk `tRNS`. */
const COLOR_TYPE = 25;

function hasAlphaChannel(png: Uint8Array): boolean {
  const type = png[COLOR_TYPE];
  if (type === 4 || type === 6) return true;
  const head = new TextDecoder('latin1').decode(png.subarray(0, 1 << 14));
  const transparency = head.indexOf('tRNS');
  return transparency >= 0 && transparency < (head.indexOf('IDAT') + 1 || Infinity);
}
