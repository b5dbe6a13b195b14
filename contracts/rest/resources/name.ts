import { z } from 'zod';

/** Schema of a name that people give: trimmed, not empty, on one line. */
export function nameSchema(longest: number) {
  return (
    z
      .string()
      .trim()
      .min(1)
      .max(longest)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'give a name without control characters')
  );
}
