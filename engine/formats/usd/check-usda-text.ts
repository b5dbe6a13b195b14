import { formatCount, modelMalformed } from '../errors.ts';

/** Prims inside prims; stages of production have some twenty levels. The reader's time grows with the cube of it. */
export const MAX_DEPTH = 100;

/**
 * Comments, strings, asset paths, rows of tuples, and the braces and parentheses between them (USDA grammar, OpenUSD
 * `textFileFormat`).
 */
const TOKEN =
  /\/\*[\s\S]*?\*\/|#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|@@@[\s\S]*?@@@|@[^@\n]*@|(?:\([-+.,\d\w \t]*\)[\s,]*){1,1000}|[{}()]/g;

/** What closes a block: the contents of a prim, or its metadata. */
const OPENING: Record<string, string> = { '}': '{', ')': '(' };

/**
 * Checks that the blocks of a text layer, in braces or parentheses, are closed and not nested beyond reason.
 *
 * @throws MaquetteError `model_malformed` naming the line
 */
export function checkUsdaText(text: string, name: string): void {
  const open: number[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '(') {
      open.push(index);
      if (open.length <= MAX_DEPTH) continue;
      throw modelMalformed(
        place(text, index, name),
        `Blocks stand in one another more than ${MAX_DEPTH} levels deep.`,
        'Export the stage with fewer levels, or flattened.',
      );
    }
    const opening = OPENING[token];
    if (opening !== undefined && text[open.pop() ?? -1] !== opening) {
      throw modelMalformed(place(text, index, name), 'A block is closed here that was not opened.');
    }
  }
  const last = open.at(-1);
  if (last === undefined) return;
  const count =
    open.length === 1
      ? 'A block that begins here is'
      : `${formatCount(open.length)} blocks, the last of which begins here, are`;
  throw modelMalformed(place(text, last, name), `${count} not closed: the layer is cut off or damaged.`);
}

function place(text: string, index: number, name: string): string {
  let line = 1;
  for (let i = 0; i < index; i++) if (text.charCodeAt(i) === 10) line++;
  return `${name}: line ${formatCount(line)}`;
}
