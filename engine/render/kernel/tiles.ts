// The tiles that the image falls into, row by row.

import { H_HEIGHT, H_WIDTH, HEADER, TILE } from './layout';

/** Tiles in a number of pixels, the last of them whole or not. */
// @ts-ignore: decorator
@inline
export function tilesIn(pixels: i32): i32 {
  return (pixels + TILE - 1) / TILE;
}

// @ts-ignore: decorator
@inline
export function tileColumns(): i32 {
  return tilesIn(load<i32>(HEADER + H_WIDTH));
}

// @ts-ignore: decorator
@inline
export function tileRows(): i32 {
  return tilesIn(load<i32>(HEADER + H_HEIGHT));
}
