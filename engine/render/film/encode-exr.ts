import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { ExrSampleType } from '../../texture/exr/exr-format.ts';
import { type ExrChannel, writeExr } from '../../texture/exr/write-exr.ts';
import { PRIMARIES, WHITE } from '../../texture/icc-profile.ts';
import type { PlacedCamera, RenderedImage, RenderedPass } from '../rendered-image.ts';
import { cryptomatteAttributes } from './cryptomatte.ts';

/** Layers of ids as readers of Cryptomatte know them. */
const ID_LAYERS = { object: 'CryptoObject', material: 'CryptoMaterial' } as const;

/** Passes whose numbers half floats are too coarse for. */
const ALWAYS_FLOAT: readonly RenderedPass['name'][] = ['depth', 'uv'];

/**
 * All passes of a picture as layers of one OpenEXR file: `R`, `G`, `B`, `A` (premultiplied, linear), `depth.Z`,
 * `normal.X` to `Z`, `albedo.R` to `A`, `alpha.A`, `uv.U` and `V`, and Cryptomatte layers of objects and materials.
 */
export function encodeExr(
  { width, height, passes, colorSpace, camera }: RenderedImage,
  exrDepth: ImageRequest['exrDepth'],
): Uint8Array {
  const attributes: Record<string, string | number | readonly number[]> = { worldToCamera: worldToCamera(camera) };
  if (camera.projection === 'perspective') attributes.fieldOfView = camera.fieldOfView;
  for (const pass of passes) {
    if (pass.kind === 'ids') Object.assign(attributes, cryptomatteAttributes(ID_LAYERS[pass.name], pass.names));
  }
  return writeExr({
    width,
    height,
    channels: passes.flatMap((pass) => (pass.kind === 'ids' ? idChannels(pass) : floatChannels(pass, exrDepth))),
    chromaticities: { ...PRIMARIES[colorSpace], white: WHITE },
    attributes,
  });
}

function floatChannels(pass: Extract<RenderedPass, { kind: 'floats' }>, exrDepth: ExrSampleType): ExrChannel[] {
  const type = ALWAYS_FLOAT.includes(pass.name) ? 'float' : exrDepth;
  return pass.channels.map((channel, offset) => ({
    name: pass.name === 'beauty' ? channel : `${pass.name}.${channel}`,
    type,
    data: pass.data,
    stride: pass.channels.length,
    offset,
  }));
}

/** Two ranks a layer of four channels: id, coverage, id, coverage; ids as the float of the same bits. */
function idChannels({ name, ranks, ids, coverage }: Extract<RenderedPass, { kind: 'ids' }>): ExrChannel[] {
  const asFloats = new Float32Array(ids.buffer, ids.byteOffset, ids.length);
  return Array.from({ length: ranks }, (_, rank): ExrChannel[] => {
    const layer = `${ID_LAYERS[name]}${String(rank >> 1).padStart(2, '0')}`;
    const [id, share] = rank & 1 ? ['B', 'A'] : ['R', 'G'];
    return [
      { name: `${layer}.${id}`, type: 'float', data: asFloats, stride: ranks, offset: rank },
      { name: `${layer}.${share}`, type: 'float', data: coverage, stride: ranks, offset: rank },
    ];
  }).flat();
}

/** From world to camera space, where the camera looks along −Z, for row vectors as OpenEXR has them. */
function worldToCamera({ position, right, up, forward }: PlacedCamera): number[] {
  const axes = [right, up, forward.map((value) => -value)];
  const rows = [0, 1, 2].flatMap((i) => [...axes.map((axis) => axis[i]!), 0]);
  const moved = axes.map((axis) => -axis.reduce((sum, value, i) => sum + value * position[i]!, 0));
  return [...rows, ...moved, 1];
}
