import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';
import { folderOf } from '../model-file.ts';
import { finite } from './arcs.ts';
import { SPECIFIER, type UsdLayerSpecs } from './text/parse-usda.ts';

/** Layers below layers below … */
const MAX_DEPTH = 32;

/** Finds and parses a layer; null where there is none. */
export type FindLayer = (reference: string, from: string) => { layer: UsdLayerSpecs; path: string } | null;

type Fields = UsdSpec['fields'];

/** A layer of a stack, and when its time 0 is and how fast its time passes in the layer above all. */
interface StackedLayer {
  specs: UsdLayerSpecs['specsByPath'];
  path: string;
  offset: number;
  scale: number;
}

/** Fields that list what all layers add to, the strongest first. */
const LISTS = new Set([
  ...['primChildren', 'properties', 'references', 'payload', 'inherits', 'specializes', 'apiSchemas'],
  ...['variantSetChildren', 'variantSetNames', 'variantChildren'],
]);
/** Fields whose entries are taken one by one. */
const DICTIONARIES = new Set(['variantSelection', 'customData', 'assetInfo']);

/**
 * One layer that says what a layer and all its sublayers say together (OpenUSD, "LayerStack"): what a stronger layer
 * says of a prim or property comes before what a weaker one does, times of sublayers are brought to those of the
 * layer above, and paths of files are given as they are from the folder of the first layer. Of the metadata of the
 * stage only that of the first layer counts.
 *
 * @param missing gets the sublayers that are not there
 * @throws RangeError where sublayers are nested too deep
 */
export function flattenLayers(layer: UsdLayerSpecs, path: string, find: FindLayer, missing: string[]): UsdLayerSpecs {
  const stack: StackedLayer[] = [];
  collect({ specs: layer.specsByPath, path, offset: 0, scale: 1 }, find, missing, stack, 0);
  if (stack.length === 1) return layer;
  const merged: UsdLayerSpecs['specsByPath'] = {};
  for (const stacked of stack.toReversed()) {
    for (const [at, spec] of Object.entries(stacked.specs)) {
      const moved: UsdSpec = { specType: spec.specType, fields: placed(spec, stacked, path) };
      const known = merged[at];
      if (known) mergeFields(known.fields, moved.fields);
      else merged[at] = moved;
    }
  }
  const root = layer.specsByPath['/'];
  if (root) merged['/'] = { specType: root.specType, fields: { ...root.fields } };
  return { specsByPath: merged };
}

/** Adds a layer and what lies below it, the strongest first. A layer that is there already has nothing to add. */
function collect(layer: StackedLayer, find: FindLayer, missing: string[], stack: StackedLayer[], depth: number): void {
  if (stack.some(({ path }) => path === layer.path)) return;
  if (depth > MAX_DEPTH) throw new RangeError(`sublayers are nested more than ${MAX_DEPTH} levels deep`);
  stack.push(layer);
  for (const { asset, offset, scale } of sublayersOf(layer.specs)) {
    const found = find(asset, layer.path);
    if (!found) {
      missing.push(asset);
      continue;
    }
    const specs = found.layer.specsByPath;
    const pace = scale * (codesPerSecond(layer.specs) / codesPerSecond(specs));
    const below = { specs, path: found.path, offset: layer.offset + layer.scale * offset, scale: layer.scale * pace };
    collect(below, find, missing, stack, depth + 1);
  }
}

/** Sublayers as text layers have them, one object each, or as crate layers do, in two lists. */
function sublayersOf(specs: UsdLayerSpecs['specsByPath']): { asset: string; offset: number; scale: number }[] {
  const { subLayers, subLayerOffsets } = specs['/']?.fields ?? {};
  if (!Array.isArray(subLayers)) return [];
  const offsets = Array.isArray(subLayerOffsets) ? subLayerOffsets : [];
  return subLayers.flatMap((entry: unknown, index) => {
    const given = typeof entry === 'string' ? { asset: entry, ...offsets[index] } : (entry as Record<string, unknown>);
    const { asset, offset, scale } = given as Record<string, unknown>;
    if (typeof asset !== 'string' || asset === '') return [];
    return [{ asset, offset: finite(offset, 0), scale: finite(scale, 1) || 1 }];
  });
}

/** How many of the layer's times pass in a second. */
export function codesPerSecond(specs: UsdLayerSpecs['specsByPath']): number {
  const { timeCodesPerSecond, framesPerSecond } = specs['/']?.fields ?? {};
  return finite(timeCodesPerSecond, 0) || finite(framesPerSecond, 0) || 24;
}

/** The fields of a spec, in the time of the first layer, with files as they are found from its folder. */
export function placed({ fields }: UsdSpec, layer: Omit<StackedLayer, 'specs'>, first: string): Fields {
  const out: Fields = { ...fields };
  const samples = fields.timeSamples as { times: number[]; values: unknown[] } | undefined;
  if (samples && (layer.offset !== 0 || layer.scale !== 1)) {
    const times = Array.from(samples.times, (time) => layer.offset + layer.scale * time);
    // Time that runs backwards turns the order of samples.
    const isTurned = layer.scale < 0;
    out.timeSamples = isTurned
      ? { times: times.reverse(), values: Array.from(samples.values).reverse() }
      : { times, values: samples.values };
  }
  const [from, to] = [folderOf(layer.path), folderOf(first)];
  if (from === to) return out;
  for (const key of ['references', 'payload']) {
    if (fields[key] !== undefined) {
      out[key] = [fields[key]]
        .flat()
        .map((arc) => String(arc).replace(/^@([^@]+)@/, (_, file: string) => `@${moved(file, from, to)}@`));
    }
  }
  if (String(fields.typeName).startsWith('asset') && fields.default !== undefined) {
    const { default: value } = fields;
    out.default = Array.isArray(value)
      ? value.map((file) => moved(String(file), from, to))
      : moved(String(value), from, to);
  }
  return out;
}

/** A relative path that was found in one folder, as it is found from another. */
function moved(file: string, from: string, to: string): string {
  if (file === '' || /^([a-z][a-z0-9+.-]*:|[\\/])/i.test(file)) return file;
  const parts = [...from.split('/'), ...file.replaceAll('\\', '/').split('/')].filter(
    (part) => part !== '' && part !== '.',
  );
  const whole: string[] = [];
  for (const part of parts) {
    if (part !== '..') whole.push(part);
    else if (whole.pop() === undefined) return file;
  }
  const base = to.split('/').filter((part) => part !== '');
  let same = 0;
  while (same < base.length && same < whole.length - 1 && base[same] === whole[same]) same++;
  return [...base.slice(same).map(() => '..'), ...whole.slice(same)].join('/');
}

/** Puts what is stronger over what is known. */
export function mergeFields(known: Fields, stronger: Fields): void {
  // A value hides weaker samples, and samples of the same layer hide the value.
  if ('default' in stronger) delete known.timeSamples;
  for (const [key, value] of Object.entries(stronger)) {
    if (key === 'specifier' && value === SPECIFIER.over && known.specifier !== undefined) continue;
    if (key === 'typeName' && value === '') continue;
    const before = known[key];
    if (LISTS.has(key) && before !== undefined) known[key] = [...new Set([value, before].flat())];
    else if (DICTIONARIES.has(key)) known[key] = { ...(before as Fields), ...(value as Fields) };
    else known[key] = value;
  }
}
