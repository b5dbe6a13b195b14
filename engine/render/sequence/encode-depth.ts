import { encodeExr } from '../film/encode-exr.ts';
import type { RenderedImage } from '../rendered-image.ts';

/** The depth pass of a picture by itself as OpenEXR: one channel `depth.Z`, 32-bit floats, in metres. */
export function encodeDepth(image: RenderedImage): Uint8Array {
  const passes = image.passes.filter(({ name }) => name === 'depth');
  if (passes.length === 0) throw new Error('the picture was drawn without its depth');
  return encodeExr({ ...image, passes }, 'float');
}
