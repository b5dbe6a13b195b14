import { z } from 'zod';
import { AngleView, ImageRequest } from '../render/image-request.ts';
import { REQUEST_FIELDS, type RequestField } from '../render/request-text.ts';
import { valueText } from '../render/value-text.ts';

type ImageFields = Omit<typeof ImageRequest.shape, 'format'>;
type QueryFields = { [K in keyof ImageFields]: z.ZodOptional<z.ZodType<z.output<ImageFields[K]>>> };

/** Applies to text; whatever else a query holds, such as a name given twice, goes on to the schema as it is. */
function readWith(read: (text: string) => unknown) {
  return (value: unknown) => (typeof value === 'string' ? read(value) : value);
}

/** A field that may be left out; `ImageRequest` applies its default. */
function inQuery({ schema, form, read, description, default: fallback }: RequestField): z.ZodType {
  // A structure is text in a query; of every other form the schema of the value says more.
  const value =
    form.kind === 'structure' ? z.string().transform(read).pipe(schema) : z.preprocess(readWith(read), schema);
  const text = [
    description,
    form.kind === 'structure' ? 'Written short or as JSON' : undefined,
    form.kind === 'structure' && form.choices.length > 0 ? `Names: ${form.choices.join(', ')}` : undefined,
    form.kind === 'list' ? 'Items with commas between them' : undefined,
    fallback === undefined ? undefined : `Default: \`${valueText(fallback)}\``,
  ].filter((part) => part !== undefined);
  const field = value.optional();
  return text.length > 0 ? field.describe(text.join('. ')) : field;
}

const fields = Object.fromEntries(
  REQUEST_FIELDS.filter(({ name }) => name !== 'format').map((field) => [field.name, inQuery(field)]),
) as unknown as QueryFields;

const degrees = (field: z.ZodNumber, name: string) =>
  z
    .preprocess(
      readWith((text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text))),
      field,
    )
    .optional()
    .describe(`${name} in degrees; wins over \`view\``);

/**
 * The query of a render by URL: an `ImageRequest` written as a query string. An unknown name is refused, because a
 * misspelt parameter that is silently ignored gives a wrong picture that is then cached.
 */
export const RenderQuery = z.strictObject({
  ...fields,
  azimuth: degrees(AngleView.shape.azimuth, 'Azimuth'),
  elevation: degrees(AngleView.shape.elevation, 'Elevation'),
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
