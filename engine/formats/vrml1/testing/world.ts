import { checkImport } from '#test/check-import.ts';
import { importVrml } from '../../x3d/import-vrml.ts';

const encoder = new TextEncoder();

/** A file of VRML 1.0. */
export const world = (text: string, name = 'a.wrl') => ({
  name,
  bytes: encoder.encode(`#VRML V1.0 ascii\n${text}`),
});

/** What is imported of a file, with others beside it, after it was checked. */
export const check = (text: string, others: { name: string; bytes: Uint8Array }[] = []) =>
  checkImport(importVrml, world(text), others);

/** Numbers to four decimals, none of them −0. */
export const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(value * 1e4) / 1e4 + 0);

/** Corners of a rectangle of 2 by 1. */
export const POINTS = 'Coordinate3 { point [ 0 0 0, 2 0 0, 2 1 0, 0 1 0 ] }';
/** A face of all points. */
export const FACE = 'IndexedFaceSet { coordIndex [ 0, 1, 2, 3, -1 ] }';
/** Two triangles over the points. */
export const FACES = 'IndexedFaceSet { coordIndex [ 0, 1, 2, -1, 0, 2, 3, -1 ] }';

/** Codes of what was found. */
export const codes = ({ findings }: { findings: { issues: { code: string }[] } }) =>
  findings.issues.map(({ code }) => code);
