import { Document, Logger, type Node } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { formatCount, modelEmpty } from '../errors.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import { baseName, extensionOf, type ModelFile, sizeOf } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { wholeLines } from '../whole-lines.ts';
import { buildPrimitives, type ObjPlacement } from './build-primitive.ts';
import { generateNormals } from './generate-normals.ts';
import { createObjFindings, type ObjFindings } from './obj-findings.ts';
import { ObjMaterials } from './obj-materials.ts';
import { type MtlMaterial, parseMtl } from './parse-mtl.ts';
import { type ObjData, type ObjRange, parseObj } from './parse-obj.ts';
import { primitiveInPlace } from './primitive-in-place.ts';
import { findUnits } from './units.ts';

/** Objects or groups that become a mesh of their own; beyond that all of them make one mesh. */
const MAX_PARTS = 2000;

/** Coordinates so far from the origin, measured in sizes of the model, lose visible precision as floats. */
const FAR_AWAY = 1000;

/**
 * Reads a Wavefront OBJ file with its material libraries and textures: a node and a mesh for each object (or group,
 * where no objects are named), a primitive for each material in it.
 *
 * @param files the other files of the model, in which libraries and textures are looked up
 * @throws MaquetteError `model_empty`, `model_too_large`
 */
export async function importObj(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const issues = createObjFindings(main.name);
  const corrections = new Corrections();
  const data = parseObj(wholeLines(main, portionOf(progress, 0, 0.7)), sizeOf(main), main.name, limits, issues);
  if (data.ranges.length === 0) addAllPoints(data, main.name, issues);
  const { normals, generated } = generateNormals(data);
  progress(0.85);
  if (generated > 0 && data.normals.length > 0) {
    corrections.add(
      'generated_normals',
      generated,
      (n) => `${plural(n, 'face corner')} without a normal got a computed one.`,
    );
  } else if (generated > 0) {
    corrections.add(
      'generated_normals',
      1,
      () => 'The file has no normals; they were computed from the faces and smoothing groups.',
    );
  }
  const document = new Document().setLogger(new Logger(Logger.Verbosity.SILENT));
  document.createBuffer();
  const definitions = readLibraries(main, data, files, issues, corrections);
  const materials = new ObjMaterials(document, definitions, files, issues, limits);
  const placement = place(data, corrections);
  build(document, main, data, normals, materials, placement, issues, corrections);
  noteIssues(issues, corrections);
  return {
    document,
    findings: issues.report(),
    corrections: corrections.list(),
    generator: findGenerator(data.comments),
    polygons: countPolygons(data).report(),
  };
}

function build(
  document: Document,
  main: ModelFile,
  data: ObjData,
  normals: Float32Array<ArrayBuffer>,
  materials: ObjMaterials,
  placement: ObjPlacement,
  issues: ObjFindings,
  corrections: Corrections,
): void {
  const scene = document.createScene(baseName(main.name).replace(/\.\w+$/, ''));
  document.getRoot().setDefaultScene(scene);
  const parts = [...splitParts(data.ranges, corrections)].map(([name, ranges]) => ({
    name,
    lists: [...groupBy(ranges, (range) => `${range.kind}\n${range.material}`).values()],
  }));
  const elements = parts.flatMap(({ lists }) =>
    lists.map((ranges) => ({ ranges, material: materials.get(ranges[0]!.material, data.colors !== null) })),
  );
  const [first] = elements;
  const only = elements.length === 1 ? primitiveInPlace(document, data, normals, first!.ranges, placement) : null;
  const primitives = only
    ? [only.setMaterial(first!.material)]
    : buildPrimitives(document, data, normals, elements, placement, issues);
  let next = 0;
  for (const { name, lists } of parts) {
    const mesh = document.createMesh(name);
    for (const primitive of primitives.slice(next, next + lists.length)) if (primitive) mesh.addPrimitive(primitive);
    next += lists.length;
    const node: Node = document.createNode(name).setMesh(mesh);
    if (placement.origin.some((value) => value !== 0)) {
      const [x, y, z] = placement.origin;
      node.setTranslation([x * placement.scale, y * placement.scale, z * placement.scale]);
    }
    scene.addChild(node);
  }
}

