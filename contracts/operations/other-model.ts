import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { NamePatterns } from './name-patterns.ts';
import { placement } from './placement.ts';

const modelName = whenUsed(() =>
  z
    .string()
    .min(1)
    .max(1000)
    .describe(
      'On a server the id of an asset, `ast_…`, whose newest version is taken; on the command line a file, by its path from the folder of the recipe',
    ),
);

/** A second model of an operation, and where it stands in the first. */
export const otherModelSchema = whenUsed(() =>
  z
    .object({
      model: modelName(),
      ...placement(),
      at: NamePatterns.optional().describe(
        'Names of nodes of the first model, `*` stands for any text: a copy stands at each of them, turned and resized as the node is; without it, one stands in the world',
      ),
    })
    .strict(),
);

/** The same as it is asked for: where it stands as it is, its name alone will do. */
export const otherModelInput = whenUsed(() => z.union([modelName(), otherModelSchema()]));

export type OtherModel = z.output<ReturnType<typeof otherModelSchema>>;
export type OtherModelInput = z.output<ReturnType<typeof otherModelInput>>;

/** A second model with where it stands, whichever way it was written. */
export function otherModel(given: OtherModelInput): OtherModel {
  return typeof given === 'string' ? otherModelSchema().parse({ model: given }) : given;
}
