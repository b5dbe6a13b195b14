import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { toUtf8 } from './decode-text.ts';
import { formatBytes, formatUnknown, formatUnsupported } from './errors.ts';
import { readImageHeader } from './image-header.ts';
import { extensionOf, headOf, type ModelFile, sizeOf } from './model-file.ts';

/** The formats that are read. */
export type SourceFormat =
  | 'glb'
  | 'gltf'
  | 'fbx'
  | 'obj'
  | 'usd'
  | 'dae'
  | '3ds'
  | 'x3d'
  | 'vrml'
  | 'stl'
  | 'off'
  | 'pcd'
  | 'ply'
  | '3mf'
  | 'step'
  | 'iges'
  | 'brep'
  | 'ifc'
  | 'las'
  | 'spz'
  | 'splat'
  | 'ksplat'
  | 'sog'
  | 'zip';

/** What a file is: a model that is read, an archive, a companion of a model, something recognised, or unknown. */
export type DetectedFormat =
  | { kind: 'model'; format: Exclude<SourceFormat, 'zip'> }
  | { kind: 'archive'; format: 'zip' }
  /** Belongs to a model but is none: a picture, a material library. */
  | { kind: 'companion'; label: string }
  /** A 3D format that is not read. */
  | { kind: 'unsupported'; label: string; remedy: string }
  | { kind: 'empty' }
  | { kind: 'unknown'; reason: string };

const EXPORT_REMEDY = 'Export the model as glTF or GLB from the program that made it, and upload that.';
const READ_FORMATS =
  'Maquette reads glTF, GLB, FBX, USD, USDZ, DAE, 3DS, X3D, VRML, OBJ, STL, PLY, OFF, PCD, 3MF, STEP, IGES, BREP, IFC, LAS, LAZ, SPZ, SPLAT, KSPLAT, SOG and zip archives of these';

/**
 * Says what a file is, from its content. The name only decides between formats without a signature, and only where
 * the content does not speak against it.
 */
export function detectFormat(bytes: Uint8Array, name = ''): DetectedFormat {
  return detectHead(bytes, bytes.byteLength, name);
}

/** @param size of the whole file, of which `bytes` may be the first */
function detectHead(bytes: Uint8Array, size: number, name: string): DetectedFormat {
  if (bytes.byteLength === 0) return { kind: 'empty' };
  return detectBinary(bytes, size, extensionOf(name)) ?? detectText(bytes, extensionOf(name));
}

/** As much of a text as is looked at. */
const TEXT_HEAD = 65_536;

/** {@link detectFormat} of a file. One that is read in parts comes into memory only where its first bytes do not tell. */
export function detectFileFormat(file: ModelFile): DetectedFormat {
  if (file.parts) {
    // Where the head is that of an OBJ or STL file, nothing behind it could change that.
    const found = detectHead(headOf(file, TEXT_HEAD), file.parts.byteLength, file.name);
    if (found.kind === 'model' && (found.format === 'obj' || found.format === 'stl')) return found;
  }
  return detectFormat(file.bytes, file.name);
}

/**
 * The format of a file that should be a model or an archive.
 *
 * @throws MaquetteError `format_unsupported` naming what the file is, `format_unknown`, `model_malformed` when empty
 */
export function requireFormat(file: ModelFile): SourceFormat {
  const found = detectFileFormat(file);
  const { name } = file;
  switch (found.kind) {
    case 'model':
    case 'archive':
      return found.format;
    case 'companion':
      throw formatUnsupported(
        name,
        `This is ${found.label}, not a model; ${READ_FORMATS}.`,
        'Upload it together with the model that uses it, as several files or as one zip archive.',
      );
    case 'unsupported':
      throw formatUnsupported(name, `This is ${found.label}; ${READ_FORMATS}.`, found.remedy);
    case 'empty':
      throw new MaquetteError('model_malformed', `The file ${emptiness(sizeOf(file))}.`, {
        where: name,
        remedy: 'Upload the file again; the transfer or the export made nothing.',
      });
    case 'unknown':
      throw formatUnknown(name, found.reason);
  }
}

