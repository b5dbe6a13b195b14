import { z } from 'zod';
import { AngleView, ImageRequest, NamedView } from '../render/image-request.ts';

/** A number written in a query string; what is none stays text and is refused as such. */
function numberInQuery<T extends z.ZodType>(field: T) {
  return z.preprocess((value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    return Number.isFinite(number) ? number : value;
  }, field);
}

/** A field that may be left out; `ImageRequest` applies its default. */
function withDefault<T extends z.ZodType>(field: T, original: z.ZodDefault, description = original.description) {
  const text = [description, `Default: \`${original.def.defaultValue}\``].filter((part) => part !== undefined);
  return field.optional().describe(text.join('. '));
}

function numeric<T extends z.ZodType>(field: z.ZodDefault<T>) {
  return withDefault(numberInQuery(field.unwrap()), field);
}

const degrees = /^(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/;

const VIEW_HELP = `give one of ${NamedView.options.join(', ')}, or azimuth and elevation in degrees such as 45,20`;

/** `three-quarter`, or azimuth and elevation in degrees: `45,20`. */
const ViewInQuery = z
  .union([NamedView, z.string().regex(degrees, VIEW_HELP)], VIEW_HELP)
  .transform((text) => {
    const angles = degrees.exec(text);
    return angles ? { azimuth: Number(angles[1]), elevation: Number(angles[2]) } : (text as NamedView);
  })
  .pipe(z.union([NamedView, AngleView]));

/** A colour needs no `#` in a query string, where it would have to be written `%23`. */
const BackgroundInQuery = z
  .string()
  .regex(/^(transparent|#?[0-9a-fA-F]{6})$/, 'give `transparent` or a colour such as f4f4f5')
  .transform((text) => (/^[0-9a-fA-F]{6}$/.test(text) ? `#${text}` : text));

const { shape } = ImageRequest;

/**
 * The query of a render by URL: an `ImageRequest` written as a query string. An unknown name is refused, because a
 * misspelt parameter that is silently ignored gives a wrong picture that is then cached.
 */
export const RenderQuery = z.strictObject({
  width: numeric(shape.width),
  height: numeric(shape.height),
  view: withDefault(ViewInQuery, shape.view, 'A named view, or azimuth and elevation in degrees: `45,20`'),
  azimuth: numberInQuery(AngleView.shape.azimuth).optional().describe('Degrees; wins over `view`'),
  elevation: numberInQuery(AngleView.shape.elevation).optional().describe('Degrees; wins over `view`'),
  fieldOfView: numeric(shape.fieldOfView),
  projection: shape.projection,
  margin: numeric(shape.margin),
  background: withDefault(BackgroundInQuery, shape.background, '`transparent` or an sRGB colour such as `f4f4f5`'),
  environment: shape.environment,
  ground: shape.ground,
  environmentIntensity: numeric(shape.environmentIntensity),
  environmentRotation: numeric(shape.environmentRotation),
  exposure: numeric(shape.exposure),
  samples: numeric(shape.samples),
  quality: numeric(shape.quality),
});

export type RenderQuery = z.output<typeof RenderQuery>;

/** The query and the ending of the path as an image request with all its defaults. */
export function imageRequestOf(query: RenderQuery, format: ImageRequest['format']): ImageRequest {
  const { azimuth, elevation, view, ...rest } = query;
  const angles = azimuth !== undefined || elevation !== undefined;
  return ImageRequest.parse({
    ...rest,
    format,
    view: angles ? { azimuth: azimuth ?? 0, elevation: elevation ?? 0 } : view,
  });
}
