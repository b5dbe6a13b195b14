import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';
import {
  AnimationRequest,
  CameraPathRequest,
  DatasetRequest,
  SequenceFormat,
  type SequenceRequest,
  TurntableRequest,
} from '#contracts/render/sequence-request.ts';
import { checkSequenceRequest, completeSequence } from '#contracts/render/sequence-rules.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';
import { refuseIdleOptions } from './idle-options.ts';
import { imageFieldsFrom, optionOf } from './image-options.ts';

type Values = CommandCall['values'];

/** Options of sequences, beside those that they share with images. */
export const SEQUENCE_OPTIONS: Record<string, CommandOption> = {
  turntable: { type: 'boolean', help: 'a video: the camera goes round the model' },
  'camera-path': {
    type: 'string',
    value: 'FILE.json',
    help: 'a video: the camera moves through the keyframes of a file',
  },
  dataset: { type: 'string', value: 'N', help: 'N views with their cameras, as a zip or a folder: training data' },
  fps: { type: 'string', value: 'N', help: 'frames a second of a video (30 by default)' },
  frames: { type: 'string', value: 'N', help: 'frames of a turntable (120 by default)' },
  degrees: { type: 'string', value: 'NUMBER', help: 'how far a turntable turns (360 by default)' },
  elevation: { type: 'string', value: 'NUMBER', help: 'of a turntable, in degrees (15 by default)' },
  azimuth: { type: 'string', value: 'NUMBER', help: 'where a turntable begins, in degrees (0 by default)' },
  direction: { type: 'string', value: 'DIRECTION', help: 'of a turntable: counterclockwise (default) or clockwise' },
  turn: { type: 'string', value: 'TURN', help: 'what turns: camera (default), or model in a standing environment' },
  start: { type: 'string', value: 'SECONDS', help: 'where a video of an animation begins (0 by default)' },
  end: { type: 'string', value: 'SECONDS', help: 'where it ends (the end of the animation by default)' },
  loop: { type: 'boolean', help: 'the last keyframe of a path is the first again' },
  distribution: { type: 'string', value: 'DISTRIBUTION', help: 'of the views: hemisphere (default) or sphere' },
  codec: { type: 'string', value: 'CODEC', help: 'of .webm: vp9 (default) or av1' },
};

/** Endings of videos that no image has. */
const VIDEO_ENDINGS: readonly string[] = ['mp4', 'webm', 'gif', 'mov', 'zip'];

/**
 * The sequence that the options and the output's name ask for; undefined when it is one image.
 *
 * @throws UsageError with every option that does not fit; MaquetteError when they do not fit together.
 */
export async function sequenceRequestFrom(values: Values, output: string): Promise<SequenceRequest | undefined> {
  const format = extname(output).slice(1).toLowerCase();
  const kinds = [
    values.turntable === true && 'turntable',
    values['camera-path'] !== undefined && 'camera-path',
    values.dataset !== undefined && 'dataset',
  ].filter((kind) => typeof kind === 'string');
  // An animated WebP and a still one end alike: what only a clip has tells them apart.
  const isVideo = VIDEO_ENDINGS.includes(format) || (format === 'webp' && isGiven(values, ['fps', 'start', 'end']));
  const kind = kinds[0] ?? (values.animation !== undefined && isVideo ? 'animation' : undefined);
  if (kinds.length > 1) throw new UsageError(`--${kinds.join(' and --')} cannot be had together`);
  if (kind === undefined) {
    if (!VIDEO_ENDINGS.includes(format)) {
      const stray = Object.keys(SEQUENCE_OPTIONS).filter((name) => values[name] !== undefined);
      if (stray.length === 0) return undefined;
      throw new UsageError(
        `--${stray.join(', --')}: of a video or a dataset alone: say what moves: --turntable, --camera-path FILE.json, --dataset N or --animation NAME`,
      );
    }
    throw new UsageError(`${output}: say what moves: --turntable, --camera-path FILE.json or --animation NAME`);
  }
  if (kind !== 'dataset' && !(SequenceFormat.options as readonly string[]).includes(format)) {
    throw new UsageError(
      `${output}: the name of a video has to end in ${SequenceFormat.options.map((ending) => `.${ending}`).join(', ')}`,
    );
  }
  const number = (name: string) => (values[name] === undefined ? undefined : Number(values[name]));
  const given = {
    ...imageFieldsFrom(values),
    kind,
    format,
    ...(kind === 'camera-path' ? await readKeyframes(String(values['camera-path'])) : {}),
    ...Object.fromEntries(
      ['fps', 'frames', 'degrees', 'elevation', 'azimuth', 'start', 'end'].flatMap((name) =>
        values[name] === undefined ? [] : [[name, number(name)]],
      ),
    ),
    ...Object.fromEntries(
      ['direction', 'turn', 'distribution', 'codec', 'loop'].flatMap((name) =>
        values[name] === undefined ? [] : [[name, values[name]]],
      ),
    ),
    ...(kind === 'dataset' ? { views: number('dataset') } : {}),
  };
  const schema = {
    turntable: TurntableRequest,
    'camera-path': CameraPathRequest,
    animation: AnimationRequest,
    dataset: DatasetRequest,
  }[kind as SequenceRequest['kind']];
  const { format: _format, ...fields } = given;
  const stray = Object.keys(fields).filter((name) => !(name in schema.shape));
  if (stray.length > 0) throw new UsageError(stray.map((name) => problem(name, [], `not of a ${kind}`)).join('\n'));
  if (values.codec !== undefined && format !== 'webm') throw new UsageError('--codec: of .webm alone');
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new UsageError(
      parsed.error.issues
        .map(({ path: [field, ...inside], message }) => problem(String(field), inside.map(String), message))
        .join('\n'),
    );
  }
  refuseIdleOptions(values, parsed.data);
  checkSequenceRequest(parsed.data);
  return completeSequence(parsed.data);
}

function isGiven(values: Values, names: readonly string[]): boolean {
  return names.some((name) => values[name] !== undefined);
}

function problem(field: string, inside: string[], message: string): string {
  const option = { keyframes: 'camera-path', views: 'dataset' }[field] ?? optionOf(field);
  return `--${option}: ${[...inside, message].join(': ')}`;
}

/** A file of keyframes: their list, or an object that holds it beside `interpolation` and `loop`. */
const KeyframeFile = z.union([
  z.array(z.unknown()).transform((keyframes) => ({ keyframes })),
  z.looseObject({ keyframes: z.array(z.unknown()) }),
]);

async function readKeyframes(path: string): Promise<object> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--camera-path: ${path} cannot be read: ${error.message}`);
  });
  try {
    const { keyframes, interpolation, loop, fps } = KeyframeFile.parse(JSON.parse(text)) as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries({ keyframes, interpolation, loop, fps }).filter(([, value]) => value !== undefined),
    );
  } catch {
    throw new UsageError(`--camera-path: ${path} holds no list of keyframes as JSON`);
  }
}
