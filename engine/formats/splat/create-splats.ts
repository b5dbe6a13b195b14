import { Document, type Extension, type TypedArray } from '@gltf-transform/core';
import type { ValidationReport } from '#contracts/model/model-report.ts';
import type { Corrections } from '../corrections.ts';
import { modelEmpty } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { PassThroughProperty, passThroughExtension } from '../gltf/pass-through.ts';
import type { ImportedModel } from '../imported-model.ts';
import { SH_C0, type SplatCloud } from './splat-cloud.ts';
import { SPLATS } from './splat-primitive.ts';

const KINDS = {
  damaged_splat: [
    'warning',
    'splats have a position, rotation, scale or opacity that is no number',
    'Export the splats again; these were left out.',
  ],
  higher_harmonics: [
    'info',
    'coefficients of spherical harmonics above degree 3 were left out',
    'Nothing needs doing: glTF has a place for degrees 0 to 3.',
  ],
} as const satisfies Record<string, FindingKind>;

/**
 * Makes a document with one cloud of splats (`KHR_gaussian_splatting`), with a colour for viewers that draw it as
 * points. Splats whose numbers cannot be used are left out, and said so.
 *
 * @throws MaquetteError `model_empty`
 */
export function createSplats(
  cloud: SplatCloud,
  name: string,
  source: { corrections: Corrections; generator: string | null; comments?: string[]; droppedHarmonics?: number },
): ImportedModel {
  const findings = new Findings(name, KINDS);
  findings.add('higher_harmonics', name, source.droppedHarmonics ?? 0);
  const kept = usableSplats(cloud);
  findings.add('damaged_splat', name, cloud.count - kept.length);
  if (kept.length === 0) throw modelEmpty(name, `None of the ${cloud.count} splats has usable numbers.`);
  const pick = (array: Float32Array, width: number): Float32Array => {
    if (kept.length === cloud.count) return array;
    const out = new Float32Array(kept.length * width);
    for (let i = 0; i < kept.length; i++)
      out.set(array.subarray(kept[i]! * width, kept[i]! * width + width), i * width);
    return out;
  };
  const document = new Document();
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  if (source.comments && source.comments.length > 0) scene.setExtras({ comments: source.comments });
  const harmonics = cloud.harmonics.map((values) => pick(values, 3));
  const opacities = pick(cloud.opacities, 1);
  const primitive = createPrimitive(document, {
    positions: pick(cloud.positions, 3),
    colors: fallbackColors(harmonics[0]!, opacities),
    mode: 0,
  });
  const attach = (semantic: string, type: 'SCALAR' | 'VEC3' | 'VEC4', array: Float32Array): void => {
    const accessor = document
      .createAccessor()
      .setType(type)
      .setArray(array as TypedArray);
    primitive.setAttribute(`${SPLATS}:${semantic}`, accessor.setBuffer(document.getRoot().listBuffers()[0]!));
  };
  attach('ROTATION', 'VEC4', pick(cloud.rotations, 4));
  attach('SCALE', 'VEC3', pick(cloud.scales, 3));
  attach('OPACITY', 'SCALAR', opacities);
  for (const [index, values] of harmonics.entries()) {
    const degree = Math.floor(Math.sqrt(index));
    attach(`SH_DEGREE_${degree}_COEF_${index - degree * degree}`, 'VEC3', values);
  }
  // `typeof Extension` is abstract; the class that comes back is not.
  document.createExtension(passThroughExtension(SPLATS) as unknown as new (document: Document) => Extension);
  const definition = new PassThroughProperty(document.getGraph());
  definition.extensionName = SPLATS;
  primitive.setExtension(
    SPLATS,
    definition.setValue({
      kernel: 'ellipse',
      colorSpace: 'srgb_rec709_display',
      sortingMethod: 'cameraDistance',
      projection: 'perspective',
    }),
  );
  scene.addChild(document.createNode('Splats').setMesh(document.createMesh('Splats').addPrimitive(primitive)));
  const report: ValidationReport = findings.report();
  return { document, corrections: source.corrections.list(), generator: source.generator, findings: report };
}

/** Numbers of the splats that can be drawn; scales their rotations to unit length. */
function usableSplats(cloud: SplatCloud): Uint32Array {
  const { positions, rotations, scales, opacities, count } = cloud;
  const kept = new Uint32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) {
    const norm = Math.hypot(rotations[i * 4]!, rotations[i * 4 + 1]!, rotations[i * 4 + 2]!, rotations[i * 4 + 3]!);
    const sum =
      positions[i * 3]! +
      positions[i * 3 + 1]! +
      positions[i * 3 + 2]! +
      scales[i * 3]! +
      scales[i * 3 + 1]! +
      scales[i * 3 + 2]!;
    if (!Number.isFinite(sum) || !Number.isFinite(norm) || Number.isNaN(opacities[i]!)) continue;
    if (norm > 1e-9) for (let k = i * 4; k < i * 4 + 4; k++) rotations[k] = rotations[k]! / norm;
    else rotations[i * 4 + 3] = 1;
    kept[length++] = i;
  }
  for (const values of cloud.harmonics)
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) values[i] = 0;
  return kept.slice(0, length);
}

/** What a splat looks like from all sides, as linear colour with its opacity. */
function fallbackColors(constant: Float32Array, opacities: Float32Array): Uint16Array {
  const out = new Uint16Array(opacities.length * 4);
  for (let i = 0; i < opacities.length; i++) {
    for (let k = 0; k < 3; k++) out[i * 4 + k] = Math.round(srgbToLinear(0.5 + SH_C0 * constant[i * 3 + k]!) * 65535);
    out[i * 4 + 3] = Math.round(Math.min(1, Math.max(0, opacities[i]!)) * 65535);
  }
  return out;
}
