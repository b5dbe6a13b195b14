import { formatCount } from '../errors.ts';
import type { XmlReader } from '../xml/xml-reader.ts';

/** How the end of a beam is closed. */
export type BeamCap = 'round' | 'butt';

/** A straight beam between two vertices of the mesh. */
export interface Beam {
  vertices: [number, number];
  radii: [number, number];
  caps: [BeamCap, BeamCap];
  /** Property group, and the index in it at each end; -1 for none. */
  pid: number;
  properties: [number, number];
}

/** A ball at a vertex of the mesh. */
export interface Ball {
  vertex: number;
  radius: number;
  pid: number;
  property: number;
}

/** What a mesh has beside triangles (3MF Beam Lattice Extension 1.2). */
export interface BeamLattice {
  beams: Beam[];
  balls: Ball[];
  /** Shorter beams are none. */
  minLength: number;
  /** An object of the part whose mesh may be shown in place of beams and balls; null for none. */
  representation: number | null;
  /** Whether a mesh cuts off what is inside or outside of it. */
  isClipped: boolean;
}

/**
 * Reads a `beamlattice` element, which the reader stands at.
 *
 * @param vertices of the mesh that it belongs to
 * @throws MaquetteError `model_malformed` for radii that are none, and vertices that are not there
 */
export function readBeamLattice(xml: XmlReader, vertices: number): BeamLattice {
  const radius = positive(xml, 'radius', 0);
  const cap = capOf(xml.attribute('cap'), 'round');
  const pid = integer(xml, 'pid', -1);
  const pindex = integer(xml, 'pindex', -1);
  const ballMode = xml.attribute('ballmode') ?? 'none';
  const ballRadius = positive(xml, 'ballradius', 0);
  const minLength = xml.number('minlength');
  const lattice: BeamLattice = {
    beams: [],
    balls: [],
    minLength: minLength > 0 ? minLength : 0,
    representation: integer(xml, 'representationmesh', -1),
    isClipped: ['inside', 'outside'].includes(xml.attribute('clippingmode') ?? ''),
  };
  if (lattice.representation === -1) lattice.representation = null;
  const vertex = (name: string): number => {
    const index = xml.number(name);
    if (!(Number.isInteger(index) && index >= 0 && index < vertices))
      xml.fail(`<${xml.name}> refers to vertex ${xml.attribute(name)}; the mesh has ${formatCount(vertices)}.`);
    return index;
  };
  const depth = xml.depth;
  while (xml.depth >= depth) {
    if (xml.next() !== 'open') continue;
    if (xml.localName === 'beam') {
      const r1 = positive(xml, 'r1', radius);
      const p1 = integer(xml, 'p1', pindex);
      lattice.beams.push({
        vertices: [vertex('v1'), vertex('v2')],
        radii: [r1, positive(xml, 'r2', r1)],
        caps: [capOf(xml.attribute('cap1'), cap), capOf(xml.attribute('cap2'), cap)],
        pid: integer(xml, 'pid', pid),
        properties: [p1, integer(xml, 'p2', p1)],
      });
    } else if (xml.localName === 'ball' && ballMode !== 'none') {
      const property = integer(xml, 'p', pindex);
      const own = { radius: positive(xml, 'r', ballRadius), pid: integer(xml, 'pid', pid), property };
      lattice.balls.push({ vertex: vertex('vindex'), ...own });
    }
  }
  if (ballMode === 'all') addBalls(lattice, ballRadius, pid, pindex);
  return lattice;
}

/** A ball at every end of a beam that has none. */
function addBalls(lattice: BeamLattice, radius: number, pid: number, property: number): void {
  const having = new Set(lattice.balls.map(({ vertex }) => vertex));
  for (const vertex of lattice.beams.flatMap((beam) => beam.vertices)) {
    if (having.has(vertex)) continue;
    having.add(vertex);
    lattice.balls.push({ vertex, radius, pid, property });
  }
}

function capOf(text: string | null, otherwise: BeamCap): BeamCap {
  if (text === null) return otherwise;
  return text === 'butt' ? 'butt' : 'round';
}

/** A length of more than 0; the default may be 0, where what it is for has to say its own. */
function positive(xml: XmlReader, name: string, otherwise: number): number {
  const text = xml.attribute(name);
  const value = text === null ? otherwise : xml.number(name);
  const isDefault = text === null && (name === 'radius' || name === 'ballradius');
  if (!isDefault && !(value > 0 && value < Infinity))
    xml.fail(`<${xml.name}> has "${(text ?? '').slice(0, 40)}" for ${name}, which is no length.`);
  return value;
}

function integer(xml: XmlReader, name: string, otherwise: number): number {
  const value = xml.number(name);
  return Number.isInteger(value) ? value : otherwise;
}
