/**
 * How much a layout in texture space stretches surfaces: root mean square over the area of both stretches of each
 * triangle, 1 where all have one scale and keep their shape (Sander, Snyder, Gortler and Hoppe, "Texture Mapping
 * Progressive Meshes", 2001). Triangles without extent on either side are left out.
 */
export class Stretch {
  private squares = 0;
  private area = 0;
  private uvArea = 0;

  /**
   * @param positions three for each vertex, in one scale for all that are added
   * @param indices three for each triangle
   * @param coordinates two for each corner
   */
  add(positions: Float32Array, indices: ArrayLike<number>, coordinates: Float32Array): void {
    for (let i = 0; i + 2 < indices.length; i += 3) {
      const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
      const s1 = coordinates[i * 2]!;
      const t1 = coordinates[i * 2 + 1]!;
      const [s2, t2] = [coordinates[i * 2 + 2]! - s1, coordinates[i * 2 + 3]! - t1];
      const [s3, t3] = [coordinates[i * 2 + 4]! - s1, coordinates[i * 2 + 5]! - t1];
      const twice = s2 * t3 - s3 * t2;
      if (twice === 0) continue;
      // How the surface moves along both axes of texture space.
      let ss = 0;
      let tt = 0;
      const e1: number[] = [];
      const e2: number[] = [];
      for (let k = 0; k < 3; k++) {
        const [p, q] = [positions[b + k]! - positions[a + k]!, positions[c + k]! - positions[a + k]!];
        e1.push(p);
        e2.push(q);
        ss += ((p * t3 - q * t2) / twice) ** 2;
        tt += ((q * s2 - p * s3) / twice) ** 2;
      }
      const area = Math.hypot(
        e1[1]! * e2[2]! - e1[2]! * e2[1]!,
        e1[2]! * e2[0]! - e1[0]! * e2[2]!,
        e1[0]! * e2[1]! - e1[1]! * e2[0]!,
      );
      this.squares += ((ss + tt) / 2) * area;
      this.area += area;
      this.uvArea += Math.abs(twice);
    }
  }

  /** 1 at best; 0 where nothing was added. */
  get value(): number {
    return this.area > 0 ? Math.sqrt((this.squares / this.area) * (this.uvArea / this.area)) : 0;
  }
}
