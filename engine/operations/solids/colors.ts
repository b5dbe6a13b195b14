/** Linear colours as glTF stores them: 16 bits each, cut off above one. */
export function storedColors(colors: Float32Array): Uint16Array {
  return Uint16Array.from(colors, (value) => Math.round(Math.min(1, Math.max(0, value)) * 65_535));
}
