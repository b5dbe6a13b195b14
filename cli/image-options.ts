import { extname } from 'node:path';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { type CommandCall, type CommandOption, UsageError } from './command.ts';

/** Options that describe an image: the fields of `ImageRequest`. */
export const IMAGE_OPTIONS = {
  width: { type: 'string', value: 'PIXELS', help: 'width, 800 by default' },
  height: { type: 'string', value: 'PIXELS', help: 'height, 600 by default' },
  view: {
    type: 'string',
    value: 'VIEW',
    help: 'three-quarter, front, back, left, right, top, bottom, isometric, or AZIMUTH,ELEVATION in degrees',
  },
  background: { type: 'string', value: 'COLOUR', help: 'transparent (default) or #rrggbb' },
  environment: {
    type: 'string',
    value: 'NAME',
    help: 'studio (default), apartment, city, dawn, forest, lobby, night, park, sunset, warehouse',
  },
  'environment-intensity': { type: 'string', value: 'FACTOR', help: "of the environment's light, 1 by default" },
  'environment-rotation': { type: 'string', value: 'DEGREES', help: 'turns the environment about the vertical axis' },
  ground: { type: 'string', value: 'GROUND', help: 'none (default) or shadow: the model stands on its soft shadow' },
  exposure: { type: 'string', value: 'STOPS', help: 'brightens or darkens, 0 by default' },
  'field-of-view': { type: 'string', value: 'DEGREES', help: 'vertical, 35 by default' },
  projection: { type: 'string', value: 'NAME', help: 'perspective (default) or orthographic: parallel rays' },
  margin: { type: 'string', value: 'SHARE', help: 'free border on each side, 0.06 by default' },
  samples: { type: 'string', value: 'N', help: 'anti-aliasing samples a pixel, 8 by default' },
  quality: { type: 'string', value: 'N', help: 'of jpg, webp and avif, 1 to 100' },
} as const satisfies Record<string, CommandOption>;

/**
 * The request that the options and the ending of the output file make.
 * @throws UsageError with every option that does not fit.
 */
export function imageRequestFrom(values: CommandCall['values'], output: string): ImageRequest {
  const format = extname(output).slice(1).toLowerCase().replace('jpeg', 'jpg');
  const number = (name: string) => (values[name] === undefined ? undefined : Number(values[name]));
  const parsed = ImageRequest.safeParse({
    format,
    width: number('width'),
    height: number('height'),
    view: viewFrom(values.view),
    background: values.background,
    environment: values.environment,
    environmentIntensity: number('environment-intensity'),
    environmentRotation: number('environment-rotation'),
    ground: values.ground,
    exposure: number('exposure'),
    fieldOfView: number('field-of-view'),
    projection: values.projection,
    margin: number('margin'),
    samples: number('samples'),
    quality: number('quality'),
  });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = String(path[0]);
    if (field === 'format') return `${output}: the name has to end in .png, .jpg, .webp or .avif`;
    return `--${field.replaceAll(/[A-Z]/g, '-$&').toLowerCase()}: ${message}`;
  });
  throw new UsageError(problems.join('\n'));
}

function viewFrom(text: string | boolean | undefined): unknown {
  const angles = typeof text === 'string' ? /^(-?[\d.]+),(-?[\d.]+)$/.exec(text) : null;
  return angles ? { azimuth: Number(angles[1]), elevation: Number(angles[2]) } : text;
}
