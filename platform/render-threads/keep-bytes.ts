/** Kernel memory above this size is given up after a render, so that one large model does not weigh on those that follow. */
export const KEEP_BYTES = 64 * 2 ** 20;
