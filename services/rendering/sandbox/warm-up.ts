import { ModelLimits } from '#contracts/model/model-limits.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { encodeImage } from '#platform/images/sharp-codec.ts';

/** One triangle; its three corners are the floats (0 0 0), (1 0 0), (0 1 0). */
const TRIANGLE = {
  asset: { version: '2.0' },
  scene: 0,
  scenes: [{ nodes: [0] }],
  nodes: [{ mesh: 0 }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
  accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] }],
  bufferViews: [{ buffer: 0, byteLength: 36 }],
  buffers: [
    {
      byteLength: 36,
      uri: 'data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA',
    },
  ],
};

/**
 * Renders a tiny picture of a triangle, so that the kernel is compiled, the threads run and the image library is
 * loaded before the first model comes.
 */
export async function warmUp(host: RenderHost): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(TRIANGLE));
  const { document } = await readPosed([{ name: 'triangle.gltf', bytes }], ModelLimits.parse({}), {});
  const image = await renderImage(document, ImageRequest.parse({ width: 32, height: 32, samples: 1 }), host);
  await encodeImage(image, 'webp', 85);
}
