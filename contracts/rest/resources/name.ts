import { z } from 'zod';

/** Schema of a name that people give: trimmed, not empty, on one line. */
export function nameSchema(longest: number) {
  return (
    z
      .string()
      .trim()
      .min(1, 'is empty')
      .max(longest, `has more than ${longest} characters`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
      .regex(/^[^\u0000-\u001f\u007f]*$/, 'give a name without control characters')
  );
}

/** The beginning of a text, with no half of a character at its end. */
export function shortened(text: string, longest: number): string {
  const cut = text.slice(0, longest);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
