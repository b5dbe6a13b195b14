import type { TexelImage } from '../texture/image-codec.ts';
import type { Draw } from './draws.ts';
import { shines } from './emitters.ts';
import * as L from './kernel/layout.ts';
import { writeLights } from './lights.ts';
import { type Affine, determinant, invert, multiply } from './matrix.ts';
import { levelCount, type ScenePlan } from './memory-plan.ts';
import type { PartShapes } from './part-shapes.ts';
import { pointRadii } from './point-radii.ts';
import { type Normalisation, toRenderTransform } from './render-space.ts';
import type { Part, Scene } from './scene.ts';
import { forEachPoint, forEachSegment, forEachTriangle, MODE } from './triangles.ts';
import type { Vertices } from './vertices.ts';

/** Half a line's width, in render space; and of points and lines in pixels, so that they show. */
const LINE_RADIUS = 0.0015;
const LEAST_PIXELS = { point: 0.5, line: 0.6 };

/** Writes a scene into the kernel's memory. */
export class SceneWriter {
  readonly #f32: Float32Array;
  readonly #i32: Int32Array;
  readonly #u16: Uint16Array;
  readonly #u8: Uint8Array;
  readonly #view: DataView;
  readonly #plan: ScenePlan;

  readonly #pixelSize: number;

  /** @param pixelSize Side of a pixel at the model, in render space. */
  constructor(memory: WebAssembly.Memory, plan: ScenePlan, pixelSize: number) {
    this.#pixelSize = pixelSize;
    this.#f32 = new Float32Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
    this.#u16 = new Uint16Array(memory.buffer);
    this.#u8 = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
    this.#plan = plan;
  }

