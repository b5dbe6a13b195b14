// The corners at each vertex, listed for some vertices at a time: a list of all would take as much memory as the mesh.

/** Marks an index that is a new vertex already; without it, it is one of the mesh as it was given. */
export const NEW: u32 = 0x80000000;

let indices: usize = 0;
let corners: u32 = 0;
/** For each vertex where its corners begin, counted from the first corner of the first vertex; then where they end. */
let starts: usize = 0;
let list: usize = 0;
/** Corners of the vertices before those that are listed. */
let base: u32 = 0;
/** The first vertex that is listed. The starts of all that are have moved to where the next one's were. */
let listed: u32 = 0;
/** Before this corner there is none of a vertex that was not listed yet. */
let scanFrom: u32 = 0;

/**
 * Begins with a mesh.
 *
 * @param cornerCount three for each triangle
 * @param startsAt room for one more u32 than there are vertices
 * @param listAt room for as many u32 as corners are listed at a time
 */
export function openCorners(indicesAt: usize, cornerCount: u32, startsAt: usize, vertices: u32, listAt: usize): void {
  memory.fill(startsAt, 0, (<usize>vertices + 1) << 2);
  indices = indicesAt;
  corners = cornerCount;
  starts = startsAt;
  list = listAt;
  base = 0;
  scanFrom = 0;
}

/** Counts some of the corners at their vertices. */
export function countCorners(from: u32, to: u32): void {
  const end = indices + (<usize>to << 2);
  for (let at = indices + (<usize>from << 2); at < end; at += 4) {
    const start = starts + (<usize>load<u32>(at) << 2);
    store<u32>(start, load<u32>(start) + 1);
  }
}

/** Makes starts of the counts. Returns the largest count. */
export function sumCounts(vertices: u32): u32 {
  let sum: u32 = 0, most: u32 = 0;
  const end = starts + (<usize>vertices << 2);
  for (let at = starts; at < end; at += 4) {
    const count = load<u32>(at);
    store<u32>(at, sum);
    sum += count;
    if (count > most) most = count;
  }
  store<u32>(end, sum);
  return most;
}

/** The vertex behind the last that can be listed together with `first`, with at most `room` corners. */
export function endOfList(first: u32, vertices: u32, room: u32): u32 {
  const most = load<u32>(starts + (<usize>first << 2)) + room;
  let low = first + 1, high = vertices;
  while (low < high) {
    const middle = low + ((high - low + 1) >> 1);
    if (load<u32>(starts + (<usize>middle << 2)) <= most) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lists the corners of the vertices from `first` to before `end`, those of each in ascending order. */
export function listCorners(first: u32, end: u32): void {
  base = load<u32>(starts + (<usize>first << 2));
  let left = load<u32>(starts + (<usize>end << 2)) - base;
  let next = corners;
  let corner = scanFrom;
  for (; left > 0; corner++) {
    const vertex = load<u32>(indices + (<usize>corner << 2));
    if (vertex - first < end - first) {
      const start = starts + (<usize>vertex << 2);
      const at = load<u32>(start);
      store<u32>(start, at + 1);
      store<u32>(list + (<usize>(at - base) << 2), corner);
      left--;
    } else if (<i32>vertex >= <i32>end && corner < next) next = corner;
  }
  scanFrom = min(next, corner);
  listed = first;
}

/** Where the list of a vertex begins. */
// @ts-ignore: decorator
@inline
export function listOf(vertex: u32): usize {
  const start = vertex == listed ? base : load<u32>(starts + (<usize>vertex << 2) - 4);
  return list + (<usize>(start - base) << 2);
}

/** Where the list of a vertex ends. */
// @ts-ignore: decorator
@inline
export function listEndOf(vertex: u32): usize {
  return list + (<usize>(load<u32>(starts + (<usize>vertex << 2)) - base) << 2);
}
