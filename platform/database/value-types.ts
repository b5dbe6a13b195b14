import { type CustomTypesConfig, types } from 'pg';

const INT8 = types.builtins.INT8;

/**
 * How values come out of both engines: as `pg` does it, but `bigint` columns as numbers, because positions, sizes and
 * tokens stay far below 2^53. One that does not is an error, not a rounded number.
 */
export const VALUE_TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? parseInt8
      : types.getTypeParser(oid, format as 'text')) as CustomTypesConfig['getTypeParser'],
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`);
  return value;
}
