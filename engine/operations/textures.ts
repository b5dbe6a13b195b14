import type { Document, Material, Texture } from '@gltf-transform/core';
import { EXTTextureWebP } from '@gltf-transform/extensions';
import { listTextureSlots } from '@gltf-transform/functions';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { formatBytes } from '../formats/errors.ts';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import { readImageHeader } from '../formats/image-header.ts';
import type { TextureFormat } from '../texture/image-codec.ts';
import { resizeTexture, type TextureMeaning } from '../texture/resize.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { TEXTURE_EXTENSIONS } from './texture-extensions.ts';

/** More bits where a small error is a wrong direction of light. */
const NORMAL_BONUS = 5;

/** Slots whose texels are colours, in sRGB. */
const COLOR_SLOT =
  /baseColor|emissive|diffuse(?!Transmission(?!Color))|sheenColor|specularColor|diffuseTransmissionColor|specularGlossiness/i;

/** Scales textures down and encodes them anew. */
export const textures: OperationFunction<'textures'> = async (document, parameters, context) => {
  let changed = 0;
  let before = 0;
  let after = 0;
  for (const texture of document.getRoot().listTextures()) {
    const bytes = texture.getImage()?.byteLength ?? 0;
    if (!(await convert(document, texture, parameters, context))) continue;
    changed++;
    before += bytes;
    after += texture.getImage()?.byteLength ?? 0;
  }
  declareFormats(document);
  if (changed > 0) {
    context.note(`Changed ${plural(changed, 'texture')}: ${formatBytes(before)} became ${formatBytes(after)}.`);
  }
};

/** @returns whether the texture changed */
async function convert(
  document: Document,
  texture: Texture,
  parameters: OperationOf<'textures'>,
  { host, note }: OperationContext,
): Promise<boolean> {
  const image = texture.getImage();
  const header = image && readImageHeader(image);
  if (!image || !header || header.width === 0 || header.height === 0) return false;
  const meaning = meaningOf(document, texture);
  if (!parameters.kinds.includes(meaning === 'color' || meaning === 'cutout' ? 'color' : meaning)) return false;
  const size = fittedSize(header, parameters.maxSize);
  const scaled = size.width < header.width || size.height < header.height;
  const current = formatOf(header.mimeType);
  const carried = isCarried(document, texture);
  const wanted = parameters.format === 'keep' || carried ? (current ?? 'webp') : parameters.format;
  if (carried && wanted === 'webp') return false;
  // Encoding once more in the same format would cost quality and gain nothing.
  const stays = parameters.format === 'keep' || wanted === current || header.mimeType === 'image/ktx2';
  if (!scaled && stays) return false;
  const decoded = await host.decodeImage(image, header.mimeType);
  const alpha = usesAlpha(document, texture) && hasTransparency(decoded.data);
  const format: TextureFormat = wanted === 'jpeg' && alpha ? 'png' : wanted;
  if (format !== wanted) note(`"${texture.getName() || 'a texture'}" is png: jpeg has no alpha.`);
  const pixels = scaled ? resizeTexture(decoded, size.width, size.height, meaning) : decoded;
  const quality = Math.min(100, parameters.quality + (meaning === 'normal' ? NORMAL_BONUS : 0));
  const encoded = await host.encodeTexture(pixels, { format, quality, lossless: parameters.lossless, alpha });
  if (!scaled && parameters.onlySmaller && encoded.byteLength >= image.byteLength) return false;
  texture.setImage(encoded).setMimeType(`image/${format}`);
  const uri = texture.getURI();
  if (uri) texture.setURI(uri.replace(/\.\w+$/, `.${format === 'jpeg' ? 'jpg' : format}`));
  return true;
}

/** The format of a media type that textures are encoded in; null for all others. */
export function formatOf(mimeType: string): TextureFormat | null {
  switch (mimeType) {
    case 'image/png':
      return 'png';
    case 'image/jpeg':
      return 'jpeg';
    case 'image/webp':
      return 'webp';
    default:
      return null;
  }
}

/** The largest size of the same shape whose longest side fits. */
function fittedSize({ width, height }: { width: number; height: number }, maxSize = Infinity) {
  const factor = Math.min(1, maxSize / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** What the texels of a texture mean, by where materials use it. In several places, the most delicate decides. */
export function meaningOf(document: Document, texture: Texture): TextureMeaning {
  const slots = listTextureSlots(texture);
  if (slots.some((slot) => /normal/i.test(slot))) return 'normal';
  if (!slots.some((slot) => COLOR_SLOT.test(slot))) return 'data';
  return usesAlpha(document, texture) ? 'cutout' : 'color';
}

/** Whether somebody looks at its alpha: as coverage, or as the other thing that an extension keeps there. */
export function usesAlpha(document: Document, texture: Texture): boolean {
  for (const edge of document.getGraph().listParentEdges(texture)) {
    const parent = edge.getParent();
    if (parent === document.getRoot()) continue;
    if (parent.propertyType !== 'Material') {
      if (
        /specularTexture|sheenRoughness|specularGlossiness|diffuseTransmissionTexture|diffuseTexture/.test(
          edge.getName(),
        )
      )
        return true;
      if (parent instanceof PassThroughProperty) return true;
      continue;
    }
    const material = parent as Material;
    if (edge.getName() === 'baseColorTexture' && material.getAlphaMode() !== 'OPAQUE') return true;
  }
  return false;
}

/** Whether an extension uses it that is only carried along: such a reference has no place for WebP. */
function isCarried(document: Document, texture: Texture): boolean {
  const edges = document.getGraph().listParentEdges(texture);
  return edges.some((edge) => edge.getParent() instanceof PassThroughProperty);
}

function hasTransparency(data: Uint8Array): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i]! < 255) return true;
  return false;
}

/** Formats beyond PNG and JPEG are extensions, which readers have to know. */
function declareFormats(document: Document): void {
  const types = new Set(
    document
      .getRoot()
      .listTextures()
      .map((texture) => texture.getMimeType()),
  );
  if (types.has('image/webp')) document.createExtension(EXTTextureWebP).setRequired(true);
  for (const [type, extension] of Object.entries(TEXTURE_EXTENSIONS)) {
    if (types.has(type)) continue;
    document
      .getRoot()
      .listExtensionsUsed()
      .find(({ extensionName }) => extensionName === extension.EXTENSION_NAME)
      ?.dispose();
  }
}