function emptiness(bytes: number): string {
  if (bytes === 0) return 'is empty (0 bytes)';
  return bytes <= TEXT_HEAD ? 'holds nothing but blanks' : `begins with ${formatBytes(TEXT_HEAD)} of blanks`;
}

function unsupported(label: string, remedy = EXPORT_REMEDY): DetectedFormat {
  return { kind: 'unsupported', label, remedy };
}

/** A zip file begins with an entry, with its end record when empty, or with a mark that it was meant to be split. */
const ZIP_SIGNATURES = ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'] as const;

function detectBinary(bytes: Uint8Array, size: number, ending: string): DetectedFormat | null {
  const head = latin1(bytes, 0, 64);
  if (head.startsWith('glTF')) {
    return { kind: 'model', format: 'glb' };
  }
  if (ZIP_SIGNATURES.some((signature) => head.startsWith(signature))) return detectZip(bytes);
  if (head.startsWith('Kaydara FBX Binary')) return { kind: 'model', format: 'fbx' };
  if (head.startsWith('PXR-USDC')) return { kind: 'model', format: 'usd' };
  if (head.startsWith('BLENDER')) return unsupported('a Blender file');
  if (head.startsWith('NGSP')) return { kind: 'model', format: 'spz' };
  if (head.startsWith('LASF')) return { kind: 'model', format: 'las' };
  if (head.startsWith('DRACO')) return unsupported('a bare Draco mesh');
  if (head.startsWith('ply\n') || head.startsWith('ply\r')) return { kind: 'model', format: 'ply' };
  if (/^(# \.?PCD|VERSION \.?[\d.]+\s+FIELDS )/.test(head)) return { kind: 'model', format: 'pcd' };
  if (head.startsWith('Rar!')) return unsupported('a RAR archive', 'Pack the files as a zip archive.');
  if (head.startsWith('7z\xbc\xaf')) return unsupported('a 7z archive', 'Pack the files as a zip archive.');
  if (head.startsWith('\x28\xb5\x2f\xfd'))
    return unsupported('a Zstandard-compressed file', 'Upload it unpacked or as a zip archive.');
  if (head.startsWith('\x1f\x8b') && ending === 'spz') return { kind: 'model', format: 'spz' };
  if (head.startsWith('\x1f\x8b') && (ending === 'wrl' || ending === 'wrz')) return { kind: 'model', format: 'vrml' };
  if (head.startsWith('\x1f\x8b'))
    return unsupported('a gzip-compressed file', 'Upload the model unpacked or as a zip archive.');
  if (head.startsWith('%PDF')) return unsupported('a PDF document', 'Upload the 3D model itself.');
  if (head.startsWith('AC10')) return unsupported('a DWG drawing');
  if (head.startsWith('#?RADIANCE') || head.startsWith('#?RGBE')) return { kind: 'companion', label: 'an HDR picture' };
  if (head.startsWith('\x76\x2f\x31\x01')) return { kind: 'companion', label: 'an OpenEXR picture' };
  const image = readImageHeader(bytes);
  if (image) return { kind: 'companion', label: `a picture (${image.mimeType})` };
  if (ending === 'tga' && bytes.length > 18 && [1, 2, 3, 9, 10, 11].includes(bytes[2]!))
    return { kind: 'companion', label: 'a TGA picture' };
  if (ending === 'ksplat' && bytes[0] === 0) return { kind: 'model', format: 'ksplat' };
  if (is3ds(bytes)) return { kind: 'model', format: '3ds' };
  if (isBinaryStl(bytes, size)) return { kind: 'model', format: 'stl' };
  return null;
}

function detectZip(bytes: Uint8Array): DetectedFormat {
  const start = latin1(bytes, 0, 4096);
  if (/3D\/[^/]*\.model|3dmodel\.model/i.test(start) || hasZipEntry(bytes, '3D/3dmodel.model'))
    return { kind: 'model', format: '3mf' };
  // A USDZ package stores its first entry, a USD file, without compression (USDZ specification 1.3).
  if (start.startsWith(ZIP_SIGNATURES[0]) && bytes[8] === 0 && bytes[9] === 0) {
    const nameLength = (bytes[26] ?? 0) | ((bytes[27] ?? 0) << 8);
    if (/\.usd[ac]?$/i.test(latin1(bytes, 30, nameLength))) return { kind: 'model', format: 'usd' };
  }
  if (hasZipEntry(bytes, 'meta.json') && hasZipEntry(bytes, 'means_l.webp')) return { kind: 'model', format: 'sog' };
  if (hasZipEntry(bytes, 'word/document.xml') || hasZipEntry(bytes, 'xl/workbook.xml')) {
    return unsupported('an Office document', 'Upload the 3D model itself.');
  }
  return { kind: 'archive', format: 'zip' };
}

/** Looks for a name in the central directory, which lies within the last bytes of the file. */
function hasZipEntry(bytes: Uint8Array, name: string): boolean {
  return latin1(bytes, Math.max(0, bytes.length - 65536), 65536).includes(name);
}

/** The main chunk 0x4d4d with the length of the file, and a known chunk inside it. */
function is3ds(bytes: Uint8Array): boolean {
  if (bytes.length < 16 || bytes[0] !== 0x4d || bytes[1] !== 0x4d) return false;
  const first = (bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8);
  return first === 0x0002 || first === 0x3d3d || first === 0xb000;
}

/** 80 bytes of header, a count, and 50 bytes for each triangle; a truncated file has fewer. */
function isBinaryStl(bytes: Uint8Array, size: number): boolean {
  if (bytes.length < 84) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const triangles = view.getUint32(80, true);
  const expected = 84 + triangles * 50;
  if (expected === size && triangles > 0) return true;
  if (latin1(bytes, 0, 80).includes('\0') === false && !latin1(bytes, 0, 5).startsWith('solid')) return false;
  if (triangles === 0 || triangles > 1e9 || bytes.length < 134) return false;
  // A damaged length still shows unit normals and finite corners in the first triangle.
  const normal = Math.hypot(view.getFloat32(84, true), view.getFloat32(88, true), view.getFloat32(92, true));
  if (!(Math.abs(normal - 1) < 0.01)) return false;
  for (let i = 96; i < 132; i += 4) if (!(Math.abs(view.getFloat32(i, true)) < 1e12)) return false;
  return true;
}

function detectText(raw: Uint8Array, ending: string): DetectedFormat {
  const bytes = toUtf8(raw.byteLength > TEXT_HEAD ? raw.subarray(0, TEXT_HEAD) : raw);
  const text = latin1(bytes, 0, TEXT_HEAD);
  const trimmed = text.trimStart();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return detectJson(raw, trimmed, ending);
  if (trimmed.startsWith('#usda')) return { kind: 'model', format: 'usd' };
  if (/^; ?FBX \d/.test(trimmed) || /^FBXHeaderExtension:/m.test(text)) return { kind: 'model', format: 'fbx' };
  if (trimmed.startsWith('ISO-10303-21')) {
    return /FILE_SCHEMA\s*\(\s*\(\s*'IFC/i.test(text)
      ? { kind: 'model', format: 'ifc' }
      : { kind: 'model', format: 'step' };
  }
  if (/^.{72}S {0,6}\d{1,7}\s*$/m.test(text.slice(0, 400))) return { kind: 'model', format: 'iges' };
  if (trimmed.startsWith('#VRML')) return { kind: 'model', format: 'vrml' };
  if (/^(ST)?C?N?4?N?OFF\b/.test(trimmed)) return { kind: 'model', format: 'off' };
  if (/^DBRep_DrawableShape|^CASCADE Topology/m.test(trimmed)) return { kind: 'model', format: 'brep' };
  if (/^solid\b/.test(trimmed) && /\bfacet\b|\bendsolid\b/.test(text)) return { kind: 'model', format: 'stl' };
  if (/^\s*0\s*\r?\n\s*SECTION\b/.test(text)) return unsupported('a DXF drawing');
  if (trimmed.startsWith('<')) return detectXml(trimmed);
  if (looksBinary(bytes)) {
    if (ending === 'splat' && raw.byteLength % 32 === 0) return { kind: 'model', format: 'splat' };
    return {
      kind: 'unknown',
      reason: `The file (${formatBytes(raw.byteLength)}) begins with the bytes ${hex(raw.subarray(0, 8))}.`,
    };
  }
  if (/^\s*newmtl\s/m.test(text)) return { kind: 'companion', label: 'an OBJ material library (MTL)' };
  const statement = /^[ \t]*(v|vn|vt|vp|f|l|p|o|g|s|usemtl|mtllib)[ \t]+\S/m;
  const geometry = /^[ \t]*(v[ \t]+[-+.\d]|f[ \t]+-?\d)/m;
  if (geometry.test(text) || (ending === 'obj' && statement.test(text))) return { kind: 'model', format: 'obj' };
  if (ending === 'obj' && /^\s*#/.test(text)) return { kind: 'model', format: 'obj' };
  return {
    kind: 'unknown',
    reason: `The file (${formatBytes(raw.byteLength)}) is text without any statement of a 3D format.`,
  };
}

function detectJson(raw: Uint8Array, trimmed: string, ending: string): DetectedFormat {
  // The "asset" object may come behind megabytes of data URIs, so that the whole text must be searched.
  const whole = raw.byteLength > 65536 ? latin1(raw, raw.byteLength - 65536, 65536) : trimmed;
  const gltf = /"(asset|accessors|bufferViews|meshes|scenes|buffers|nodes)"\s*:/;
  if (gltf.test(trimmed) || gltf.test(whole) || ending === 'gltf') return { kind: 'model', format: 'gltf' };
  if (/"means"\s*:/.test(trimmed) && /"quats"\s*:/.test(trimmed) && /"sh0"\s*:/.test(trimmed))
    return { kind: 'model', format: 'sog' };
  if (/"metadata"[\s\S]{0,300}"(Object|BufferGeometry)"/.test(trimmed)) return unsupported('a three.js JSON scene');
  if (/"geometries"|"CityJSON"/.test(trimmed)) return unsupported('a JSON model of another kind');
  return { kind: 'unknown', reason: 'The file is JSON, but no glTF: it has none of "asset", "meshes", "nodes".' };
}

function detectXml(text: string): DetectedFormat {
  if (/<COLLADA\b/i.test(text)) return { kind: 'model', format: 'dae' };
  if (/<X3D\b/i.test(text)) return { kind: 'model', format: 'x3d' };
  if (/<amf\b/i.test(text)) return unsupported('an AMF file');
  if (/<(ifc:)?(ifcXML|iso_10303_28)\b/i.test(text)) return unsupported('an ifcXML building model');
  if (/<(core:)?CityModel\b/i.test(text)) return unsupported('a CityGML model');
  if (/<kml\b/i.test(text)) return unsupported('a KML file');
  if (/<svg\b/i.test(text)) return { kind: 'companion', label: 'an SVG picture' };
  if (/<!doctype html|<html\b/i.test(text)) {
    return unsupported(
      'an HTML page (a link to a download page gives one instead of the file)',
      'Download the model itself and upload that.',
    );
  }
  return { kind: 'unknown', reason: 'The file is XML of an unknown kind.' };
}

function looksBinary(bytes: Uint8Array): boolean {
  let control = 0;
  const length = Math.min(bytes.length, 4096);
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === 0) return true;
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 26)) control++;
  }
  return control > length * 0.02;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  let out = '';
  const end = Math.min(bytes.length, start + length);
  for (let i = start; i < end; i += 8192) out += String.fromCharCode(...bytes.subarray(i, Math.min(end, i + 8192)));
  return out;
}
