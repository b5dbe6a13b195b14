import type { Document, Mesh } from '@gltf-transform/core';
import { CheckCode, type CheckResult } from '#contracts/model/check-codes.ts';
import type { ValidationIssue, ValidationReport } from '#contracts/model/model-report.ts';
import { type MeshSurface, readSurface } from '../../describe/mesh-surface.ts';
import type { Measured, ModelCheck, SurfaceCheck } from './check.ts';
import { CHECKS } from './check-table.ts';
import type { Pointers } from './pointers.ts';
import { SurfaceFacts } from './surface-facts.ts';
import { MAX_PLACES, type Place } from './tally.ts';

/** What came of a check. */
export interface CheckOutcome extends CheckResult {
  issue: ValidationIssue | null;
}

/** Of all checks of a model, what those of its surfaces take. */
const SURFACES_SHARE = 0.9;

/** Runs the checks on what normalising repairs: call it before. */
export function checkSource(document: Document, pointers: Pointers): CheckOutcome[] {
  return runModelChecks(document, 'source', pointers);
}

/** What came of the checks on a normalised document. */
export interface CheckedModel {
  outcomes: CheckOutcome[];
  /** The same as `isWatertight`, which need not be computed again. */
  watertight: ReadonlyMap<Mesh, boolean | null>;
}

/**
 * Runs all other checks, on a normalised document. One surface at a time is in memory.
 *
 * @param onProgress told of the share that is done, from 0 to 1
 */
export function checkModel(
  document: Document,
  pointers: Pointers,
  onProgress: (share: number) => void = () => {},
): CheckedModel {
  const watertight = new Map<Mesh, boolean | null>();
  const ofSurfaces = runSurfaceChecks(document, pointers, watertight, (share) => onProgress(share * SURFACES_SHARE));
  return { outcomes: [...ofSurfaces, ...runModelChecks(document, 'normalised', pointers)], watertight };
}

/**
 * Adds the findings of the checks to those of the validator. Each counts as one, however many edges or triangles it
 * speaks of.
 */
export function withOutcomes(
  validation: ValidationReport,
  outcomes: readonly CheckOutcome[],
): { validation: ValidationReport; checks: CheckResult[] } {
  const known = new Set(validation.issues.map(({ code }) => code));
  const issues = outcomes.flatMap(({ code, issue }) =>
    issue && !CHECKS[code].sameAs?.some((same) => known.has(same)) ? [issue] : [],
  );
  const count = (...severities: ValidationIssue['severity'][]) =>
    issues.filter(({ severity }) => severities.includes(severity)).length;
  const values = new Map(outcomes.map(({ code, value }) => [code, value]));
  return {
    validation: {
      errors: validation.errors + count('error'),
      warnings: validation.warnings + count('warning'),
      infos: validation.infos + count('info', 'hint'),
      issues: [...validation.issues, ...issues].toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity]),
      truncated: validation.truncated,
    },
    checks: CheckCode.options.map((code) => ({ code, value: values.get(code) ?? null })),
  };
}

const RANKS = { error: 0, warning: 1, info: 2, hint: 3 } as const;

function runModelChecks(document: Document, stage: ModelCheck['stage'], pointers: Pointers): CheckOutcome[] {
  const outcomes: CheckOutcome[] = [];
  for (const code of CheckCode.options) {
    const check = CHECKS[code];
    if (check.kind !== 'model' || check.stage !== stage) continue;
    outcomes.push(outcomeOf(code, check.measure(document), pointers));
  }
  return outcomes;
}

/** What a surface check has counted so far. */
interface SurfaceTally {
  code: CheckCode;
  check: SurfaceCheck;
  /** Over all meshes. */
  total: number;
  /** Over the meshes that have a finding. */
  found: number;
  meshes: number;
  places: Place[];
}

function runSurfaceChecks(
  document: Document,
  pointers: Pointers,
  watertight: Map<Mesh, boolean | null>,
  onProgress: (share: number) => void,
): CheckOutcome[] {
  const tallies = CheckCode.options.flatMap((code): SurfaceTally[] => {
    const check = CHECKS[code];
    return check.kind === 'surface' ? [{ code, check, total: 0, found: 0, meshes: 0, places: [] }] : [];
  });
  let surfaces = 0;
  const meshes = document.getRoot().listMeshes();
  for (const [index, mesh] of meshes.entries()) {
    const surface = readSurface(mesh);
    if (!surface) continue;
    surfaces++;
    const facts = new SurfaceFacts(surface);
    for (const [turn, tally] of tallies.entries()) {
      countOn(facts, tally);
      onProgress((index + (turn + 1) / tallies.length) / meshes.length);
    }
    watertight.set(mesh, facts.watertight);
  }
  return tallies.map((tally) => outcomeOf(tally.code, surfaces === 0 ? null : measuredOf(tally), pointers));
}

function countOn(facts: SurfaceFacts, tally: SurfaceTally): void {
  const { count, triangles } = tally.check.count(facts);
  tally.total += count;
  if (count < (tally.check.from ?? 1)) return;
  tally.found += count;
  tally.meshes++;
  for (const triangle of triangles) {
    if (tally.places.length < MAX_PLACES) tally.places.push(placeOf(facts.surface, triangle));
  }
}

function placeOf({ parts }: MeshSurface, triangle: number): Place {
  const part = parts.findLast(({ start }) => start <= triangle)!;
  return { property: part.primitive, detail: `triangle ${triangle - part.start}` };
}

function measuredOf({ check, total, found, meshes, places }: SurfaceTally): Measured {
  return { value: total, found: meshes > 0, text: check.text(found, meshes), places };
}

function outcomeOf(code: CheckCode, measured: Measured | null, pointers: Pointers): CheckOutcome {
  if (!measured) return { code, value: null, issue: null };
  const { value, found, text, places } = measured;
  if (!found) return { code, value, issue: null };
  const { severity, remedy } = CHECKS[code];
  const where = listPlaces(places, pointers);
  const first = places[0];
  return {
    code,
    value,
    issue: {
      code,
      severity,
      pointer: first ? pointers.pointerOf(first.property) : '',
      message: `${text}${where && `: ${where}`}.`,
      remedy,
    },
  };
}

/** `mesh "Body": triangle 3, triangle 8; mesh "Lid"`: places of the same part together. */
function listPlaces(places: readonly Place[], pointers: Pointers): string {
  const details = new Map<string, string[]>();
  for (const { property, detail } of places) {
    const label = pointers.labelOf(property);
    const known = details.get(label) ?? [];
    if (detail) known.push(detail);
    details.set(label, known);
  }
  return [...details].map(([label, texts]) => (texts.length > 0 ? `${label} (${texts.join(', ')})` : label)).join('; ');
}
