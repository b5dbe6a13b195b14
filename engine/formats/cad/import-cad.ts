import { Document, type Material, type Node } from '@gltf-transform/core';
import type { Occt, OcctMesh, OcctNode, OcctResult } from 'occt-import-js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { formatCount, modelEmpty, modelMalformed, modelTooLarge } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { Z_UP_ROTATION } from '../geometry/axes.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial, linearToSrgb } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import type { ImportedModel, Importer } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import { type CadText, checkBrep, checkIges, checkStep } from './check-cad-text.ts';

const KINDS = {
  missing_faces: [
    'error',
    'faces of the file could not be meshed',
    'Repair the solids in the CAD program (self-intersections, tiny edges) and export again.',
  ],
} as const satisfies Record<string, FindingKind>;

/** The mesh may be off the surface by a thousandth of the part, and by 17 degrees between neighbouring facets. */
const PRECISION = {
  linearDeflectionType: 'bounding_box_ratio',
  linearDeflection: 0.001,
  angularDeflection: 0.3,
} as const;

/** Triangles and nodes deeper than this are no assembly. */
const MAX_DEPTH = 256;

interface CadFormat {
  label: string;
  check(bytes: Uint8Array, name: string): CadText;
  read(occt: Occt, bytes: Uint8Array): OcctResult;
  /** Metres of a unit of the result. */
  scale: number;
}

/** Reads STEP (ISO 10303-21, AP203, AP214, AP242): solids and surfaces as meshes, with assembly, names and colours. */
export const importStep: Importer = (main, _files, limits, progress) =>
  importCad(main, limits, progress, {
    label: 'STEP',
    check: checkStep,
    read: (occt, bytes) => occt.ReadStepFile(bytes, { linearUnit: 'meter', ...PRECISION }),
    scale: 1,
  });

/** Reads IGES 5.3: surfaces and solids as meshes, with names and colours. */
export const importIges: Importer = (main, _files, limits, progress) =>
  importCad(main, limits, progress, {
    label: 'IGES',
    check: checkIges,
    read: (occt, bytes) => occt.ReadIgesFile(bytes, { linearUnit: 'meter', ...PRECISION }),
    scale: 1,
  });

/** Reads BREP, the text format of Open CASCADE. It names no unit; millimetres are taken. */
export const importBrep: Importer = (main, _files, limits, progress) =>
  importCad(main, limits, progress, {
    label: 'BREP',
    check: checkBrep,
    read: (occt, bytes) => occt.ReadBrepFile(bytes, { ...PRECISION }),
    scale: 0.001,
  });

