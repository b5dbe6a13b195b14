import fc from 'fast-check';

/** A JSON Schema of an OpenAPI document. */
export type Schema = Record<string, unknown>;

/** Schemas nested deeper than this are given their shortest value. */
const DEEPEST = 8;
/** Numbers and lists stay near their least: what is large is asked for by mutations, not by each valid request. */
const SPREAD = 24;

/** A place where the id of a thing that exists is put when a request is sent: kind and choice. */
const idPlace = (prefix: string) => fc.nat(9999).map((choice) => `${prefix}_@${choice}`);

/**
 * Values that are valid by a JSON Schema 2020-12, as far as the schemas of the API go: references, choices, the simple
 * types with their bounds, patterns, lists, tuples, objects.
 *
 * @param document where `$ref` leads to.
 */
export function arbitraryOf(schema: Schema, document: Schema, depth = 0): fc.Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return arbitraryOf(resolve(schema.$ref, document), document, depth + 1);
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const choices = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
  if (choices) {
    const some = depth > DEEPEST ? choices.slice(0, 1) : choices;
    return fc.oneof(...some.map((choice) => arbitraryOf(choice, document, depth + 1)));
  }
  const parts = schema.allOf as Schema[] | undefined;
  if (parts) {
    return fc
      .tuple(...parts.map((part) => arbitraryOf(part, document, depth + 1)))
      .map((values) => Object.assign({}, ...(values as object[])));
  }
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return listOf(schema, document, depth);
    case 'object':
      return objectOf(schema, document, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function resolve(reference: string, document: Schema): Schema {
  let place: unknown = document;
  for (const part of reference.split('/').slice(1)) place = (place as Schema)[part];
  return place as Schema;
}

function textOf({ pattern, format, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  if (typeof pattern === 'string') {
    const [, prefix] = /^\^([a-z]{3})_\[0-7\]/.exec(pattern) ?? [];
    const matching = fc.stringMatching(new RegExp(pattern), { maxLength: 64 });
    return prefix === undefined
      ? matching
      : fc.oneof({ weight: 9, arbitrary: idPlace(prefix) }, { weight: 1, arbitrary: matching });
  }
  if (format === 'date-time')
    return fc
      .date({ min: new Date(2020, 0), max: new Date(2040, 0), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (format === 'uri') return fc.constantFrom('https://example.com/model.glb', 'http://127.0.0.1:9/model.glb');
  if (format === 'email') return fc.emailAddress();
  const least = minLength as number;
  const most = Math.min((maxLength as number | undefined) ?? least + SPREAD, least + SPREAD);
  return fc.string({ minLength: least, maxLength: Math.max(most, least), unit: 'grapheme' });
}

function numberOf(schema: Schema): fc.Arbitrary<number> {
  const whole = schema.type === 'integer';
  const step = whole ? 1 : 1e-3;
  const above = schema.exclusiveMinimum as number | undefined;
  const below = schema.exclusiveMaximum as number | undefined;
  const most = below === undefined ? (schema.maximum as number | undefined) : below - step;
  const least = above === undefined ? ((schema.minimum as number | undefined) ?? Math.min(0, most ?? 0)) : above + step;
  const max = Math.min(most ?? Number.POSITIVE_INFINITY, least + SPREAD);
  if (!whole) return fc.integer({ min: 0, max: 1000 }).map((share) => least + ((max - least) * share) / 1000);
  const by = (schema.multipleOf as number | undefined) ?? 1;
  return fc.integer({ min: Math.ceil(least / by), max: Math.floor(max / by) }).map((count) => count * by);
}

function listOf(schema: Schema, document: Schema, depth: number): fc.Arbitrary<unknown[]> {
  const places = schema.prefixItems as Schema[] | undefined;
  if (places) return fc.tuple(...places.map((place) => arbitraryOf(place, document, depth + 1)));
  const least = (schema.minItems as number | undefined) ?? 0;
  const most = Math.max(least, Math.min((schema.maxItems as number | undefined) ?? 3, 3));
  const items = arbitraryOf((schema.items as Schema | undefined) ?? {}, document, depth + 1);
  return fc.array(items, { minLength: least, maxLength: depth > DEEPEST ? least : most });
}

function objectOf(schema: Schema, document: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties as Record<string, Schema> | undefined) ?? {});
  const required = (schema.required as string[] | undefined) ?? [];
  const wanted = depth > DEEPEST ? properties.filter(([name]) => required.includes(name)) : properties;
  const fields = Object.fromEntries(wanted.map(([name, field]) => [name, arbitraryOf(field, document, depth + 1)]));
  const record = recordOf(fields, required);
  const others = schema.additionalProperties;
  if (typeof others !== 'object' || others === null || properties.length > 0) return record;
  const names =
    schema.propertyNames === undefined
      ? fc.string({ minLength: 1, maxLength: 8 })
      : arbitraryOf(schema.propertyNames as Schema, document, depth + 1);
  return fc.dictionary(names as fc.Arbitrary<string>, arbitraryOf(others as Schema, document, depth + 1), {
    maxKeys: 3,
  });
}

/** Objects of some fields, the required ones always: many optional ones at once contradict each other more often than not. */
export function recordOf<T>(
  fields: Record<string, fc.Arbitrary<T>>,
  required: string[],
): fc.Arbitrary<Record<string, T>> {
  const requiredKeys = required.filter((name) => name in fields);
  const least = Object.fromEntries(Object.entries(fields).filter(([name]) => requiredKeys.includes(name)));
  const whole = fc.record(fields, { requiredKeys }) as fc.Arbitrary<Record<string, T>>;
  return fc.oneof({ weight: 2, arbitrary: fc.record(least) }, { weight: 1, arbitrary: whole });
}
