import type { Document } from '@gltf-transform/core';
import { EXPORT_FORMATS, type ExportOptions } from '#contracts/model/export-format.ts';
import {
  countPlaced,
  elementIndices,
  type PlacedPrimitive,
  placedPrimitives,
  posedVertices,
} from '../baked/placed-primitives.ts';
import { fileSpace, Placement } from '../baked/placement.ts';
import { inPose } from '../baked/pose-document.ts';
import { formatCount, nothingToWrite, outputTooLarge } from '../errors.ts';
import { type FormatAbilities, lostFeatures } from '../export-warnings.ts';
import type { Exporter } from '../exporter.ts';
import { MOST_FILE_BYTES, TextWriter } from '../text-writer.ts';

const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;
const MOST_TRIANGLES = Math.floor((MOST_FILE_BYTES - HEADER_BYTES) / TRIANGLE_BYTES);
/** Readers take a file for text when it begins with `solid`: this does not. */
const HEADER = 'Binary STL written by Maquette. Units: ';

const ABILITIES: FormatAbilities = {
  hierarchy: false,
  animations: false,
  skins: false,
  morphTargets: false,
  cameras: false,
  lights: false,
  instances: false,
  elements: ['triangles'],
  normals: true,
  texcoords: 0,
  vertexColors: false,
  materials: null,
  extras: false,
};

/**
 * Writes STL (3D Systems, "StereoLithography Interface Specification", 1989): all triangles of the default scene where
 * they stand, with the normals of their faces. Millimetres and +Z up unless asked otherwise, as slicers expect.
 *
 * @throws MaquetteError `model_empty` without triangles, `output_limit_exceeded`, `invalid_request` for an animation that
 * is not there
 */
export const exportStl: Exporter = async (document, { options, stem }) => {
  const bytes = inPose(document, options, () => writeStl(document, options, stem));
  const warnings = lostFeatures(document, ABILITIES, options.animation !== undefined);
  return { files: [{ path: `${stem}.stl`, bytes }], warnings };
};

function writeStl(document: Document, options: ExportOptions, stem: string): Uint8Array<ArrayBuffer> {
  const placed = placedPrimitives(document).filter(({ kind }) => kind === 'triangles');
  const { elements } = countPlaced(placed);
  if (elements === 0) throw nothingToWrite('STL', 'triangles');
  if (elements > MOST_TRIANGLES) {
    throw outputTooLarge('STL file', `${formatCount(elements)} triangles`, formatCount(MOST_TRIANGLES));
  }
  return options.encoding === 'text' ? asText(placed, options, stem, elements) : asBinary(placed, options, elements);
}

function asBinary(placed: PlacedPrimitive[], options: ExportOptions, triangles: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + triangles * TRIANGLE_BYTES);
  new TextEncoder().encodeInto(`${HEADER}${options.unit ?? EXPORT_FORMATS.stl.unit}`, bytes.subarray(0, 80));
  const view = new DataView(bytes.buffer);
  view.setUint32(80, triangles, true);
  const numbers = new Float32Array(12);
  // Numbers are not aligned in the file, so they are copied byte by byte.
  const raw = new Uint8Array(numbers.buffer);
  let at = HEADER_BYTES;
  forEachTriangle(placed, options, numbers, () => {
    bytes.set(raw, at);
    at += TRIANGLE_BYTES;
  });
  return bytes;
}

function asText(
  placed: PlacedPrimitive[],
  options: ExportOptions,
  stem: string,
  triangles: number,
): Uint8Array<ArrayBuffer> {
  const name = stem.replaceAll(/[^\x21-\x7e]+/g, '_');
  const writer = new TextWriter('STL file', triangles * 220);
  writer.ascii(`solid ${name}\n`);
  const line = (word: string, values: Float32Array, at: number) => {
    writer.ascii(word);
    for (let k = at; k < at + 3; k++) writer.ascii(' ').number(values[k]!);
    writer.ascii('\n');
  };
  const numbers = new Float32Array(12);
  forEachTriangle(placed, options, numbers, () => {
    line('facet normal', numbers, 0);
    writer.ascii('outer loop\n');
    for (const at of [3, 6, 9]) line('vertex', numbers, at);
    writer.ascii('endloop\nendfacet\n');
  });
  return writer.ascii(`endsolid ${name}\n`).finish();
}

/** Calls `use` for each triangle, whose normal and three corners are then in `numbers`. */
function forEachTriangle(
  placed: PlacedPrimitive[],
  options: ExportOptions,
  numbers: Float32Array,
  use: () => void,
): void {
  const space = fileSpace(options, EXPORT_FORMATS.stl);
  for (const entry of placed) {
    const { positions } = posedVertices(entry);
    const indices = elementIndices(entry);
    const points = new Float32Array(positions.length);
    for (const matrix of entry.matrices) {
      const placement = new Placement(space, matrix);
      placement.points(positions, points);
      const [second, third] = placement.mirrors ? [2, 1] : [1, 2];
      for (let i = 0; i < indices.length; i += 3) {
        corner(points, indices[i]!, numbers, 3);
        corner(points, indices[i + second]!, numbers, 6);
        corner(points, indices[i + third]!, numbers, 9);
        faceNormal(numbers);
        use();
      }
    }
  }
}

function corner(points: Float32Array, index: number, out: Float32Array, at: number): void {
  out[at] = points[index * 3]!;
  out[at + 1] = points[index * 3 + 1]!;
  out[at + 2] = points[index * 3 + 2]!;
}

/** Puts the normal of a triangle before its corners; zero for one without extent. */
function faceNormal(n: Float32Array): void {
  const ux = n[6]! - n[3]!;
  const uy = n[7]! - n[4]!;
  const uz = n[8]! - n[5]!;
  const vx = n[9]! - n[3]!;
  const vy = n[10]! - n[4]!;
  const vz = n[11]! - n[5]!;
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const length = Math.sqrt(x * x + y * y + z * z);
  const factor = length > 0 ? 1 / length : 0;
  n[0] = x * factor;
  n[1] = y * factor;
  n[2] = z * factor;
}
