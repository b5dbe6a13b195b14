import { formatCount, modelMalformed } from '../errors.ts';
import { type Key3ds, readKeys } from './keys-3ds.ts';

export interface Material3ds {
  name: string;
  /** Bytes as shown (sRGB), 0 to 1. */
  diffuse: [number, number, number] | null;
  /** 0 solid to 1 invisible. */
  transparency: number;
  shininess: number | null;
  twoSided: boolean;
  /** File name of the diffuse map. */
  map: string | null;
  /** How often the map repeats, and by how much it is moved. */
  tiling: [uScale: number, vScale: number, uOffset: number, vOffset: number];
}

export interface Object3ds {
  name: string;
  positions: Float32Array;
  /** Two for each vertex, v pointing up; null without. */
  texcoords: Float32Array | null;
  faces: Uint32Array;
  /** Smoothing groups of each face as bits; null without. */
  smoothing: Uint32Array | null;
  groups: { material: string; faces: Uint32Array }[];
  /** Axes and origin of the object in the world, three numbers each; null without. */
  matrix: number[] | null;
}

/** A node of the keyframer, as it is at the first key. */
export interface Node3ds {
  /** Of the object that it shows; `$$$DUMMY` for none. */
  name: string;
  instance: string;
  id: number;
  parent: number;
  pivot: [number, number, number];
  position: [number, number, number];
  /** Angle in radians and axis, turning clockwise. */
  rotation: [number, number, number, number];
  scale: [number, number, number];
  /** All keys of what moves it; rotations are relative to the key before. */
  tracks: { position: Key3ds[]; rotation: Key3ds[]; scale: Key3ds[] };
}

export interface Data3ds {
  materials: Material3ds[];
  objects: Object3ds[];
  /** The keyframer's nodes: name of the object, number, number of the parent or -1. */
  nodes: Node3ds[];
  masterScale: number;
}

/** Chunks that hold nothing but chunks. */
const MAIN = 0x4d4d;
const EDITOR = 0x3d3d;
const KEYFRAMER = 0xb000;

/**
 * Parses the chunks of a 3DS file (Autodesk 3D Studio, releases 2 to 4). Every chunk must lie inside of the one
 * around it.
 *
 * @throws MaquetteError `model_malformed` with the byte
 */
export function parse3ds(bytes: Uint8Array, name: string): Data3ds {
  return new Parser3ds(bytes, name).parse();
}

