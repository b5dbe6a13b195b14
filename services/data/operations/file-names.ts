import { unsafeFileName } from '../errors.ts';

/** The longest name of a file, in UTF-16 code units. */
const LONGEST_FILE_NAME = 1024;

/**
 * Names become paths in a worker's folder and in URLs, so they must stay within the model's own folder.
 *
 * @throws MaquetteError `invalid_request`
 */
export function checkFileNames(files: readonly { name: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { name }] of files.entries()) {
    const refuse = (why: string) => unsafeFileName(index, name.slice(0, 200), why);
    if (name.length > LONGEST_FILE_NAME) throw refuse(`is longer than ${LONGEST_FILE_NAME} characters`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\u0000-\u001f\u007f\\]/.test(name)) throw refuse('holds a backslash or a control character');
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw refuse('is not a plain relative path');
    }
    if (seen.has(name)) throw refuse('names two files');
    seen.add(name);
  }
}
