/**
 * What the JPEG decoder is told, and where it works. The decoder (AssemblyScript) and its host (TypeScript) both import
 * this file, so constants carry no type annotations and only numbers appear here. All offsets are bytes.
 */

/** Fields of a job: addresses, sizes and tables of one image, 32 bits each where nothing else is said. */
export const JOB_TARGET = 0;
export const JOB_WIDTH = 4;
export const JOB_HEIGHT = 8;
/** Luma samples for each of chroma, across and down: 1 or 2. Not 1 across and 2 down. */
export const JOB_ACROSS = 12;
export const JOB_DOWN = 16;
/** The entropy-coded data, to the end of the file. It is overwritten. */
export const JOB_SOURCE = 20;
export const JOB_LENGTH = 24;
/** Memory to work in. */
export const JOB_SCRATCH = 28;
/** Three quantisation tables of 64 16-bit numbers, row by row. */
export const JOB_QUANTISATION = 32;
/** Four Huffman tables: DC of luma, AC of luma, DC of chroma (Cb, Cr) and AC of chroma, each of them in turn. */
export const JOB_HUFFMAN = 416;
/** A Huffman table: 16 bytes, how many codes of each length; then up to 256 symbols. */
export const HUFFMAN_BYTES = 272;
export const HUFFMAN_SYMBOLS = 16;
/** Three components have two tables each. */
export const JOB_BYTES = 2048;

/** Bytes behind the source that the decoder may read and write. */
export const SOURCE_PAD = 64;

/**
 * Scratch memory, from its start: one block of coefficients and its numbers between the passes, the order of
 * coefficients, four tables in the order of the job's, then rows of samples.
 */
export const BLOCK = 0;
export const WIDE = 128;
export const ORDER = 384;
export const TABLES = 512;
/** Bits that a table is looked up with, and bytes of a table: an entry for each such number, then limits of longer codes. */
export const LOOK_BITS = 10;
export const TABLE_BYTES = 4352;
export const TABLE_LIMITS = 4096;
export const TABLE_OFFSETS = 4168;
export const ROWS = 17920;
/** Bytes behind a row that may be written. */
export const ROW_PAD = 64;
/**
 * Rows of the scratch memory, all as wide as luma: three rows of blocks of luma and of each kind of chroma, where rows of
 * chroma are halved; one of each kind of chroma in full width, and one of sums.
 */
export const ROW_LUMA = 0;
export const ROW_CHROMA = 48;
export const ROWS_OF_CHROMA = 24;
export const ROW_WIDENED = 96;
export const ROW_SUMS = 98;
export const ROW_COUNT = 99;
