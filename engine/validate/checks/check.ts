import type { Document } from '@gltf-transform/core';
import type { ValidationIssue } from '#contracts/model/model-report.ts';
import type { SurfaceFacts } from './surface-facts.ts';
import type { Place } from './tally.ts';

/** What a check measured on a model. */
export interface Measured {
  value: number;
  /** Whether it is worth telling. */
  found: boolean;
  /** A sentence without its full stop; the places follow behind a colon. */
  text: string;
  /** The first few. */
  places: Place[];
}

/** What all checks have. The table of the documentation is made of these texts. */
interface CheckBase {
  /** What the value is, with its unit. */
  measures: string;
  /** When it is a finding. */
  finding: string;
  severity: ValidationIssue['severity'];
  /** What to do about it. */
  remedy: string;
  /** Codes of the Khronos validator that say the same: where one was reported, this finding is not listed again. */
  sameAs?: readonly string[];
}

/** Counts something on the surface of each mesh. */
export interface SurfaceCheck extends CheckBase {
  kind: 'surface';
  /** How many there are on one mesh, and some of the triangles concerned. */
  count(facts: SurfaceFacts): { count: number; triangles: number[] };
  /** The sentence for so many, over so many meshes. */
  text(count: number, meshes: number): string;
  /** From how many on a mesh; 1 by default. */
  from?: number;
}

/** Looks at the whole model. */
export interface ModelCheck extends CheckBase {
  kind: 'model';
  /** `source`: as it was read, before normalising repairs it; otherwise afterwards. */
  stage: 'source' | 'normalised';
  /** Null where it does not apply. */
  measure(document: Document): Measured | null;
}

export type Check = SurfaceCheck | ModelCheck;
