import { child, childrenOf, type XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';

/** A morph target: how far each position moves, three numbers each. */
export interface DaeTarget {
  name: string;
  offsets: Float32Array;
}

/** The morph of a controller. */
export interface DaeMorph {
  geometry: XmlElement;
  targets: DaeTarget[];
  weights: number[];
  /** Ids that animations of the weights go by. */
  ids: string[];
}

/**
 * Reads `<controller><morph>`; null for a controller of another kind.
 *
 * @throws MaquetteError `model_malformed` for targets that do not exist or have fewer positions than the mesh
 */
export function readMorph(file: DaeFile, controller: XmlElement | null): DaeMorph | null {
  const morph = child(controller, 'morph');
  if (!morph || !controller) return null;
  const geometry =
    file.follow(morph.attributes.get('source')) ??
    file.fail(morph, `Its mesh "${morph.attributes.get('source') ?? ''}" does not exist.`);
  const input = (semantic: string): XmlElement | null =>
    file.follow(
      childrenOf(child(morph, 'targets'), 'input')
        .find((candidate) => candidate.attributes.get('semantic') === semantic)
        ?.attributes.get('source'),
    );
  const names = input('MORPH_TARGET');
  const list = child(names, 'IDREF_array') ?? child(names, 'Name_array');
  const weightSource = input('MORPH_WEIGHT');
  const weights = weightSource ? file.source(weightSource).values : new Float32Array(0);
  const isRelative = morph.attributes.get('method') === 'RELATIVE';
  const base = isRelative ? null : positionsOf(file, geometry);
  const targets = (list ? file.words(list) : []).map((id): DaeTarget => {
    const target = file.find(id) ?? file.fail(morph, `Its target "${id.slice(0, 80)}" does not exist.`);
    const offsets = positionsOf(file, target);
    if (base && offsets.length < base.length)
      file.fail(
        target,
        `It has ${offsets.length / 3} positions; the mesh that it is a target of has ${base.length / 3}.`,
      );
    if (base) for (let i = 0; i < base.length; i++) offsets[i] = offsets[i]! - base[i]!;
    return { name: (target.attributes.get('name') ?? id).slice(0, 200), offsets };
  });
  const array = child(weightSource, 'float_array');
  const ids = [weightSource, array, controller].flatMap((element) => element?.attributes.get('id') ?? []);
  return { geometry, targets, weights: targets.map((_, i) => weights[i] ?? 0), ids };
}

function positionsOf(file: DaeFile, geometry: XmlElement): Float32Array {
  const vertices = child(child(geometry, 'mesh'), 'vertices');
  const input = childrenOf(vertices, 'input').find((candidate) => candidate.attributes.get('semantic') === 'POSITION');
  const found = file.follow(input?.attributes.get('source')) ?? file.fail(geometry, 'It has no positions.');
  const { values, stride, offset, count } = file.source(found);
  const out = new Float32Array(count * 3);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < Math.min(3, stride); k++) out[i * 3 + k] = values[offset + i * stride + k]!;
  return out;
}
