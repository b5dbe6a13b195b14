import type { ImageRequest } from '#contracts/render/image-request.ts';
import { animates } from '#contracts/render/image-rules.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { type CommandCall, UsageError } from './command.ts';

type Asked = ImageRequest | SequenceRequest;

/** Encoders that have a quality; files of the others hold every pixel, or have a rate of their own. */
const LOSSY = ['jpg', 'webp', 'avif', 'mp4', 'webm'];

const isTraced = ({ integrator }: Asked) => integrator === 'path';
const moves = (request: Asked) =>
  'kind' in request ? request.kind === 'animation' || animates(request) : animates(request);
const formatOf = (request: Asked) =>
  'kind' in request && request.kind === 'dataset' ? request.imageFormat : request.format;

/** Options that change nothing unless another says so: when they count, and what is missing, or too much, when they do not. */
const CONDITIONS: Record<string, { counts(request: Asked): boolean; wanted: string }> = {
  bounces: { counts: isTraced, wanted: 'without --integrator path' },
  'noise-threshold': { counts: isTraced, wanted: 'without --integrator path' },
  denoise: { counts: isTraced, wanted: 'without --integrator path' },
  seed: {
    counts: (request) => isTraced(request) || ('kind' in request && request.kind === 'dataset'),
    wanted: 'without --integrator path',
  },
  'line-width': { counts: ({ display }) => display === 'wireframe', wanted: 'without --display wireframe' },
  'environment-blur': {
    counts: ({ background }) => background === 'environment',
    wanted: 'without --background environment',
  },
  'focus-distance': {
    counts: (request) => 'fStop' in request && request.fStop !== undefined,
    wanted: 'without --f-stop',
  },
  shutter: { counts: moves, wanted: 'without an animation: --time or --animation' },
  'frames-per-second': {
    counts: (request) => 'shutter' in request && request.shutter > 0,
    wanted: 'without --shutter',
  },
  view: { counts: (request) => !('camera' in request) || request.camera === undefined, wanted: 'beside --camera' },
  quality: {
    counts: (request) => LOSSY.includes(formatOf(request)),
    wanted: `without a format out of ${LOSSY.join(', ')}`,
  },
  'exr-depth': { counts: (request) => formatOf(request) === 'exr', wanted: 'without the format exr' },
};

/**
 * Refuses options that change nothing beside the others: whoever gives one expects it to.
 *
 * @throws UsageError with each of them and what it goes with
 */
export function refuseIdleOptions(values: CommandCall['values'], request: Asked): void {
  const idle = Object.entries(CONDITIONS).filter(
    ([name, { counts }]) => values[name] !== undefined && !counts(request),
  );
  if (idle.length === 0) return;
  throw new UsageError(idle.map(([name, { wanted }]) => `--${name}: changes nothing ${wanted}`).join('\n'));
}
