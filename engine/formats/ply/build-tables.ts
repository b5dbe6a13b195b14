import { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { formatCount, modelEmpty, modelMalformed } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { createPlainMaterial } from '../geometry/color.ts';
import { createPrimitive, gather, type PrimitiveData } from '../geometry/create-primitive.ts';
import { boundsOf, originOffset } from '../geometry/origin-offset.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import type { PlyList, PlyTable } from './ply-data.ts';
import { type PlyTriangles, readPlyFaces } from './read-faces.ts';
import { readColors, readNormals, readPositions, readScalars, readTexcoords } from './vertex-attributes.ts';

const KINDS = {
  too_small_face: ['warning', 'faces have fewer than three corners', 'Remove them; they show nothing.'],
  point_without_position: [
    'info',
    'points without a position (no numbers) were left out',
    'Nothing needs doing: scanners write them where nothing was met.',
  ],
  missing_texture: [
    'warning',
    'textures were not given or cannot be read',
    'Upload the textures as PNG or JPEG together with the model, as several files or as one zip archive.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Where tables came from. */
export interface TableSource {
  /** The name of the format, which the mesh gets as well. */
  format: string;
  comments: readonly string[];
  generator: string | null;
  /** Points that were left out because they have no position. */
  dropped?: number;
}

/**
 * Makes a document of tables in the terms of PLY: a mesh, lines, or a cloud of points, with everything that their
 * vertices and faces have. Formats that hold the same under other names come here as well.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export function buildTables(
  tables: PlyTable[],
  source: TableSource,
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
): ImportedModel {
  const { name } = main;
  const vertices = tables.find((table) => table.name === 'vertex');
  if (!vertices || vertices.count === 0) throw modelEmpty(name, `The ${source.format} file has no vertices.`);
  const exact = readPositions(vertices);
  if (!exact) throw modelMalformed(name, `The vertices of the ${source.format} file have no properties x, y and z.`);
  const corrections = new Corrections();
  const findings = new Findings(name, KINDS);
  const document = new Document();
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  if (source.comments.length > 0) scene.setExtras({ comments: source.comments });
  const offset = subtractOffset(exact, corrections);
  const positions = exact instanceof Float32Array ? exact : Float32Array.from(exact);
  if (offset) scene.setExtras({ ...scene.getExtras(), originOffset: offset });
  const faces = tables.find((table) => table.name === 'face');
  // Colours and texture coordinates of faces are told apart by where a triangle came from.
  const origins = faces !== undefined && (faces.columns.size > 0 || faces.lists.has('texcoord'));
  const triangles = readPlyFaces(tables, positions, name, limits, origins);
  findings.add('too_small_face', name, triangles.tooSmall);
  findings.add('point_without_position', name, source.dropped ?? 0);
  const textures = new TextureLibrary(document, files, main, limits, (_, reference) =>
    findings.add('missing_texture', reference),
  );
  const builder: Builder = { document, vertices, positions, tables, corrections };
  const parts: PrimitiveData[] = [];
  if (triangles.vertices.length > 0) parts.push(buildMesh(builder, triangles, textureOf(source.comments, textures)));
  const edges = readEdges(tables, positions.length / 3, name);
  if (edges)
    parts.push({
      ...pointAttributes(builder),
      indices: edges,
      mode: 1,
      material: createPlainMaterial(document, readColors(vertices) !== null),
    });
  if (parts.length === 0) {
    if (faces && faces.count > 0)
      throw modelEmpty(
        name,
        `None of the ${plural(faces.count, 'face')} of the ${source.format} file has three corners.`,
      );
    parts.push({
      ...pointAttributes(builder),
      mode: 0,
      material: createPlainMaterial(document, readColors(vertices) !== null),
    });
  }
  const mesh = document.createMesh(source.format);
  for (const part of parts) mesh.addPrimitive(createPrimitive(document, part));
  scene.addChild(document.createNode(source.format).setMesh(mesh));
  return {
    document,
    corrections: corrections.list(),
    generator: source.generator,
    findings: findings.report(),
    polygons: triangles.counts.report(),
  };
}

interface Builder {
  document: Document;
  vertices: PlyTable;
  positions: Float32Array;
  tables: PlyTable[];
  corrections: Corrections;
}

function buildMesh(builder: Builder, triangles: PlyTriangles, texture: ReturnType<typeof textureOf>): PrimitiveData {
  const { document, vertices, corrections } = builder;
  const faces = builder.tables.find((table) => table.name === 'face');
  const faceColors = faces && readColors(faces);
  const vertexColors = readColors(vertices);
  const wedges = faces?.lists.get('texcoord');
  const split = splitByTexcoord(builder, triangles, wedges);
  let { positions, texcoords, indices } = split;
  let normals = readNormals(vertices);
  let source = split.source;
  let colors = vertexColors && gather(vertexColors, 4, source);
  if (normals && !(faceColors && !vertexColors)) normals = gather(normals, 3, source);
  else {
    const partition = faceColors && !vertexColors ? packFaceColors(faceColors, triangles.faces) : null;
    const shaded = shadeVertices(positions, indices, partition ? { partition } : {});
    if (!normals) {
      corrections.add(
        'generated_normals',
        shaded.source.length,
        (n) => `${plural(n, 'normal')} ${n === 1 ? 'was' : 'were'} computed; edges sharper than 40 degrees stay sharp.`,
      );
      normals = shaded.normals;
    } else normals = gather(gather(normals, 3, source), 3, shaded.source);
    positions = gather(positions, 3, shaded.source);
    texcoords = texcoords && gather(texcoords, 2, shaded.source);
    colors = colors && gather(colors, 4, shaded.source);
    if (partition && faceColors && shaded.partition) colors = gather(faceColors, 4, shaded.partition);
    source = shaded.source.map((vertex) => source[vertex]!);
    indices = shaded.indices;
  }
  corrections.add(
    'triangulated_polygons',
    triangles.polygons,
    (n) => `${plural(n, 'polygon')} with more than three corners ${n === 1 ? 'was' : 'were'} cut into triangles.`,
  );
  const scalars = new Map([...readScalars(vertices)].map(([key, values]) => [key, gather(values, 1, source)]));
  const material = createPlainMaterial(document, colors !== null || texture !== null);
  if (texture) material.setBaseColorTexture(texture).setName('Texture');
  if (colors && hasTransparency(colors)) material.setAlphaMode('BLEND');
  return { positions, normals, texcoords, colors, indices, material, scalars };
}

/** Corners of one vertex with different texture coordinates become several vertices. */
function splitByTexcoord({ vertices, positions }: Builder, triangles: PlyTriangles, wedges: PlyList | undefined) {
  const identity = Uint32Array.from({ length: positions.length / 3 }, (_, i) => i);
  if (!wedges || !(wedges.values instanceof Float32Array) || wedges.values.length === 0) {
    return { positions, texcoords: readTexcoords(vertices), indices: triangles.vertices, source: identity };
  }
  const bits = new Int32Array(wedges.values.buffer, wedges.values.byteOffset, wedges.values.length);
  const tuples = new TupleIndex(3, positions.length / 3);
  const indices = new Uint32Array(triangles.vertices.length);
  const tuple = [0, 0, 0];
  for (let i = 0; i < indices.length; i++) {
    const face = triangles.faces[Math.floor(i / 3)]!;
    const at = wedges.first[face]! + triangles.corners[i]! * 2;
    const given = at + 1 < wedges.first[face + 1]!;
    tuple[0] = triangles.vertices[i]!;
    tuple[1] = given ? bits[at]! : 0;
    tuple[2] = given ? bits[at + 1]! : 0;
    indices[i] = tuples.add(tuple);
  }
  const source = tuples.column(0);
  const u = new Float32Array(tuples.column(1).buffer);
  const v = new Float32Array(tuples.column(2).buffer);
  const texcoords = new Float32Array(source.length * 2);
  for (let i = 0; i < source.length; i++) {
    texcoords[i * 2] = u[i]!;
    texcoords[i * 2 + 1] = 1 - v[i]!;
  }
  return { positions: gather(positions, 3, source), texcoords, indices, source };
}

/** For each triangle the first face with the same colour, so that faces of one colour share vertices. */
function packFaceColors(colors: Uint16Array, faces: Uint32Array): Uint32Array {
  const first = new Map<number, number>();
  return faces.map((face) => {
    const at = face * 4;
    const key =
      colors[at]! + colors[at + 1]! * 65536 + (colors[at + 2]! >>> 1) * 4294967296 + (colors[at + 3]! >>> 15) * 2 ** 47;
    const known = first.get(key);
    if (known !== undefined) return known;
    first.set(key, face);
    return face;
  });
}

function pointAttributes({ vertices, positions }: Builder): PrimitiveData {
  return { positions, normals: readNormals(vertices), colors: readColors(vertices), scalars: readScalars(vertices) };
}

function hasTransparency(colors: Uint16Array): boolean {
  for (let i = 3; i < colors.length; i += 4) if (colors[i]! < 65000) return true;
  return false;
}

function readEdges(tables: readonly PlyTable[], vertices: number, name: string): Uint32Array | null {
  const table = tables.find((candidate) => candidate.name === 'edge');
  const from = table?.columns.get('vertex1');
  const to = table?.columns.get('vertex2');
  if (!table || !from || !to || table.count === 0) return null;
  const out = new Uint32Array(table.count * 2);
  for (let i = 0; i < table.count; i++) {
    if (!(from[i]! >= 0 && from[i]! < vertices && to[i]! >= 0 && to[i]! < vertices)) {
      throw modelMalformed(
        `${name}: edge ${formatCount(i)}`,
        `It joins the vertices ${from[i]} and ${to[i]}; the file has ${formatCount(vertices)}.`,
      );
    }
    out[i * 2] = from[i]!;
    out[i * 2 + 1] = to[i]!;
  }
  return out;
}

/** Subtracts, in double precision, what single precision could not hold. */
function subtractOffset(
  positions: Float32Array | Float64Array,
  corrections: Corrections,
): [number, number, number] | null {
  if (positions instanceof Float32Array) return null;
  const { low, high } = boundsOf(positions);
  const offset = originOffset(low, high);
  if (!offset) return null;
  for (let i = 0; i < positions.length; i++) positions[i] = positions[i]! - offset[i % 3]!;
  corrections.add(
    'origin_offset',
    1,
    () =>
      `The model lies far from the origin and was moved by (${offset.map((value) => -value).join(', ')}), so that single precision holds it.`,
  );
  return offset;
}

function textureOf(comments: readonly string[], textures: TextureLibrary) {
  for (const comment of comments) {
    const found = /^TextureFile\s+(.+)$/i.exec(comment);
    if (found) return textures.find(found[1]!.trim());
  }
  return null;
}
