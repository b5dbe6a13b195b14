import type { StepKind } from '../geometry/transform-steps.ts';
import type { XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';

/** One step of the transform of a node. */
export interface TransformStep {
  kind: StepKind;
  sid: string;
  values: Float32Array;
}

const LENGTHS: Record<StepKind, number> = {
  matrix: 16,
  translate: 3,
  rotate: 4,
  scale: 3,
  lookat: 9,
  skew: 7,
};

/** The steps of a node in their order, the first outermost. */
export function readTransform(file: DaeFile, node: XmlElement): TransformStep[] {
  const steps: TransformStep[] = [];
  for (const element of node.children) {
    if (!Object.hasOwn(LENGTHS, element.name)) continue;
    const kind = element.name as StepKind;
    const values = file.floats(element);
    if (values.length !== LENGTHS[kind])
      file.fail(element, `It has ${values.length} numbers; it needs ${LENGTHS[kind]}.`);
    steps.push({ kind, sid: element.attributes.get('sid') ?? '', values });
  }
  return steps;
}
