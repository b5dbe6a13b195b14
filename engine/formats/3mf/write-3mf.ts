import type { Document } from '@gltf-transform/core';
import type { Matrix } from '../../describe/matrix.ts';
import { type PlacedPrimitive, placedPrimitives } from '../baked/placed-primitives.ts';
import { inPose } from '../baked/pose-document.ts';
import { Corrections, plural } from '../corrections.ts';
import { nothingToWrite } from '../errors.ts';
import { type FormatAbilities, lostFeatures } from '../export-warnings.ts';
import type { ExportedFile } from '../exported-model.ts';
import type { Exporter } from '../exporter.ts';
import { TextWriter } from '../text-writer.ts';
import { packZip } from '../zip/pack-zip.ts';
import { buildItems, type ObjectPlan } from './build-items.ts';
import { writeObject } from './write-object.ts';
import { PropertyGroups, packTextures } from './write-properties.ts';
import { escapeXml } from './xml-text.ts';

const ABILITIES: FormatAbilities = {
  hierarchy: false,
  animations: false,
  skins: false,
  morphTargets: false,
  cameras: false,
  lights: false,
  instances: true,
  elements: ['triangles'],
  normals: false,
  texcoords: 1,
  vertexColors: true,
  materials: new Set(['color', 'color texture', 'opacity', 'metalness and roughness']),
  extras: false,
};

const CORE = 'http://schemas.microsoft.com/3dmanufacturing/core/2015/02';
const MATERIAL = 'http://schemas.microsoft.com/3dmanufacturing/material/2015/02';
const MODEL_PATH = '3D/3dmodel.model';
/** XML of numbers packs to a quarter at once; harder work takes several times as long for a tenth less. */
const ZIP_LEVEL = 2;

/**
 * Writes a 3MF package (3MF Core Specification 1.3, Materials and Properties 1.2): an object for each mesh, an item of
 * the build for each place where it stands, in millimetres with +Z up. Materials are base materials, vertex colours are
 * colour groups, textures are texture groups. The package bears no dates.
 *
 * @throws MaquetteError `model_empty` without triangles, `output_limit_exceeded`, `invalid_request` for an animation that
 * is not there, `image_malformed` for a texture that has to be converted and cannot be read
 */
export const export3mf: Exporter = async (document, { options, stem, host }) => {
  const warnings = new Corrections();
  const textures = await packTextures(texturesOf(document), host, warnings);
  const model = inPose(document, options, () => writeModel(document, stem, textures, warnings));
  const bytes = packZip(packageParts(model, textures), ZIP_LEVEL);
  const lost = lostFeatures(document, ABILITIES, options.animation !== undefined);
  return { files: [{ path: `${stem}.3mf`, bytes }], warnings: [...lost, ...warnings.list()] };
};

function texturesOf(document: Document) {
  const textures = placedPrimitives(document).map(({ primitive }) => primitive.getMaterial()?.getBaseColorTexture());
  return new Set(textures.filter((texture) => texture !== null && texture !== undefined));
}

function writeModel(
  document: Document,
  stem: string,
  textures: Awaited<ReturnType<typeof packTextures>>,
  warnings: Corrections,
): Uint8Array<ArrayBuffer> {
  const placed = placedPrimitives(document).filter(({ kind }) => kind === 'triangles');
  if (placed.length === 0) throw nothingToWrite('3MF', 'triangles');
  const { objects, items } = buildItems(placed);
  const text = new TextWriter('3MF model', expectedBytes(objects.flatMap(({ entries }) => entries)));
  text.ascii('<?xml version="1.0" encoding="UTF-8"?>\n');
  text.ascii(`<model unit="millimeter" xml:lang="en-US" xmlns="${CORE}" xmlns:m="${MATERIAL}">\n`);
  text.ascii('<metadata name="Title">').text(escapeXml(stem)).ascii('</metadata>\n');
  text.ascii('<metadata name="Application">Maquette</metadata>\n<resources>\n');
  const materials = new Set(placed.map(({ primitive }) => primitive.getMaterial()).filter((one) => one !== null));
  const groups = new PropertyGroups(text, [...materials], textures);
  const ids = new Map<ObjectPlan, number>();
  for (const plan of objects) {
    const { id, dropped } = writeObject(text, plan, groups);
    ids.set(plan, id);
    warnings.add('dropped_triangles', dropped, (n) => `${plural(n, 'triangle')} without extent left out.`);
  }
  text.ascii('</resources>\n<build>\n');
  for (const { object, matrix } of items) {
    text.ascii('<item objectid="').integer(ids.get(object)!).ascii('"');
    writeTransform(text, matrix);
    text.ascii('/>\n');
  }
  return text.ascii('</build>\n</model>\n').finish();
}

/** The first three columns of each row of the matrix for row vectors, as the specification writes it. */
function writeTransform(text: TextWriter, m: Matrix): void {
  if (m.every((value, index) => value === (index % 5 === 0 ? 1 : 0))) return;
  text.ascii(' transform="');
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 3; row++) {
      if (column + row > 0) text.ascii(' ');
      text.number(m[column * 4 + row]!);
    }
  }
  text.ascii('"');
}

function expectedBytes(entries: readonly PlacedPrimitive[]): number {
  return entries.reduce((sum, { vertices, elements }) => sum + vertices * 100 + elements * 100, 4096);
}

/** The parts of an Open Packaging Conventions package (ECMA-376, part 2). */
function packageParts(
  model: Uint8Array<ArrayBuffer>,
  textures: Awaited<ReturnType<typeof packTextures>>,
): ExportedFile[] {
  const encode = (path: string, lines: string[]): ExportedFile => ({
    path,
    bytes: new TextEncoder().encode(['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n')),
  });
  const relationships = (path: string, list: { type: string; target: string }[]): ExportedFile =>
    encode(path, [
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">',
      ...list.map(({ type, target }, index) => `<Relationship Id="rel${index}" Type="${type}" Target="/${target}"/>`),
      '</Relationships>',
    ]);
  const images = [...textures.values()];
  const relation = 'http://schemas.microsoft.com/3dmanufacturing/2013/01';
  return [
    encode('[Content_Types].xml', [
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">',
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
      '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>',
      '<Default Extension="png" ContentType="image/png"/>',
      '<Default Extension="jpg" ContentType="image/jpeg"/>',
      '</Types>',
    ]),
    relationships('_rels/.rels', [{ type: `${relation}/3dmodel`, target: MODEL_PATH }]),
    { path: MODEL_PATH, bytes: model },
    ...(images.length > 0
      ? [
          relationships(
            '3D/_rels/3dmodel.model.rels',
            images.map(({ file }) => ({ type: `${relation}/3dtexture`, target: file.path })),
          ),
        ]
      : []),
    ...images.map(({ file }) => file),
  ];
}
