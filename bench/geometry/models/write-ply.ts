import type { BallMesh } from './terrain-ball.ts';
import { TextFile } from './text-file.ts';

/** The head of both kinds of PLY: positions, normals, colours; faces as lists of corners. */
function head(format: string, vertices: number, faces: number): string[] {
  const properties = ['x', 'y', 'z', 'nx', 'ny', 'nz'].map((name) => `property float ${name}`);
  const colors = ['red', 'green', 'blue'].map((name) => `property uchar ${name}`);
  return [
    'ply',
    `format ${format} 1.0`,
    `element vertex ${vertices}`,
    ...properties,
    ...colors,
    `element face ${faces}`,
    'property list uchar int vertex_indices',
    'end_header',
  ];
}

function colorOf({ texcoords }: BallMesh, vertex: number): [number, number, number] {
  return [Math.round(texcoords[vertex * 2]! * 255), Math.round(texcoords[vertex * 2 + 1]! * 255), 128];
}

/** Little-endian binary PLY. */
export function writeBinaryPly(mesh: BallMesh): Uint8Array {
  const { positions, normals, indices } = mesh;
  const vertices = positions.length / 3;
  const faces = indices.length / 3;
  const start = new TextEncoder().encode(`${head('binary_little_endian', vertices, faces).join('\n')}\n`);
  const bytes = new Uint8Array(start.length + vertices * 27 + faces * 13);
  bytes.set(start);
  const view = new DataView(bytes.buffer);
  let at = start.length;
  for (let i = 0; i < vertices; i++, at += 27) {
    for (let k = 0; k < 3; k++) {
      view.setFloat32(at + k * 4, positions[i * 3 + k]!, true);
      view.setFloat32(at + 12 + k * 4, normals[i * 3 + k]!, true);
    }
    bytes.set(colorOf(mesh, i), at + 24);
  }
  for (let i = 0; i < faces; i++, at += 13) {
    bytes[at] = 3;
    for (let k = 0; k < 3; k++) view.setInt32(at + 1 + k * 4, indices[i * 3 + k]!, true);
  }
  return bytes;
}

/** Text PLY with six digits. */
export function writeTextPly(mesh: BallMesh): Uint8Array {
  const { positions, normals, indices } = mesh;
  const text = new TextFile();
  for (const line of head('ascii', positions.length / 3, indices.length / 3)) text.line(line);
  for (let i = 0; i < positions.length / 3; i++) {
    let line = '';
    for (const values of [positions, normals]) {
      for (let k = 0; k < 3; k++) line += `${values[i * 3 + k]!.toFixed(6)} `;
    }
    text.line(line + colorOf(mesh, i).join(' '));
  }
  for (let i = 0; i < indices.length; i += 3) text.line(`3 ${indices[i]} ${indices[i + 1]} ${indices[i + 2]}`);
  return text.bytes();
}