function countPolygons({ elements, ranges }: ObjData): PolygonCounts {
  const counts = new PolygonCounts();
  for (const { kind, start, end } of ranges) {
    if (kind !== 'face') continue;
    let from = elements.startOf(start);
    // No face has fewer corners than three: with three times as many, all are triangles.
    if (elements.startOf(end) - from === (end - start) * 3) {
      counts.add(3, end - start);
      continue;
    }
    for (let element = start; element < end; element++) {
      const to = elements.startOf(element + 1);
      counts.add(to - from);
      from = to;
    }
  }
  return counts;
}

/** By object, or by group where no object is named. */
function splitParts(ranges: ObjRange[], corrections: Corrections): Map<string, ObjRange[]> {
  const byObject = ranges.some((range) => range.object !== '');
  const parts = groupBy(ranges, (range) => (byObject ? range.object : range.group));
  if (parts.size <= MAX_PARTS) return parts;
  corrections.add('merged_groups', parts.size, (n) => `${formatCount(n)} objects or groups were joined into one mesh.`);
  return new Map([['', ranges]]);
}

function groupBy(ranges: readonly ObjRange[], key: (range: ObjRange) => string): Map<string, ObjRange[]> {
  const groups = new Map<string, ObjRange[]>();
  for (const range of ranges) {
    const name = key(range);
    const list = groups.get(name);
    if (list) list.push(range);
    else groups.set(name, [range]);
  }
  return groups;
}

/** A file of vertices alone is a point cloud. */
function addAllPoints(data: ObjData, name: string, issues: ObjFindings): void {
  const count = data.positions.length / 3;
  if (count === 0 || issues.count('damaged_element') > 0 || issues.count('free_form_geometry') > 0) {
    const reasons = issues.report().issues.map((issue) => issue.message);
    throw modelEmpty(
      name,
      `The OBJ file holds no usable faces, lines or points (${formatCount(count)} vertices). ${reasons.join(' ')}`.trim(),
    );
  }
  data.corners = Int32Array.from({ length: count }, (_, i) => data.table.add(i, -1, -1));
  data.elements.push(count);
  data.ranges.push({ kind: 'point', object: '', group: '', material: '', smoothing: -1, start: 0, end: 1 });
}

function readLibraries(
  main: ModelFile,
  data: ObjData,
  resources: ResourceFiles,
  issues: ObjFindings,
  corrections: Corrections,
): Map<string, { material: MtlMaterial; from: string; fromBlender: boolean }> {
  const files = new Set<ModelFile>();
  for (const library of data.libraries) {
    for (const name of libraryNames(library, main.name, resources)) {
      const file = lookUp(resources, name, main.name);
      if (file) files.add(file);
      else issues.add('missing_material_library', `"${name}"`);
    }
  }
  if (files.size === 0) {
    const stray = strayLibrary(main, resources.files);
    if (stray) {
      files.add(stray);
      corrections.add(
        'material_library_chosen',
        1,
        () => `The material library "${stray.name}" was used, which the model does not name.`,
      );
    }
  }
  const definitions = new Map<string, { material: MtlMaterial; from: string; fromBlender: boolean }>();
  for (const file of files) {
    const library = parseMtl(toUtf8(file.bytes));
    for (const material of library.materials) {
      if (!definitions.has(material.name)) {
        definitions.set(material.name, { material, from: file.name, fromBlender: library.fromBlender });
      }
    }
  }
  return definitions;
}

/** A statement may list several libraries, and a name may have blanks: the whole line is tried first. */
function libraryNames(text: string, from: string, resources: ResourceFiles): string[] {
  const plain = text.replace(/^"(.*)"$/, '$1');
  if (lookUp(resources, plain, from)) return [plain];
  const names = plain.match(/\S.*?\.mtl(?=\s|$)/gi);
  return names && names.length > 0 ? names : [plain];
}

