/**
 * Content types of files that models are made of, by their ending. Nothing that a browser would run (HTML, SVG, scripts) is in the
 * list: those are served as plain bytes.
 */
const CONTENT_TYPES: Record<string, string> = {
  glb: 'model/gltf-binary',
  gltf: 'model/gltf+json',
  bin: 'application/octet-stream',
  obj: 'model/obj',
  mtl: 'model/mtl',
  stl: 'model/stl',
  ply: 'model/ply',
  '3mf': 'model/3mf',
  usdz: 'model/vnd.usdz+zip',
  step: 'model/step',
  stp: 'model/step',
  zip: 'application/zip',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
  exr: 'image/x-exr',
  hdr: 'image/vnd.radiance',
  gif: 'image/gif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  ktx2: 'image/ktx2',
};

/** The content type of a file by its name; plain bytes when the ending is not known. */
export function contentTypeOf(name: string): string {
  const ending = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return CONTENT_TYPES[ending] ?? 'application/octet-stream';
}

/** The usual file ending of a content type, with its dot; empty when there is none. */
export function endingOf(contentType: string): string {
  const entry = Object.entries(CONTENT_TYPES).find(
    ([ending, type]) => type === contentType && ending !== 'bin' && type !== 'application/octet-stream',
  );
  return entry ? `.${entry[0]}` : '';
}
