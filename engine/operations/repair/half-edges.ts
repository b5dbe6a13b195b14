/**
 * The half-edge beside each half-edge, or -1 where an edge borders one triangle, or more than two. Half-edge `3t + k` runs from corner `k` of triangle `t` to
 * the next one.
 */
export function neighbours(corners: Uint32Array, vertices: number): Int32Array {
  const end = (half: number) => corners[half % 3 === 2 ? half - 2 : half + 1]!;
  const begins = new Uint32Array(vertices + 1);
  for (let half = 0; half < corners.length; half++) begins[Math.min(corners[half]!, end(half)) + 1]!++;
  for (let i = 0; i < vertices; i++) begins[i + 1] = begins[i + 1]! + begins[i]!;
  const next = begins.slice(0, vertices);
  const sorted = new Uint32Array(corners.length);
  for (let half = 0; half < corners.length; half++) sorted[next[Math.min(corners[half]!, end(half))]!++] = half;
  const larger = (half: number) => Math.max(corners[half]!, end(half));
  const result = new Int32Array(corners.length).fill(-1);
  for (let vertex = 0; vertex < vertices; vertex++) {
    const around = sorted.subarray(begins[vertex]!, begins[vertex + 1]!).sort((a, b) => larger(a) - larger(b) || a - b);
    for (let i = 0; i < around.length; ) {
      let stop = i + 1;
      while (stop < around.length && larger(around[stop]!) === larger(around[i]!)) stop++;
      if (stop - i === 2) {
        result[around[i]!] = around[i + 1]!;
        result[around[i + 1]!] = around[i]!;
      }
      i = stop;
    }
  }
  return result;
}
