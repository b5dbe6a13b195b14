import type { Document } from '@gltf-transform/core';
import { EXPORT_FORMATS, type ExportOptions, type ExportWarning } from '#contracts/model/export-format.ts';
import { concatBytes } from '../../texture/concat-bytes.ts';
import { type PlacedPrimitive, placedPrimitives } from '../baked/placed-primitives.ts';
import { inPose } from '../baked/pose-document.ts';
import { plural } from '../corrections.ts';
import { formatCount, nothingToWrite, outputTooLarge } from '../errors.ts';
import { type FormatAbilities, lostFeatures } from '../export-warnings.ts';
import type { Exporter } from '../exporter.ts';
import { writeSplatPly } from '../splat/write-splat-ply.ts';
import { MOST_FILE_BYTES, TextWriter } from '../text-writer.ts';
import { gatherPlyData, type PlyContent, type PlyShape, plyCounts } from './gather-ply-data.ts';

const ABILITIES: FormatAbilities = {
  hierarchy: false,
  animations: false,
  skins: false,
  morphTargets: false,
  cameras: false,
  lights: false,
  instances: false,
  elements: ['triangles', 'lines'],
  normals: true,
  texcoords: 1,
  vertexColors: true,
  materials: new Set(['color']),
  extras: false,
};

/**
 * Writes PLY (Turk 1994), binary and little-endian unless text is asked for: everything that the default scene draws,
 * where it stands, as one list of vertices with faces and edges; without either as a cloud of points. Colours of vertices
 * and materials are in sRGB, `t` of texture coordinates points up. Gaussian splats are written as the reference
 * implementation of 3D Gaussian Splatting does. Metres and +Y up unless asked otherwise.
 *
 * @throws MaquetteError `model_empty`, `output_limit_exceeded`, `invalid_request` for an animation that is not there
 */
export const exportPly: Exporter = async (document, { options, stem }) => {
  const { bytes, elements, warnings } = inPose(document, options, () => writePly(document, options));
  const lost = lostFeatures(document, { ...ABILITIES, elements }, options.animation !== undefined);
  return { files: [{ path: `${stem}.ply`, bytes }], warnings: [...lost, ...warnings] };
};

interface WrittenPly {
  bytes: Uint8Array<ArrayBuffer>;
  /** What of the model is in it. */
  elements: FormatAbilities['elements'];
  warnings: ExportWarning[];
}

function writePly(document: Document, options: ExportOptions): WrittenPly {
  const placed = placedPrimitives(document);
  const splats = placed.filter(({ kind }) => kind === 'splats');
  const faces = placed.filter(({ kind }) => kind === 'triangles' || kind === 'lines');
  const points = placed.filter(({ kind }) => kind === 'points');
  if (splats.length > 0 && faces.length === 0) {
    return { ...writeSplatPly(splats, options), elements: ['splats'] };
  }
  const content = faces.length > 0 ? faces : points;
  if (content.length === 0) throw nothingToWrite('PLY', 'triangles, lines, points or splats');
  const shape = plyCounts(content);
  const elements = faces.length > 0 ? ABILITIES.elements : (['points'] as const);
  return { bytes: writeVertices(content, shape, options), elements, warnings: colorWarnings(content, shape) };
}

function colorWarnings(placed: readonly PlacedPrimitive[], { colors }: PlyShape): ExportWarning[] {
  const textured = new Set(placed.map(({ primitive }) => primitive.getMaterial()));
  const count = [...textured].filter((material) => material?.getBaseColorTexture()).length;
  if (count === 0 || !colors) return [];
  const message = `Vertices of ${plural(count, 'textured material')} have its colour without the texture.`;
  return [{ code: 'untextured_colors', message }];
}

function writeVertices(
  placed: readonly PlacedPrimitive[],
  shape: PlyShape,
  options: ExportOptions,
): Uint8Array<ArrayBuffer> {
  const bytes = shape.vertices * shape.stride * 4 + shape.faces * 13 + shape.edges * 8;
  if (bytes > MOST_FILE_BYTES) {
    const size = `${formatCount(shape.vertices)} vertices and ${formatCount(shape.faces)} faces`;
    throw outputTooLarge('PLY file', size, `${formatCount(MOST_FILE_BYTES)} bytes`);
  }
  const content = gatherPlyData(placed, shape, options, EXPORT_FORMATS.ply);
  return options.encoding === 'text' ? asText(shape, content) : asBinary(shape, content);
}

function headerOf(shape: PlyShape, format: 'ascii' | 'binary_little_endian'): string {
  const properties = (names: string[], type: string) => names.map((name) => `property ${type} ${name}`);
  return [
    'ply',
    `format ${format} 1.0`,
    'comment Made by Maquette',
    `element vertex ${shape.vertices}`,
    ...properties(['x', 'y', 'z'], 'float'),
    ...(shape.normals ? properties(['nx', 'ny', 'nz'], 'float') : []),
    ...(shape.texcoords ? properties(['s', 't'], 'float') : []),
    ...(shape.colors ? properties(['red', 'green', 'blue', 'alpha'], 'uchar') : []),
    ...(shape.faces > 0 ? [`element face ${shape.faces}`, 'property list uchar int vertex_indices'] : []),
    ...(shape.edges > 0 ? [`element edge ${shape.edges}`, ...properties(['vertex1', 'vertex2'], 'int')] : []),
    'end_header\n',
  ].join('\n');
}

function asBinary(shape: PlyShape, { vertices, triangles, edges }: PlyContent): Uint8Array<ArrayBuffer> {
  const faces = new Uint8Array(shape.faces * 13);
  const view = new DataView(faces.buffer);
  for (let face = 0, at = 0; face < shape.faces; face++, at += 13) {
    faces[at] = 3;
    for (let k = 0; k < 3; k++) view.setUint32(at + 1 + k * 4, triangles[face * 3 + k]!, true);
  }
  const header = new TextEncoder().encode(headerOf(shape, 'binary_little_endian'));
  return concatBytes([header, new Uint8Array(vertices.buffer), faces, new Uint8Array(edges.buffer)]);
}

function asText(shape: PlyShape, { vertices, triangles, edges }: PlyContent): Uint8Array<ArrayBuffer> {
  const writer = new TextWriter('PLY file', shape.vertices * shape.stride * 12 + shape.faces * 24);
  writer.ascii(headerOf(shape, 'ascii'));
  const colors = new Uint8Array(vertices.buffer);
  const floats = shape.stride - (shape.colors ? 1 : 0);
  for (let vertex = 0; vertex < shape.vertices; vertex++) {
    const at = vertex * shape.stride;
    for (let k = 0; k < floats; k++) {
      if (k > 0) writer.ascii(' ');
      writer.number(vertices[at + k]!);
    }
    if (shape.colors) for (let k = 0; k < 4; k++) writer.ascii(' ').integer(colors[(at + floats) * 4 + k]!);
    writer.ascii('\n');
  }
  for (let i = 0; i < triangles.length; i += 3) {
    writer.ascii('3');
    for (let k = i; k < i + 3; k++) writer.ascii(' ').integer(triangles[k]!);
    writer.ascii('\n');
  }
  for (let i = 0; i < edges.length; i += 2) {
    writer
      .integer(edges[i]!)
      .ascii(' ')
      .integer(edges[i + 1]!)
      .ascii('\n');
  }
  return writer.finish();
}
