import type { SourcePolygons } from '#contracts/model/model-report.ts';

/** The polygons of a source in words: `12 triangles, 1 quad, 3 n-gons`. */
export function polygonsText({ triangles, quads, ngons }: SourcePolygons): string {
  const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;
  return [counted(triangles, 'triangle'), counted(quads, 'quad'), counted(ngons, 'n-gon')].join(', ');
}