  /** Writes all meshes and instances. */
  writeGeometry(scene: Scene, shapes: PartShapes, normalisation: Normalisation): void {
    const plan = this.#plan;
    let triangle = 0;
    let vertex = 0;
    let instance = 0;
    scene.meshes.forEach((mesh, index) => {
      const record = (plan.meshes + index * L.MESH_BYTES) >>> 2;
      const set = (offset: number, value: number) => {
        this.#i32[record + (offset >>> 2)] = value;
      };
      set(L.MESH_TRIANGLE_FIRST, triangle);
      set(L.MESH_TRIANGLE_COUNT, mesh.triangles);
      set(L.MESH_POSITIONS, plan.positions[index]!);
      set(L.MESH_VERTEX_COUNT, mesh.vertices);
      set(L.MESH_NODE_FIRST, plan.nodeFirst[index]!);
      set(L.MESH_BLOCK_FIRST, plan.blockFirst[index]!);
      set(L.MESH_BLOCK_CAPACITY, plan.blockCapacity[index]!);
      set(L.MESH_REFS, plan.refs[index]!);
      set(L.MESH_RANGES_OPEN, Math.max(1, Math.ceil(mesh.triangles / L.RANGE_REFS)));
      set(L.MESH_REBUILDS, 0);
      set(L.MESH_TRIANGLES_MOVED, 0);
      set(L.MESH_VERTEX_FIRST, vertex);
      set(L.MESH_DEFORMS, mesh.deforms ? 1 : 0);
      set(L.MESH_ROUND, mesh.round ? 1 : 0);
      set(L.MESH_SHINES, shines(mesh, scene.materials) ? 1 : 0);
      const n = mesh.copies ? undefined : normalisation;
      let position = plan.positions[index]! >>> 2;
      for (const part of mesh.parts) {
        const source = shapes.of(part);
        if (source) this.#writePart(part, source, n, triangle, vertex, position);
        else
          this.#i32.fill(
            -1,
            (plan.triangles + triangle * 16) >>> 2,
            (plan.triangles + (triangle + part.triangles) * 16) >>> 2,
          );
        shapes.drop(part, mesh);
        triangle += part.triangles;
        vertex += part.vertices;
        position += part.vertices * 3;
      }
      if (mesh.copies) instance = this.#writeCopies(mesh.copies, index, normalisation, instance);
      else this.#writeInstance(instance++, index, undefined);
    });
  }

  /** Writes what has moved anew: copies, and the vertices of what deforms. The trees of the latter are to be built again. */
  updateGeometry(scene: Scene, shapes: PartShapes, normalisation: Normalisation): void {
    let vertex = 0;
    let instance = 0;
    scene.meshes.forEach((mesh, index) => {
      let position = this.#plan.positions[index]! >>> 2;
      for (const part of mesh.parts) {
        const source = mesh.deforms ? shapes.update(part) : undefined;
        if (source) this.#moveVertices(part, source, normalisation, vertex, position);
        vertex += part.vertices;
        position += part.vertices * 3;
      }
      if (mesh.copies?.[0]?.motion === 'rigid') this.#writeCopies(mesh.copies, index, normalisation, instance);
      instance += mesh.copies?.length ?? 1;
    });
  }

  /** Writes the copies of a mesh; returns the index after the last. */
  #writeCopies(copies: readonly Draw[], mesh: number, normalisation: Normalisation, first: number): number {
    const normalise = toRenderTransform(normalisation);
    let next = first;
    for (const { transform } of copies) this.#writeInstance(next++, mesh, multiply(normalise, transform));
    return next;
  }

  #writeInstance(index: number, mesh: number, m: Affine | undefined): void {
    const at = this.#plan.instances + index * L.INSTANCE_BYTES;
    const inverse = m ? invert(m) : undefined;
    // A copy that is flat has no inverse: it becomes a point nobody sees.
    const forward = m && inverse ? m : Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
    for (let i = 0; i < 12; i++) {
      this.#view.setFloat32(at + L.INSTANCE_TO_WORLD + i * 4, m && !inverse ? 0 : forward[i]!, true);
      this.#view.setFloat32(at + L.INSTANCE_TO_MESH + i * 4, (inverse ?? forward)[i]!, true);
    }
    this.#view.setUint32(at + L.INSTANCE_MESH, mesh, true);
    const kind = !m ? L.INSTANCE_IDENTITY : determinant(forward) < 0 ? L.INSTANCE_MIRRORED : L.INSTANCE_GENERAL;
    this.#view.setUint32(at + L.INSTANCE_KIND, kind, true);
  }

  #writePart(
    part: Part,
    source: Vertices,
    normalisation: Normalisation | undefined,
    triangle: number,
    vertex: number,
    position: number,
  ): void {
    const { primitive, draw } = part.source;
    const { count } = source;
    this.#writePositions(source, normalisation?.center ?? [0, 0, 0], normalisation?.scale ?? 1, position);
    this.#writeVertices(vertex, source);
    let t = (this.#plan.triangles >>> 2) + triangle * 4;
    const offset = (index: number) => (index < count ? vertex + index : -1);
    const emit = (a: number, b: number, c: number) => {
      this.#i32[t++] = offset(a);
      this.#i32[t++] = offset(b);
      this.#i32[t++] = offset(c);
      this.#i32[t++] = part.material;
    };
    if (primitive.getMode() === MODE.POINTS) forEachPoint(primitive, (i) => emit(i, i, i));
    else if (primitive.getMode() < MODE.TRIANGLES) forEachSegment(primitive, (i, j) => emit(i, j, i));
    else {
      // A mirroring transform turns triangles inside out; glTF then reverses their winding (3.7.4).
      const mirrored = draw && !draw.joints && determinant(draw.transform) < 0;
      forEachTriangle(primitive, (a, b, c) => emit(a, mirrored ? c : b, mirrored ? b : c));
      return;
    }
    this.#writeRadii(part, count, vertex, position);
  }

  /** Writes the radii of points and lines, whose positions are there. */
  #writeRadii(part: Part, count: number, vertex: number, position: number): void {
    const start = (this.#plan.vertices + vertex * L.VERTEX_BYTES + L.V_RADIUS) >>> 2;
    const pixel = this.#pixelSize;
    const radii =
      part.source.primitive.getMode() === MODE.POINTS
        ? pointRadii(this.#f32.subarray(position, position + count * 3), LEAST_PIXELS.point * pixel)
        : undefined;
    const line = Math.max(LINE_RADIUS, LEAST_PIXELS.line * pixel);
    for (let i = 0, o = start; i < count; i++, o += L.VERTEX_BYTES / 4) this.#f32[o] = radii ? radii[i]! : line;
  }

  #writePositions({ count, positions }: Vertices, center: readonly number[], scale: number, at: number): void {
    const f32 = this.#f32;
    const [x, y, z] = center as [number, number, number];
    for (let i = 0, p = at; i < count * 3; i += 3, p += 3) {
      f32[p] = (positions[i]! - x) * scale;
      f32[p + 1] = (positions[i + 1]! - y) * scale;
      f32[p + 2] = (positions[i + 2]! - z) * scale;
    }
  }

  /** Writes positions, normals and tangents of vertices whose other attributes are there. */
  #moveVertices(
    part: Part,
    source: Vertices,
    { center, scale }: Normalisation,
    vertex: number,
    position: number,
  ): void {
    this.#writePositions(source, center, scale, position);
    const start = (this.#plan.vertices + vertex * L.VERTEX_BYTES) >>> 2;
    copyAttribute(this.#f32, start, source.normals, 3, source.count);
    if (part.source.primitive.getMode() < MODE.TRIANGLES) this.#writeRadii(part, source.count, vertex, position);
    else copyAttribute(this.#f32, start + L.V_TANGENT / 4, source.tangents, 4, source.count);
  }

  /** Writes all vertices of `source`, one attribute after another: tight loops run fast even before they are compiled. */
  #writeVertices(vertex: number, source: Vertices): void {
    const { count, normals, tangents, uv0, uv1, colors } = source;
    const start = (this.#plan.vertices + vertex * L.VERTEX_BYTES) >>> 2;
    copyAttribute(this.#f32, start, normals, 3, count);
    copyAttribute(this.#f32, start + L.V_TANGENT / 4, tangents, 4, count);
    copyAttribute(this.#f32, start + L.V_UV / 4, uv0, 2, count);
    copyAttribute(this.#f32, start + L.V_UV / 4 + 2, uv1, 2, count);
    if (colors) for (let i = 0; i < count; i++) this.#writeColor(vertex + i, colors, i);
    else {
      for (let i = 0, o = start + L.V_COLOR / 4; i < count; i++, o += L.VERTEX_BYTES / 4) {
        this.#i32[o] = -1;
        this.#i32[o + 1] = -1;
      }
    }
  }

  #writeColor(vertex: number, colors: Float32Array, from: number): void {
    const color = (this.#plan.vertices + vertex * L.VERTEX_BYTES + L.V_COLOR) >>> 1;
    for (let i = 0; i < 4; i++) {
      const value = colors[from * 4 + i]!;
      this.#u16[color + i] = value > 0 ? Math.min(65535, Math.round(value * 65535)) : 0;
    }
  }

  /** Writes a decoded image and its record; one that is missing gets an empty record. */
  writeTexture(index: number, image: TexelImage | undefined, srgb: boolean): void {
    const at = this.#plan.textures + index * L.TEXTURE_BYTES;
    const pixels = this.#plan.texturePixels[index]!;
    const set = (offset: number, value: number) => this.#view.setUint32(at + offset, value, true);
    set(L.TEXTURE_PIXELS, pixels);
    set(L.TEXTURE_WIDTH, image?.width ?? 1);
    set(L.TEXTURE_HEIGHT, image?.height ?? 1);
    set(L.TEXTURE_LEVELS, image ? levelCount(image.width, image.height) : 1);
    set(L.TEXTURE_SRGB, srgb ? 1 : 0);
    set(L.TEXTURE_TEXEL, image?.channels ?? 4);
    set(L.TEXTURE_BANDS_OPEN, Math.ceil((image?.height ?? 1) / L.MIPMAP_ROWS));
    if (image && image.address !== pixels) this.#u8.set(image.data, pixels);
  }

  /** Writes the lights, dimmed where they are too bright for any picture. */
  writeLights(scene: Scene, normalisation: Normalisation): void {
    writeLights(this.#view, this.#plan.lights, scene.lights, normalisation, scene.warnings);
  }

  /** Writes the materials; slots of textures that could not be decoded stay empty. */
  writeMaterials(scene: Scene, usable: readonly boolean[]): void {
    this.#u8.fill(
      0,
      this.#plan.materials,
      this.#plan.materials + Math.max(1, scene.materials.count) * L.MATERIAL_BYTES,
    );
    scene.materials.write(this.#view, this.#plan.materials, usable);
  }
}

/** Copies `size` numbers a vertex into the interleaved vertices from `start` on; zeros where there is no source. */
function copyAttribute(
  target: Float32Array,
  start: number,
  source: Float32Array | undefined,
  size: number,
  count: number,
): void {
  for (let c = 0; c < size; c++) {
    for (let i = 0, o = start + c; i < count; i++, o += L.VERTEX_BYTES / 4)
      target[o] = source ? source[i * size + c]! : 0;
  }
}