/**
 * Lets Open CASCADE (WebAssembly, a fresh instance for each file: a failed one keeps its state) turn solids into
 * meshes. It returns empty results for damaged files without saying so, hence the checks of the text before and of
 * the number of faces after.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
async function importCad(
  main: ModelFile,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
  format: CadFormat,
): Promise<ImportedModel> {
  const { name } = main;
  const bytes = toUtf8(main.bytes);
  const text = format.check(bytes, name);
  const messages: string[] = [];
  const keep = (line: string): void => {
    if (messages.length < 20 && /\bERR\b|error/i.test(line)) messages.push(line.replaceAll('*', '').trim());
  };
  const { default: createOcct } = await import('occt-import-js');
  const occt = await createOcct({ print: keep, printErr: keep });
  const result = read(occt, bytes, format, name);
  // Open CASCADE says nothing in between.
  progress(0.8);
  if (!result.success || messages.length > 0) {
    throw modelMalformed(
      name,
      `The ${format.label} file cannot be read: ${(messages[0] ?? 'the CAD kernel gave up').slice(0, 300)}.`,
    );
  }
  const triangles = result.meshes.reduce((sum, mesh) => sum + mesh.index.array.length / 3, 0);
  if (triangles === 0) {
    throw modelEmpty(
      name,
      `The ${format.label} file gives no triangles${text.faces === null ? '' : `; it has ${plural(text.faces, 'face')}`}.`,
    );
  }
  checkTriangles(name, triangles, limits);
  const findings = new Findings(name, KINDS);
  const faces = result.meshes.reduce((sum, mesh) => sum + mesh.brep_faces.length, 0);
  if (text.faces !== null && faces < text.faces)
    findings.add(
      'missing_faces',
      `${formatCount(faces)} of ${formatCount(text.faces)} were meshed`,
      text.faces - faces,
    );
  const corrections = new Corrections();
  const document = new CadBuilder(result.meshes, name, limits).build(result.root, format.scale);
  corrections.add(
    'tessellated_faces',
    faces,
    (n) =>
      `${plural(n, 'curved or flat face')} became ${plural(triangles, 'triangle')}, at most a thousandth of the part off the surface.`,
  );
  if (format.scale !== 1)
    corrections.add(
      'units_to_metres',
      1,
      () => `${format.label} names no unit: its numbers were read as millimetres (× 0.001).`,
    );
  else
    corrections.add(
      'units_to_metres',
      1,
      () => `Lengths${text.unit ? ` in ${text.unit}` : ''} were converted to metres.`,
    );
  corrections.add('up_axis', 1, () => 'CAD has +Z up: the model was turned so that +Y is.');
  return { document, corrections: corrections.list(), generator: text.generator, findings: findings.report() };
}

function read(occt: Occt, bytes: Uint8Array, format: CadFormat, name: string): OcctResult {
  try {
    return format.read(occt, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'the CAD kernel stopped';
    if (/memory|out of bounds/i.test(reason)) {
      throw modelTooLarge(name, `The CAD kernel ran out of memory (${reason.slice(0, 100)}).`, 'decodedBytes');
    }
    throw modelMalformed(name, `The ${format.label} file cannot be read: ${reason.slice(0, 200)}.`, undefined, cause);
  }
}

class CadBuilder {
  private readonly document = new Document();
  private readonly meshes: OcctMesh[];
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly materials = new Map<string, Material>();
  private nodes = 0;

  constructor(meshes: OcctMesh[], name: string, limits: ModelLimits) {
    this.meshes = meshes;
    this.name = name;
    this.limits = limits;
  }

  build(root: OcctNode, scale: number): Document {
    const { document } = this;
    const scene = document.createScene(this.name);
    document.getRoot().setDefaultScene(scene);
    const top = this.node(root, 0).setRotation(Z_UP_ROTATION).setScale([scale, scale, scale]);
    scene.addChild(top.getName() === '' ? top.setName('CAD') : top);
    return document;
  }

  private node(source: OcctNode, depth: number): Node {
    checkNodes(this.name, ++this.nodes, this.limits);
    if (depth > MAX_DEPTH) throw modelMalformed(this.name, `The assembly is nested more than ${MAX_DEPTH} deep.`);
    const node = this.document.createNode(source.name.slice(0, 200));
    const meshes = source.meshes.map((index) => this.meshes[index]!).filter((mesh) => mesh.index.array.length > 0);
    for (const mesh of meshes) {
      const made = this.mesh(mesh);
      if (meshes.length === 1) node.setMesh(made);
      else node.addChild(this.document.createNode(mesh.name).setMesh(made));
    }
    for (const child of source.children) node.addChild(this.node(child, depth + 1));
    return node;
  }

  /** A primitive for each colour among the faces. */
  private mesh(source: OcctMesh) {
    const mesh = this.document.createMesh(source.name.slice(0, 200));
    const positions = Float32Array.from(source.attributes.position.array);
    const given = source.attributes.normal && Float32Array.from(source.attributes.normal.array);
    const byColor = new Map<string, { color: [number, number, number] | null; corners: number[] }>();
    const { array } = source.index;
    const faces =
      source.brep_faces.length > 0 ? source.brep_faces : [{ first: 0, last: array.length / 3 - 1, color: null }];
    for (const face of faces) {
      const color = face.color ?? source.color ?? null;
      const key = String(color);
      let group = byColor.get(key);
      if (!group) {
        group = { color, corners: [] };
        byColor.set(key, group);
      }
      for (let i = face.first * 3; i < Math.min(face.last * 3 + 3, array.length); i++) group.corners.push(array[i]!);
    }
    for (const { color, corners } of byColor.values()) {
      if (corners.length === 0) continue;
      const used = new TupleIndex(1, corners.length);
      const indices = Uint32Array.from(corners, (corner) => used.add([corner]));
      const source = used.column(0);
      const own = pick(positions, source);
      const material = this.material(color);
      if (given && given.length === positions.length) {
        mesh.addPrimitive(
          createPrimitive(this.document, { positions: own, normals: pick(given, source), indices, material }),
        );
      } else {
        const shaded = shadeVertices(own, indices);
        mesh.addPrimitive(
          createPrimitive(this.document, {
            positions: pick(own, shaded.source),
            normals: shaded.normals,
            indices: shaded.indices,
            material,
          }),
        );
      }
    }
    return mesh;
  }

  private material(color: [number, number, number] | null): Material {
    const key = String(color);
    let material = this.materials.get(key);
    if (!material) {
      material = createPlainMaterial(this.document);
      if (color) {
        const hex = color
          .map((value) =>
            Math.round(linearToSrgb(value) * 255)
              .toString(16)
              .padStart(2, '0'),
          )
          .join('');
        material.setName(`#${hex}`).setBaseColorFactor([color[0], color[1], color[2], 1]);
      }
      this.materials.set(key, material);
    }
    return material;
  }
}

function pick(array: Float32Array, source: Uint32Array): Float32Array {
  const out = new Float32Array(source.length * 3);
  for (let i = 0; i < source.length; i++) for (let k = 0; k < 3; k++) out[i * 3 + k] = array[source[i]! * 3 + k]!;
  return out;
}
