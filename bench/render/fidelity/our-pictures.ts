import { ModelLimits } from '#contracts/model/model-limits.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import { InlineThreads } from '#engine/render/inline-threads.ts';
import * as L from '#engine/render/kernel/layout.ts';
import { renderImage } from '#engine/render/render-image.ts';
import type { RenderedImage } from '#engine/render/rendered-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';

type Asked = Partial<ImageRequest> & Pick<ImageRequest, 'width' | 'height'>;

/** Our preview of a model, and the same without traced occlusion, which the Khronos renderer lacks. */
export interface Preview {
  image: RenderedImage;
  withoutOcclusion: Uint8Array;
}

/** Renders the preview of a model. */
export async function ourPreview(files: readonly ModelFile[], request: Asked): Promise<Preview> {
  const { document } = await readPosed(files, ModelLimits.parse({}), request);
  const node = createNodeRenderHost({ threads: 1 });
  try {
    const threads = new InlineThreads();
    const image = await renderImage(document, ImageRequest.parse(request), { ...node, threads });
    const { exports, memory } = threads.last!;
    const header = new DataView(memory.buffer, L.HEADER);
    header.setUint32(L.H_OCCLUSION_RAYS, 0, true);
    for (const task of [L.TASK_VISIBILITY, L.TASK_FILTER, L.TASK_FILTER_WIDE, L.TASK_SHADE]) {
      header.setUint32(L.H_NEXT, 0, true);
      exports.run(task, 0);
    }
    const pixels = new Uint8Array(memory.buffer, header.getUint32(L.H_PIXELS, true), image.data.length);
    return { image, withoutOcclusion: pixels.slice() };
  } finally {
    await node.close();
  }
}

/** Path traces a model: as many samples as the peer takes, and no denoiser. */
export async function ourPathTraced(files: readonly ModelFile[], request: Asked, samples: number): Promise<Uint8Array> {
  const { document } = await readPosed(files, ModelLimits.parse({}), request);
  const host = createNodeRenderHost({ threads: 2 });
  try {
    const asked = { ...request, integrator: 'path', samples, noiseThreshold: 0, denoise: 'off' };
    return (await renderImage(document, ImageRequest.parse(asked), host)).data;
  } finally {
    await host.close();
  }
}
