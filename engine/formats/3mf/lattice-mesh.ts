import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import type { BeamCap, BeamLattice } from './beam-lattice.ts';
import type { MeshObject } from './model-part.ts';

/** Of how many sides a beam is made, and of how many rings the half of a ball: fewer where there are many. */
const FINE = { sides: 10, rings: 2 };
const COARSE = { sides: 6, rings: 1 };
const MOST_FINE = 20_000;

/** A circle around the axis of a beam: how far along, how wide, and which end it belongs to. */
interface Ring {
  along: number;
  radius: number;
  end: 0 | 1;
}

/**
 * Adds the beams and balls of a lattice to a mesh, as closed surfaces that pass through one another. Beams with round
 * ends are closed by halves of balls.
 *
 * @throws MaquetteError `model_too_large` before anything is made
 */
export function withLattice(mesh: MeshObject, lattice: BeamLattice, where: string, limits: ModelLimits): MeshObject {
  const count = lattice.beams.length + lattice.balls.length;
  const { sides, rings } = count > MOST_FINE ? COARSE : FINE;
  const most = count * sides * (4 * rings + 4);
  checkTriangles(where, mesh.triangles.length / 3 + most, limits);
  checkDecodedBytes(where, most * 40, limits);
  const builder = new LatticeBuilder(mesh, sides, rings);
  for (const { vertices, radii, caps, pid, properties } of lattice.beams) {
    builder.tube(vertices, radii, caps, pid, properties, lattice.minLength);
  }
  for (const { vertex, radius, pid, property } of lattice.balls) builder.ball(vertex, radius, pid, property);
  return builder.mesh();
}

class LatticeBuilder {
  private readonly source: MeshObject;
  private readonly sides: number;
  private readonly rings: number;
  private readonly positions: number[] = [];
  private readonly triangles: number[] = [];
  private readonly properties: number[] = [];

  constructor(source: MeshObject, sides: number, rings: number) {
    this.source = source;
    this.sides = sides;
    this.rings = rings;
  }

  tube(
    [from, to]: [number, number],
    radii: [number, number],
    caps: [BeamCap, BeamCap],
    pid: number,
    properties: [number, number],
    minLength: number,
  ): void {
    const start = this.vertex(from);
    const end = this.vertex(to);
    const axis = end.map((value, k) => value - start[k]!);
    const length = Math.hypot(...axis);
    if (!(length > 0) || length < minLength) return;
    const rings = [
      ...this.cap(caps[0], radii[0]).map(({ along, radius }): Ring => ({ along: -along, radius, end: 0 })),
      ...this.cap(caps[1], radii[1])
        .toReversed()
        .map(({ along, radius }): Ring => ({ along: length + along, radius, end: 1 })),
    ];
    const unit = axis.map((value) => value / length);
    this.surface(start, unit, rings, pid, properties);
  }

  ball(vertex: number, radius: number, pid: number, property: number): void {
    const half = this.cap('round', radius);
    const rings = [
      ...half.map(({ along, radius: wide }): Ring => ({ along: -along, radius: wide, end: 0 })),
      ...half
        .slice(0, -1)
        .toReversed()
        .map(({ along, radius: wide }): Ring => ({ along, radius: wide, end: 0 })),
    ];
    this.surface(this.vertex(vertex), [0, 0, 1], rings, pid, [property, property]);
  }

  mesh(): MeshObject {
    const { source } = this;
    const positions = new Float32Array(source.positions.length + this.positions.length);
    positions.set(source.positions);
    positions.set(this.positions, source.positions.length);
    const triangles = new Uint32Array(source.triangles.length + this.triangles.length);
    triangles.set(source.triangles);
    triangles.set(this.triangles, source.triangles.length);
    const own = source.properties ?? new Int32Array((source.triangles.length / 3) * 4).fill(-1);
    const properties = new Int32Array(own.length + this.properties.length);
    properties.set(own);
    properties.set(this.properties, own.length);
    return { positions, triangles, properties };
  }

  private vertex(index: number): number[] {
    return Array.from(this.source.positions.subarray(index * 3, index * 3 + 3));
  }

  /** From the tip of an end to where the beam begins: how far out, and how wide. The tip has no width. */
  private cap(cap: BeamCap, radius: number): { along: number; radius: number }[] {
    if (cap === 'butt') {
      return [
        { along: 0, radius: 0 },
        { along: 0, radius },
      ];
    }
    return Array.from({ length: this.rings + 2 }, (_, ring) => {
      const angle = (ring / (this.rings + 1)) * (Math.PI / 2);
      return { along: radius * Math.cos(angle), radius: ring === 0 ? 0 : radius * Math.sin(angle) };
    });
  }

  /** A surface around an axis through circles, the first and last of which are points. */
  private surface(
    origin: readonly number[],
    axis: readonly number[],
    rings: readonly Ring[],
    pid: number,
    properties: [number, number],
  ): void {
    const { sides } = this;
    const [u, v] = acrossOf(axis);
    const firsts = rings.map((ring) => {
      const first = (this.source.positions.length + this.positions.length) / 3;
      for (let side = 0; side < (ring.radius === 0 ? 1 : sides); side++) {
        const angle = (side / sides) * 2 * Math.PI;
        const [x, y] = [ring.radius * Math.cos(angle), ring.radius * Math.sin(angle)];
        for (let k = 0; k < 3; k++) this.positions.push(origin[k]! + axis[k]! * ring.along + u[k]! * x + v[k]! * y);
      }
      return first;
    });
    const property = (ring: Ring): number => properties[ring.end];
    for (let i = 0; i + 1 < rings.length; i++) {
      const [lower, upper] = [rings[i]!, rings[i + 1]!];
      for (let side = 0; side < sides; side++) {
        const next = (side + 1) % sides;
        const [a, b] = [firsts[i]!, firsts[i + 1]!];
        if (lower.radius > 0)
          this.triangle(
            pid,
            [a + side, property(lower)],
            [a + next, property(lower)],
            [b + (upper.radius > 0 ? next : 0), property(upper)],
          );
        if (upper.radius > 0)
          this.triangle(
            pid,
            [a + (lower.radius > 0 ? side : 0), property(lower)],
            [b + next, property(upper)],
            [b + side, property(upper)],
          );
      }
    }
  }

  private triangle(pid: number, ...corners: [vertex: number, property: number][]): void {
    this.triangles.push(...corners.map(([vertex]) => vertex));
    this.properties.push(pid, ...corners.map(([, property]) => property));
  }
}

/** Two directions across a direction and across one another, which turn about it anticlockwise. */
function acrossOf([x, y, z]: readonly number[]): [number[], number[]] {
  // Duff et al., Building an Orthonormal Basis, Revisited (JCGT 2017).
  const sign = z! >= 0 ? 1 : -1;
  const a = -1 / (sign + z!);
  const b = x! * y! * a;
  return [
    [1 + sign * x! * x! * a, sign * b, -sign * x!],
    [b, sign + y! * y! * a, -y!],
  ];
}
