import type { Random } from '../random.ts';
import { AWKWARD_WORDS } from './awkward-values.ts';
import { mutateBytes } from './bytes.ts';

/** Words and numbers of a text; what stands between them is kept. */
const TOKEN = /[A-Za-z_][\w.:-]*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;
const NUMBER = /^[-+.\d]/;
/** No text grows beyond this by being repeated. */
const MOST_CHARACTERS = 2_000_000;

/** Changes lines and words: numbers become awkward, words are exchanged, lines go, come twice, or a thousand times. */
export function mutateText(bytes: Uint8Array, random: Random): Uint8Array {
  let text = new TextDecoder('latin1').decode(bytes);
  for (let edits = 1 + random.below(5); edits > 0; edits--) text = editText(text, random);
  // Latin-1 back and forth keeps bytes above 127 as they were, except where an edit brought other letters.
  const out = fromLatin1(text);
  return random.chance(0.05) ? mutateBytes(out, random) : out;
}

function editText(text: string, random: Random): string {
  return random.weighted<() => string>([
    [6, () => replaceToken(text, random, NUMBER, () => random.pick(AWKWARD_WORDS))],
    [3, () => replaceToken(text, random, NUMBER, (old) => String(Number(old) + random.pick([1, -1, 0.5, 1000])))],
    [3, () => replaceToken(text, random, /./, () => random.pick(AWKWARD_WORDS))],
    [4, () => exchangeTokens(text, random)],
    [4, () => editLines(text, random)],
    [1, () => insertAt(text, random, random.pick(AWKWARD_WORDS))],
    [
      1,
      () => insertAt(text, random, random.pick(['A', '1', ' ', '(', '[', '\n', '"']).repeat(1 + random.below(20_000))),
    ],
    [1, () => text.slice(0, random.below(text.length + 1))],
    [1, () => replaceAllNumbersOfLine(text, random)],
  ])();
}

function tokensOf(text: string, random: Random): RegExpMatchArray[] {
  // A window is enough, and much faster on long texts.
  const start = random.below(Math.max(1, text.length - 4000));
  return [...text.slice(start, start + 4000).matchAll(TOKEN)].map((match) =>
    Object.assign(match, { index: match.index + start }),
  );
}

function replaceToken(text: string, random: Random, kind: RegExp, by: (old: string) => string): string {
  const tokens = tokensOf(text, random).filter(([token]) => kind.test(token));
  if (tokens.length === 0) return text;
  const { 0: old, index } = random.pick(tokens);
  return text.slice(0, index) + by(old) + text.slice(index! + old.length);
}

/** Puts a word of the text where another one stands: a keyword, a name or a reference that exists but means another. */
function exchangeTokens(text: string, random: Random): string {
  const tokens = tokensOf(text, random);
  if (tokens.length === 0) return text;
  const word = random.pick(tokens)[0];
  return replaceToken(text, random, NUMBER.test(word) ? NUMBER : /^[A-Za-z_]/, () => word);
}

function editLines(text: string, random: Random): string {
  const separator = text.includes('\n') ? '\n' : text.includes(';') ? ';' : '>';
  const lines = text.split(separator);
  const at = random.below(lines.length);
  const count = random.chance(0.7) ? 1 : 1 + random.below(20);
  const taken = lines.slice(at, at + count);
  switch (random.below(5)) {
    case 0:
      lines.splice(at, count);
      break;
    case 1:
      lines.splice(random.below(lines.length), 0, ...taken);
      break;
    case 2: {
      const length = taken.join(separator).length + 1;
      const times = Math.min(1000, Math.floor(MOST_CHARACTERS / length));
      lines.splice(at, 0, ...Array.from({ length: times }, () => taken).flat());
      break;
    }
    case 3:
      lines.splice(at, count);
      lines.splice(random.below(lines.length + 1), 0, ...taken);
      break;
    default:
      lines[at] = lines[at]!.slice(0, random.below(lines[at]!.length + 1));
  }
  return lines.join(separator);
}

function replaceAllNumbersOfLine(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const word = random.pick(AWKWARD_WORDS);
  lines[at] = lines[at]!.replace(TOKEN, (token) => (NUMBER.test(token) ? word : token));
  return lines.join('\n');
}

function insertAt(text: string, random: Random, what: string): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + what + text.slice(at);
}

/** Characters up to 255 as one byte each, others as UTF-8. */
function fromLatin1(text: string): Uint8Array {
  return Buffer.from(
    text.replace(/[^\0-\xff]/gu, (letter) => Buffer.from(letter, 'utf8').toString('latin1')),
    'latin1',
  );
}