function lookUp(resources: ResourceFiles, reference: string, from: string): ModelFile | null {
  try {
    const found = resources.resolve(reference, from, from);
    return found.kind === 'found' ? found.file : null;
  } catch (error) {
    // A path to the author's own disk is common in OBJ files and only means that the file is not here.
    if (error instanceof MaquetteError && error.code === 'model_resource_unsafe') return null;
    throw error;
  }
}

/** A library that goes with the model though it does not say so: of the same name, or the only one. */
function strayLibrary(main: ModelFile, others: readonly ModelFile[]): ModelFile | null {
  const libraries = others.filter((file) => extensionOf(file.name) === 'mtl');
  const stem = baseName(main.name)
    .replace(/\.\w+$/, '')
    .toLowerCase();
  return (
    libraries.find(
      (file) =>
        baseName(file.name)
          .replace(/\.\w+$/, '')
          .toLowerCase() === stem,
    ) ?? (libraries.length === 1 ? libraries[0]! : null)
  );
}

/** Units from the comments, and an origin near the model where it lies far away (maps, building sites). */
function place(data: ObjData, corrections: Corrections): ObjPlacement {
  const units = findUnits(data.comments);
  if (units && units.metres !== 1) {
    corrections.add(
      'converted_units',
      1,
      () => `The file says that its unit is ${units.name}; lengths were multiplied by ${units.metres}.`,
    );
  }
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < data.positions.length; i++) {
    const value = data.positions[i]!;
    const axis = i % 3;
    if (value < min[axis]!) min[axis] = value;
    if (value > max[axis]!) max[axis] = value;
  }
  const size = Math.max(...max.map((value, axis) => value - min[axis]!));
  const far = Math.max(...max.map((value, axis) => Math.abs(value + min[axis]!) / 2));
  const scale = units?.metres ?? 1;
  if (!(size > 0) || !Number.isFinite(far) || far < size * FAR_AWAY) return { origin: [0, 0, 0], scale };
  const origin = max.map((value, axis) => Math.round((value + min[axis]!) / 2)) as [number, number, number];
  corrections.add(
    'moved_origin',
    1,
    () =>
      `The model lies far from the origin; its vertices were stored relative to (${origin.join(', ')}) to keep their precision.`,
  );
  return { origin, scale };
}

/** Findings that change how the model looks are corrections as well. */
function noteIssues(issues: ObjFindings, corrections: Corrections): void {
  const count = (code: Parameters<ObjFindings['count']>[0]) => issues.count(code);
  corrections.add(
    'missing_texture',
    count('missing_texture'),
    (n) =>
      `${plural(n, 'texture file')} ${n === 1 ? 'was' : 'were'} not given; the materials that use ${n === 1 ? 'it' : 'them'} are drawn without.`,
  );
  corrections.add(
    'unsupported_texture',
    count('unsupported_texture'),
    (n) => `${plural(n, 'texture')} in a format that glTF does not hold ${n === 1 ? 'was' : 'were'} left out.`,
  );
  corrections.add(
    'missing_material_library',
    count('missing_material_library'),
    (n) => `${plural(n, 'material library', 'material libraries')} ${n === 1 ? 'was' : 'were'} not given.`,
  );
  corrections.add(
    'missing_material',
    count('missing_material'),
    (n) => `${plural(n, 'material')} without a definition became grey.`,
  );
  corrections.add(
    'removed_elements',
    count('damaged_element') + count('too_few_corners'),
    (n) =>
      `${plural(n, 'face, line or point', 'faces, lines or points')} with a vertex that does not exist or too few corners ${n === 1 ? 'was' : 'were'} left out.`,
  );
}

function findGenerator(comments: readonly string[]): string | null {
  for (const comment of comments) {
    const text = comment.replace(/^[#\s]+/, '').trim();
    if (
      /\b(blender|exported|created|generated|written|exporter|maya|3ds max|rhino|meshlab|zbrush|cinema 4d|lightwave\w*|sketchup)\b/i.test(
        text,
      )
    ) {
      return text.slice(0, 200);
    }
  }
  return null;
}
