import { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { formatCount, modelEmpty, modelMalformed } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import { createPlainMaterial } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { originOffset } from '../geometry/origin-offset.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { decompressLaz } from './decompress-laz.ts';
import { type LasHeader, parseLasHeader } from './parse-las-header.ts';
import { type LasPoints, PointCollector, pointColors } from './read-points.ts';

const KINDS = {
  geographic_coordinates: [
    'warning',
    'coordinate systems measure x and y in degrees',
    'Project the cloud (for example to UTM) before the upload; degrees were stretched to metres around its centre.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Metres of a degree of latitude. */
const DEGREE = 111_320;

/**
 * Reads LAS 1.0 to 1.4 (ASPRS LAS Specification 1.4 R15) and LAZ: points with colours or else their intensity as
 * grey; intensity and classification as application-specific attributes. Coordinates are computed in double precision,
 * less the centre where they lie far from the origin, which is kept in the extras of the scene.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `format_unsupported`
 */
export async function importLas(
  main: ModelFile,
  _files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const { name, bytes } = main;
  const header = parseLasHeader(bytes, name);
  if (header.count === 0) throw modelEmpty(name, 'The LAS file has no points.');
  checkDecodedBytes(name, header.count * 44, limits);
  const reading = portionOf(progress, 0, 0.8);
  const points = header.compressed
    ? await decompressLaz(bytes, header, name, reading)
    : readPlain(bytes, header, name, reading);
  const corrections = new Corrections();
  const findings = new Findings(name, KINDS);
  if (header.geographic) findings.add('geographic_coordinates', name);
  const { positions, origin } = place(points, header, corrections);
  const document = new Document();
  const scene = document.createScene(name);
  document.getRoot().setDefaultScene(scene);
  scene.setExtras({
    las: { version: header.version, pointFormat: header.format },
    ...(origin && { originOffset: origin }),
  });
  const colored = pointColors(points);
  if (colored?.fromIntensity) {
    corrections.add(
      'generated_colors',
      header.count,
      (n) => `${plural(n, 'point')} had no colour and show their intensity as grey.`,
    );
  }
  const primitive = createPrimitive(document, {
    positions,
    colors: colored?.colors ?? null,
    scalars: new Map([
      ['INTENSITY', Float32Array.from(points.intensity)],
      ['CLASSIFICATION', Float32Array.from(points.classification)],
    ]),
    material: createPlainMaterial(document, colored !== null),
    mode: 0,
  });
  scene.addChild(document.createNode('Points').setMesh(document.createMesh('Points').addPrimitive(primitive)));
  return {
    document,
    corrections: corrections.list(),
    generator: header.generator || null,
    findings: findings.report(),
  };
}

function readPlain(bytes: Uint8Array, header: LasHeader, name: string, progress: ImportProgress): LasPoints {
  const present = Math.floor((bytes.byteLength - header.pointsStart) / header.stride);
  if (header.count > present) {
    throw modelMalformed(
      `${name}: byte ${formatCount(bytes.byteLength)}`,
      `The header declares ${formatCount(header.count)} points, but the file ends after ${formatCount(present)}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const collector = new PointCollector(header, progress);
  for (let i = 0, at = header.pointsStart; i < header.count; i++, at += header.stride) collector.add(view, at);
  return collector.points;
}

/** Coordinates in metres with +Y up, and what was subtracted from those of the file. */
function place(
  points: LasPoints,
  header: LasHeader,
  corrections: Corrections,
): { positions: Float32Array; origin: [number, number, number] | null } {
  const { coordinates } = points;
  const { scale, offset, metres } = header;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < coordinates.length; i++) {
    const k = i % 3;
    if (coordinates[i]! < low[k]!) low[k] = coordinates[i]!;
    if (coordinates[i]! > high[k]!) high[k] = coordinates[i]!;
  }
  const bounds = [low, high].map((corner) => corner.map((value, k) => value * scale[k]! + offset[k]!)) as [
    number[],
    number[],
  ];
  const middle = [0, 1, 2].map((k) => Math.round((bounds[0][k]! + bounds[1][k]!) / 2)) as [number, number, number];
  const origin = header.geographic ? middle : originOffset(bounds[0], bounds[1]);
  const x0 = offset[0] - (origin?.[0] ?? 0);
  const y0 = offset[1] - (origin?.[1] ?? 0);
  const z0 = offset[2] - (origin?.[2] ?? 0);
  const degree = header.geographic ? DEGREE : 1;
  const east = metres[0] * degree * (header.geographic ? Math.cos((middle[1] * Math.PI) / 180) : 1);
  const north = metres[0] * degree;
  const positions = new Float32Array(coordinates.length);
  for (let i = 0; i < coordinates.length; i += 3) {
    positions[i] = (coordinates[i]! * scale[0] + x0) * east;
    positions[i + 1] = (coordinates[i + 2]! * scale[2] + z0) * metres[1];
    positions[i + 2] = -(coordinates[i + 1]! * scale[1] + y0) * north + 0;
  }
  if (origin) {
    corrections.add(
      'origin_offset',
      1,
      () =>
        `The points lie far from the origin and were moved by (${origin.map((value) => -value).join(', ')}) in the axes of the file, so that single precision holds them.`,
    );
  }
  if (metres[0] !== 1 || metres[1] !== 1) {
    corrections.add(
      'units_to_metres',
      1,
      () =>
        `The units of the coordinate system were converted to metres (× ${metres[0]} across, × ${metres[1]} in height).`,
    );
  }
  corrections.add('up_axis', 1, () => '+Z is up in LAS: the points were turned so that +Y is.');
  return { positions, origin };
}