class Parser3ds {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly name: string;
  private readonly data: Data3ds = { materials: [], objects: [], nodes: [], masterScale: 1 };

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.name = name;
  }

  parse(): Data3ds {
    if (this.bytes.byteLength < 6 || this.view.getUint16(0, true) !== MAIN)
      this.fail(0, 'The file does not begin with the main chunk 0x4D4D.');
    this.chunks(0, this.bytes.byteLength, (id, start, end) => {
      if (id !== MAIN) return;
      this.chunks(start, end, (inner, from, to) => {
        if (inner === EDITOR) this.editor(from, to);
        else if (inner === KEYFRAMER) this.keyframer(from, to);
      });
    });
    return this.data;
  }

  private editor(start: number, end: number): void {
    this.chunks(start, end, (id, from, to) => {
      if (id === 0xafff) this.material(from, to);
      else if (id === 0x4000) this.object(from, to);
      else if (id === 0x0100) this.data.masterScale = this.float(from, to);
    });
  }

  private material(start: number, end: number): void {
    const material: Material3ds = {
      name: '',
      diffuse: null,
      transparency: 0,
      shininess: null,
      twoSided: false,
      map: null,
      tiling: [1, 1, 0, 0],
    };
    this.chunks(start, end, (id, from, to) => {
      if (id === 0xa000) material.name = this.string(from, to).text;
      else if (id === 0xa020) material.diffuse = this.color(from, to) ?? material.diffuse;
      else if (id === 0xa040) material.shininess = this.percentage(from, to);
      else if (id === 0xa050) material.transparency = this.percentage(from, to) ?? 0;
      else if (id === 0xa081) material.twoSided = true;
      else if (id === 0xa200) this.map(from, to, material);
    });
    this.data.materials.push(material);
  }

  private map(start: number, end: number, material: Material3ds): void {
    this.chunks(start, end, (id, from, to) => {
      if (id === 0xa300) material.map = this.string(from, to).text || null;
      else if (id === 0xa356) material.tiling[0] = this.float(from, to) || 1;
      else if (id === 0xa354) material.tiling[1] = this.float(from, to) || 1;
      else if (id === 0xa358) material.tiling[2] = this.float(from, to);
      else if (id === 0xa35a) material.tiling[3] = this.float(from, to);
    });
  }

  private object(start: number, end: number): void {
    const { text, next } = this.string(start, end);
    this.chunks(next, end, (id, from, to) => {
      if (id === 0x4100) this.mesh(text, from, to);
    });
  }

  private mesh(name: string, start: number, end: number): void {
    const object: Object3ds = {
      name,
      positions: new Float32Array(0),
      texcoords: null,
      faces: new Uint32Array(0),
      smoothing: null,
      groups: [],
      matrix: null,
    };
    this.chunks(start, end, (id, from, to) => {
      if (id === 0x4110) object.positions = this.floats(from, to, 3, `vertices of "${name}"`);
      else if (id === 0x4140) object.texcoords = this.floats(from, to, 2, `texture coordinates of "${name}"`);
      else if (id === 0x4120) this.faces(from, to, object);
      else if (id === 0x4160 && to - from >= 48)
        object.matrix = Array.from({ length: 12 }, (_, i) => this.view.getFloat32(from + i * 4, true));
    });
    const vertices = object.positions.length / 3;
    for (const [i, vertex] of object.faces.entries()) {
      if (vertex >= vertices)
        this.fail(
          start,
          `Face ${formatCount(Math.floor(i / 3))} of "${name}" refers to vertex ${vertex}; it has ${formatCount(vertices)}.`,
        );
    }
    if (object.texcoords && object.texcoords.length / 2 < vertices) object.texcoords = null;
    this.data.objects.push(object);
  }

  private faces(start: number, end: number, object: Object3ds): void {
    const count = this.count(start, end, 8, `faces of "${object.name}"`);
    object.faces = new Uint32Array(count * 3);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < 3; k++) object.faces[i * 3 + k] = this.view.getUint16(start + 2 + i * 8 + k * 2, true);
    }
    this.chunks(start + 2 + count * 8, end, (id, from, to) => {
      if (id === 0x4130) {
        const { text, next } = this.string(from, to);
        const size = this.count(next, to, 2, `faces of the material "${text}"`);
        const faces = Uint32Array.from({ length: size }, (_, i) => this.view.getUint16(next + 2 + i * 2, true));
        object.groups.push({ material: text, faces: faces.filter((face) => face < count) });
      } else if (id === 0x4150 && to - from >= count * 4) {
        object.smoothing = Uint32Array.from({ length: count }, (_, i) => this.view.getUint32(from + i * 4, true));
      }
    });
  }

  private keyframer(start: number, end: number): void {
    this.chunks(start, end, (id, from, to) => {
      if (id !== 0xb002) return;
      const node: Node3ds = {
        name: '',
        instance: '',
        id: this.data.nodes.length,
        parent: -1,
        pivot: [0, 0, 0],
        position: [0, 0, 0],
        rotation: [0, 0, 0, 1],
        scale: [1, 1, 1],
        tracks: { position: [], rotation: [], scale: [] },
      };
      this.chunks(from, to, (inner, begin, finish) => this.nodeChunk(node, inner, begin, finish));
      this.data.nodes.push(node);
    });
  }

  private nodeChunk(node: Node3ds, id: number, start: number, end: number): void {
    const { view } = this;
    if (id === 0xb030 && end - start >= 2) node.id = view.getUint16(start, true);
    else if (id === 0xb011) node.instance = this.string(start, end).text;
    else if (id === 0xb013 && end - start >= 12) node.pivot = this.triple(start);
    else if (id === 0xb010) {
      const { text, next } = this.string(start, end);
      node.name = text;
      if (end - next >= 6) node.parent = view.getInt16(next + 4, true);
    } else if (id === 0xb020) {
      node.tracks.position = readKeys(view, start, end, 3);
      node.position = (node.tracks.position[0]?.values ?? node.position) as Node3ds['position'];
    } else if (id === 0xb021) {
      node.tracks.rotation = readKeys(view, start, end, 4);
      node.rotation = (node.tracks.rotation[0]?.values ?? node.rotation) as Node3ds['rotation'];
    } else if (id === 0xb022) {
      node.tracks.scale = readKeys(view, start, end, 3);
      node.scale = (node.tracks.scale[0]?.values ?? node.scale) as Node3ds['scale'];
    }
  }

  private triple(at: number): [number, number, number] {
    return [0, 4, 8].map((offset) => this.view.getFloat32(at + offset, true)) as [number, number, number];
  }

  private color(start: number, end: number): [number, number, number] | null {
    let found: [number, number, number] | null = null;
    this.chunks(start, end, (id, from, to) => {
      if (found) return;
      if ((id === 0x0011 || id === 0x0012) && to - from >= 3)
        found = [0, 1, 2].map((k) => this.bytes[from + k]! / 255) as [number, number, number];
      else if ((id === 0x0010 || id === 0x0013) && to - from >= 12)
        found = [0, 1, 2].map((k) => this.view.getFloat32(from + k * 4, true)) as [number, number, number];
    });
    return found;
  }

  /** 0 to 1. */
  private percentage(start: number, end: number): number | null {
    let found: number | null = null;
    this.chunks(start, end, (id, from, to) => {
      if (id === 0x0030 && to - from >= 2) found = this.view.getInt16(from, true) / 100;
      else if (id === 0x0031 && to - from >= 4) found = this.view.getFloat32(from, true) / 100;
    });
    return found;
  }

  private floats(start: number, end: number, width: number, what: string): Float32Array {
    const count = this.count(start, end, width * 4, what);
    return Float32Array.from({ length: count * width }, (_, i) => this.view.getFloat32(start + 2 + i * 4, true));
  }

  private count(start: number, end: number, size: number, what: string): number {
    const count =
      end - start >= 2 ? this.view.getUint16(start, true) : this.fail(start, `The count of the ${what} is missing.`);
    if (count * size > end - start - 2) {
      this.fail(
        start,
        `${formatCount(count)} ${what} are declared; the chunk holds ${formatCount(Math.floor((end - start - 2) / size))}.`,
      );
    }
    return count;
  }

  private float(start: number, end: number): number {
    const value = end - start >= 4 ? this.view.getFloat32(start, true) : 0;
    return Number.isFinite(value) ? value : 0;
  }

  private string(start: number, end: number): { text: string; next: number } {
    let at = start;
    while (at < end && this.bytes[at] !== 0) at++;
    if (at >= end) this.fail(start, 'A name has no end.');
    return { text: new TextDecoder('latin1').decode(this.bytes.subarray(start, at)), next: at + 1 };
  }

  private chunks(start: number, end: number, visit: (id: number, start: number, end: number) => void): void {
    for (let at = start; at + 6 <= end; ) {
      const id = this.view.getUint16(at, true);
      const length = this.view.getUint32(at + 2, true);
      if (length < 6 || length > end - at) {
        this.fail(
          at,
          `The chunk 0x${id.toString(16)} declares ${formatCount(length)} bytes; ${formatCount(end - at)} are left around it.`,
        );
      }
      visit(id, at + 6, at + length);
      at += length;
    }
  }

  private fail(at: number, message: string): never {
    throw modelMalformed(`${this.name}: byte ${formatCount(at)}`, message);
  }
}
