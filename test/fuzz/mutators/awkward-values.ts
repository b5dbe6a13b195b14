/** Whole numbers at and beyond the edges of what counts and indices may be. */
export const AWKWARD_INTEGERS = [
  0, 1, 2, 3, -1, -2, 7, 127, 128, 255, 256, 1000, 32767, 32768, 65535, 65536, 99999, 16777216, 2147483647, -2147483648,
  4294967295, 4294967296, 9007199254740991, 1e15,
];

/** Floats at the edges of single and double precision. */
export const AWKWARD_FLOATS = [
  0,
  -0,
  0.5,
  -0.5,
  1e-7,
  1e-38,
  1e-45,
  5e-324,
  1e9,
  -1e9,
  3.4e38,
  -3.4e38,
  1e39,
  1e308,
  -1e308,
  1 / 3,
];

/** What is no number. */
export const NON_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** How numbers may be written in a text, and what may stand there instead of one. */
export const AWKWARD_WORDS = [
  ...AWKWARD_INTEGERS.map(String),
  ...AWKWARD_FLOATS.map(String),
  ...[
    'nan',
    'NaN',
    '-nan(ind)',
    'inf',
    '-Infinity',
    '1e999',
    '-1e999',
    '1e-999',
    '1,5',
    '0x10',
    '1.#QNAN',
    '--1',
    '1..2',
  ],
  ...['+', '-', '.', 'e', '""', "'", '*', '$', '#', '/', '//', '1/', '/1', '1//1', '{', '}', '[', ']', '(', ')', ';'],
  ...['<', '>', '&', '&amp;', '&#0;', '%', '\\', '\0', '\t', '\r', '\u00e9', '\ufffd', '\u{1f4a9}', 'true', 'null'],
];
