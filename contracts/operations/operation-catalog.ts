import { z } from 'zod';
import { OPERATIONS, type OperationType } from './operation.ts';
import { PRESETS, PresetName } from './presets.ts';
import { Recipe } from './recipe.ts';
import { RecipeInput } from './recipe-input.ts';

const JsonSchema = z.record(z.string(), z.unknown());

/** What recipes can be made of. */
export const OperationCatalog = z.object({
  operations: z.array(
    z.object({
      type: z.string(),
      description: z.string(),
      schema: JsonSchema.describe('JSON Schema of the operation with the defaults of its parameters'),
    }),
  ),
  presets: z.array(z.object({ name: PresetName, description: z.string(), recipe: Recipe })),
  recipe: JsonSchema.describe('JSON Schema of the body of `POST /v1/assets/{assetId}/operations`'),
});

export type OperationCatalog = z.output<typeof OperationCatalog>;

/** Every operation with its schema, and the presets. */
export function operationCatalog(): OperationCatalog {
  const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return {
    operations: (Object.keys(OPERATIONS) as OperationType[]).map((type) => {
      const made = OPERATIONS[type]();
      const { description = '', ...schema } = schemaOf(made.strict());
      return { type, description: made.description ?? description, schema };
    }),
    presets: PresetName.options.map((name) => {
      const { description, recipe } = PRESETS[name];
      return { name, description, recipe };
    }),
    recipe: schemaOf(RecipeInput),
  };
}
