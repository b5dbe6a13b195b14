import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';

/** One triangle as a data URI. */
const TRIANGLE = {
  asset: { version: '2.0' },
  scene: 0,
  scenes: [{ nodes: [0] }],
  nodes: [{ mesh: 0 }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
  accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] }],
  bufferViews: [{ buffer: 0, byteLength: 36 }],
  buffers: [{ byteLength: 36, uri: triangleUri() }],
};

/**
 * Processes one triangle, so that what the engine loads when first used (the validator above all) is there before the
 * first model comes.
 */
export async function warmUp(): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify(TRIANGLE));
  await processModel([{ name: 'triangle.gltf', bytes }], ModelLimits.parse({}));
}

function triangleUri(): string {
  const bytes = Buffer.from(new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]).buffer);
  return `data:application/octet-stream;base64,${bytes.toString('base64')}`;
}
