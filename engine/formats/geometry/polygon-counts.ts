import type { SourcePolygons } from '#contracts/model/model-report.ts';

/** Counts the polygons of a file by their sides, before they are cut into triangles. */
export class PolygonCounts {
  private triangles = 0;
  private quads = 0;
  private ngons = 0;

  /**
   * Counts polygons with so many sides; with fewer than three there is none.
   *
   * @param count how many of them there are
   */
  add(sides: number, count = 1): void {
    if (sides === 3) this.triangles += count;
    else if (sides === 4) this.quads += count;
    else if (sides > 4) this.ngons += count;
  }

  /** Counts what others counted. */
  addAll({ triangles, quads, ngons }: PolygonCounts): void {
    this.triangles += triangles;
    this.quads += quads;
    this.ngons += ngons;
  }

  /** For the report of a model; null where there was no polygon. */
  report(): SourcePolygons | null {
    const { triangles, quads, ngons } = this;
    return triangles + quads + ngons > 0 ? { triangles, quads, ngons } : null;
  }
}
