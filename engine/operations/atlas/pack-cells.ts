/** A rectangle in texels. */
export interface Cell {
  width: number;
  height: number;
}

/** Where cells lie in a square. */
export interface PackedCells {
  /** Texels a side, a power of two. */
  size: number;
  /** Left upper corners, in the order of the cells. */
  places: { x: number; y: number }[];
}

/**
 * Packs cells onto shelves, the highest first, into the smallest square whose side is a power of two; null where they do
 * not fit into `most` texels a side.
 *
 * @param padding texels about each cell
 */
export function packCells(cells: readonly Cell[], padding: number, most: number): PackedCells | null {
  const order = cells.map((_, index) => index).sort((a, b) => cells[b]!.height - cells[a]!.height || a - b);
  for (let size = 4; size <= most; size *= 2) {
    const places = shelves(cells, order, padding, size);
    if (places) return { size, places };
  }
  return null;
}

function shelves(cells: readonly Cell[], order: readonly number[], padding: number, size: number) {
  const places = cells.map(() => ({ x: 0, y: 0 }));
  let x = 0;
  let y = 0;
  let shelf = 0;
  for (const index of order) {
    const width = cells[index]!.width + 2 * padding;
    const height = cells[index]!.height + 2 * padding;
    if (width > size) return null;
    if (x + width > size) {
      x = 0;
      y += shelf;
      shelf = 0;
    }
    shelf = Math.max(shelf, height);
    if (y + height > size) return null;
    places[index] = { x: x + padding, y: y + padding };
    x += width;
  }
  return places;
}
