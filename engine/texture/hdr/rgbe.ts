/** Factor of the three mantissas of an RGBE pixel by its exponent (Ward, "Real pixels", 1991); 0 means black. */
export const RGBE_SCALE = Float32Array.from({ length: 256 }, (_, e) => (e === 0 ? 0 : 2 ** (e - 136)));
