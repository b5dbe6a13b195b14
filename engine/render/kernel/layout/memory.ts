// The kernel's memory from its start: its own static data (tables of its mathematical functions), the header, what threads
// have for themselves, and all that the host lays out, from `ARENA` on.

/** Start of the header, a fixed block that tells the kernel where the host put the rest. */
export const HEADER = 32768;
/** Per-thread scratch memory (traversal stack, builder bins) begins here. */
export const SCRATCH = 36864;
/** Bytes of scratch memory per thread. */
export const SCRATCH_STRIDE = 14336;
/** Most threads that may work at once. */
export const MAX_THREADS = 64;
/** Per-thread taps of a texture's footprint begin here (see footprint.ts). */
export const TAPS = 954368;
export const TAPS_STRIDE = 1024;
/** First byte that the host may hand out. */
export const ARENA = 1019904;
/** Most samples of a pixel that shading takes, whatever `H_SAMPLES` says: a thread has scratch memory for so many. */
export const MAX_SAMPLES = 64;
/** Bytes of the regression's scratch memory, a thread. */
export const DENOISE_SCRATCH = 204800;
