// Buffers of the whole image: film, passes, and what the denoiser works on. The header holds their addresses.

import { HEADER } from './layout';

/** Address of a pixel in the buffer of a header field; f32x4 a pixel. */
// @ts-ignore: decorator
@inline
export function bufferAt(field: i32, pixel: usize): usize {
  return <usize>load<u32>(<usize>(HEADER + field)) + (pixel << 4);
}

/** Address of a pixel of so many bytes in the buffer of a header field; 0 where the buffer is not wanted. */
// @ts-ignore: decorator
@inline
export function wantedAt(field: i32, pixel: usize, bytes: usize): usize {
  const buffer = <usize>load<u32>(<usize>(HEADER + field));
  return buffer ? buffer + pixel * bytes : 0;
}
