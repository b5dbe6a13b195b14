import { z } from 'zod';

/** A schema that a union discriminated by `type` takes. */
export type OperationOption = z.ZodObject<{ type: z.ZodLiteral }>;

/**
 * The options of a union that is discriminated by `type`, each made when a value of its type is first met. A union asks
 * its options for their types, for which it would make all of them; here they are told.
 *
 * @param makers for each type what makes its schema
 * @param option what the union takes of that schema
 */
export function optionsByType<M extends Record<string, () => z.ZodObject>>(
  makers: M,
  option: (schema: ReturnType<M[keyof M]>) => z.ZodType,
): [OperationOption, ...OperationOption[]] {
  const options = Object.entries(makers).map(([type, make]) => {
    const lazy = z.lazy(() => option(make() as ReturnType<M[keyof M]>));
    lazy._zod.propValues = { type: new Set([type]) };
    return lazy;
  });
  return options as unknown as [OperationOption, ...OperationOption[]];
}
