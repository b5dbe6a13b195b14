import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed, modelTooLarge } from '../errors.ts';
import { checkNodes } from '../geometry/check-size.ts';
import { type Arc, arcText, readArc } from './arcs.ts';
import { MAX_DEPTH } from './check-usda-text.ts';
import { SPEC_TYPE } from './crate/crate-types.ts';
import { below, indexLayer, type LayerIndex } from './layer-index.ts';
import { codesPerSecond, type FindLayer, mergeFields, placed } from './layer-stack.ts';
import { SPECIFIER, type UsdLayerSpecs } from './text/parse-usda.ts';

/** References inside referenced layers inside … */
const MAX_ARCS = 32;

/** Properties and opinions about prims that are looked at, all together, for each node that the limits permit. */
const WORK_PER_NODE = 50;

/** Fields that lead from one prim to others, which the composed stage has no use for any more. */
const ARC_FIELDS = [
  ...['references', 'payload', 'inherits', 'specializes', 'variantSelection'],
  ...['variantSetChildren', 'variantSetNames', 'variantSets', 'primChildren', 'properties'],
];

/** Types that only hold others: what is referred to says better what a prim is. */
const HOLDERS = ['', 'Xform', 'Scope'];

/** A layer with its sublayers, and where it was found. */
interface Source {
  index: LayerIndex;
  path: string;
  /** Stands for it in paths of the stage to prims that are not below what is referred to; no prim is named so. */
  name: string;
}

/** Time of the stage is `offset + scale × time` of something else, in time codes. */
interface Pace {
  offset: number;
  scale: number;
}

const STAGE_TIME: Pace = { offset: 0, scale: 1 };

/** Where a source says something about a prim of the stage, when, and how its paths read there. */
interface Opinion {
  source: Source;
  path: string;
  time: Pace;
  /** What lies below `from` in the source lies below `to` in the stage. */
  from: string;
  to: string;
}

/** What a stage is composed with. */
export interface StageSources {
  name: string;
  limits: ModelLimits;
  /** A layer with its sublayers. */
  find: FindLayer;
  /** Gets the references that lead to nothing. */
  missing: string[];
}

/**
 * Composes a stage into one layer without references (OpenUSD, "LIVRPS" strength ordering): what a prim says itself
 * comes first, then what it inherits, its selected variants, what it refers to, its payloads, and what it specialises;
 * each of these again in that order. Paths between prims read as they are in the stage.
 *
 * More lenient than USD in two things: a prim that only holds others takes the type of what it refers to, and targets
 * outside of what is referred to are found, in classes named after their layer, which are not drawn.
 *
 * @throws MaquetteError `model_too_large`, `model_malformed`; RangeError where references go round in a circle
 */
export function composeStage(layer: UsdLayerSpecs, path: string, sources: StageSources): UsdLayerSpecs {
  return new StageComposition(sources, layer, path).compose();
}

class StageComposition {
  private readonly sources: StageSources;
  private readonly root: Source;
  private readonly known = new Map<UsdLayerSpecs, Source>();
  private readonly stage: UsdLayerSpecs['specsByPath'] = {};
  /** Prims that targets lead to, outside of what is referred to. */
  private readonly outside = new Map<string, Opinion>();
  private prims = 0;
  private work = 0;

  constructor(sources: StageSources, layer: UsdLayerSpecs, path: string) {
    this.sources = sources;
    this.root = { index: indexLayer(layer), path, name: '' };
    this.known.set(layer, this.root);
  }

  compose(): UsdLayerSpecs {
    const { specs, children } = this.root.index;
    this.stage['/'] = { specType: SPEC_TYPE.pseudoRoot, fields: specs['/']?.fields ?? {} };
    const whole: Opinion = { source: this.root, path: '/', time: STAGE_TIME, from: '/', to: '/' };
    for (const child of children.get('/') ?? [])
      this.prim(below('/', child), [{ ...whole, path: below('/', child) }], 1);
    // A map goes on to what is added while it is gone through.
    for (const [target, opinion] of this.outside) {
      const holder = `/${opinion.source.name}`;
      this.stage[holder] ??= { specType: SPEC_TYPE.prim, fields: { specifier: SPECIFIER.class, typeName: '' } };
      this.prim(target, [opinion], 1);
    }
    return { specsByPath: this.stage };
  }

  /** Composes one prim of the stage and all below it. */
  private prim(at: string, seeds: readonly Opinion[], level: number): void {
    const { name, limits } = this.sources;
    checkNodes(name, ++this.prims, limits);
    if (level > MAX_DEPTH)
      throw modelMalformed(
        `${name}: ${at.slice(0, 80)}`,
        `Prims stand in one another more than ${MAX_DEPTH} levels deep.`,
        'Export the stage with fewer levels, or flattened.',
      );
    const opinions: Opinion[] = [];
    for (const seed of seeds) this.follow(seed, at, opinions, 0);
    const fields = this.mergedPrim(opinions);
    this.stage[at] = { specType: SPEC_TYPE.prim, fields };
    if (fields.active === false) return;
    this.mergeProperties(at, opinions);
    const names = new Set(opinions.toReversed().flatMap(({ source, path }) => source.index.children.get(path) ?? []));
    for (const child of names) {
      const childSeeds = opinions
        .filter(({ source, path }) => source.index.specs[below(path, child)])
        .map((opinion) => ({ ...opinion, path: below(opinion.path, child) }));
      this.prim(below(at, child), childSeeds, level + 1);
    }
  }

  /** Adds an opinion and those that it leads to, the strongest first. */
  private follow(opinion: Opinion, at: string, opinions: Opinion[], depth: number): void {
    if (depth > MAX_ARCS) throw new RangeError(`references are nested more than ${MAX_ARCS} levels deep`);
    this.count(1);
    opinions.push(opinion);
    const { source, path } = opinion;
    const fields = source.index.specs[path]?.fields ?? {};
    const inside = (target: string): Opinion => ({ ...opinion, path: target, from: target, to: at });
    for (const target of pathsOf(fields.inherits)) {
      if (source.index.specs[target]) this.follow(inside(target), at, opinions, depth + 1);
    }
    for (const set of [fields.variantSetChildren ?? []].flat() as string[]) {
      const selected = `${path}/{${set}=${this.selection(set, opinion, opinions)}}`;
      if (source.index.specs[selected]) this.follow({ ...opinion, path: selected }, at, opinions, depth + 1);
    }
    for (const arc of [fields.references ?? [], fields.payload ?? []].flat()) {
      const found = this.target(readArc(String(arc)), source);
      if (!found) continue;
      const time = timeWithin(opinion, readArc(String(arc)), found.source);
      this.follow({ ...found, time, from: found.path, to: at }, at, opinions, depth + 1);
    }
    for (const target of pathsOf(fields.specializes)) {
      if (source.index.specs[target]) this.follow(inside(target), at, opinions, depth + 1);
    }
  }

  /** The variant of a set that the strongest opinion selects, or else the first one. */
  private selection(set: string, { source, path }: Opinion, opinions: readonly Opinion[]): string {
    for (const { source: stronger, path: where } of opinions) {
      const selected = (stronger.index.specs[where]?.fields.variantSelection ?? {}) as Record<string, unknown>;
      if (typeof selected[set] === 'string' && selected[set] !== '') return selected[set];
    }
    const [first] = [source.index.specs[`${path}/{${set}=}`]?.fields.variantChildren ?? []].flat();
    return String(first ?? '');
  }

  /** The prim that `@file@<prim>` means: without a prim the default one of the layer, or else all of it. */
  private target(arc: Arc, from: Source): { source: Source; path: string } | null {
    const { asset, prim } = arc;
    if (asset === '' && prim === '') return null;
    const source = asset === '' ? from : this.layer(asset, from);
    if (!source) {
      this.sources.missing.push(asset);
      return null;
    }
    const { specs } = source.index;
    const chosen = prim || String(specs['/']?.fields.defaultPrim ?? '');
    const path = chosen === '' ? '/' : chosen.startsWith('/') ? chosen : `/${chosen}`;
    if (specs[path]) return { source, path };
    this.sources.missing.push(arcText({ ...arc, ...STAGE_TIME }));
    return null;
  }

  private layer(asset: string, from: Source): Source | null {
    const found = this.sources.find(asset, from.path);
    if (!found) return null;
    const known = this.known.get(found.layer);
    if (known) return known;
    const source = { index: indexLayer(found.layer), path: found.path, name: `Layer:${this.known.size}` };
    this.known.set(found.layer, source);
    return source;
  }

  private count(more: number): void {
    this.work += more;
    const { name, limits } = this.sources;
    if (this.work <= WORK_PER_NODE * limits.nodes) return;
    throw modelTooLarge(
      name,
      `References bring more than ${formatCount(WORK_PER_NODE * limits.nodes)} properties together.`,
      'nodes',
    );
  }

  private mergedPrim(opinions: readonly Opinion[]): UsdSpec['fields'] {
    const fields: UsdSpec['fields'] = {};
    const types: string[] = [];
    for (const { source, path } of opinions) {
      const type = source.index.specs[path]?.fields.typeName;
      if (typeof type === 'string') types.push(type);
    }
    // A class that is inherited from or referred to does not make a class of what does.
    for (const [index, { source, path }] of [...opinions.entries()].toReversed()) {
      const spec = source.index.specs[path];
      if (!spec || spec.specType === SPEC_TYPE.pseudoRoot) continue;
      const { specifier = spec.specType === SPEC_TYPE.prim ? SPECIFIER.def : SPECIFIER.over, ...own } = spec.fields;
      const defines = specifier !== SPECIFIER.over && (specifier !== SPECIFIER.class || index === 0);
      mergeFields(fields, { ...own, ...(defines && { specifier }) });
    }
    for (const key of ARC_FIELDS) delete fields[key];
    fields.specifier ??= SPECIFIER.over;
    fields.typeName = types.find((type) => !HOLDERS.includes(type)) ?? types.find((type) => type !== '') ?? '';
    return fields;
  }

  private mergeProperties(at: string, opinions: readonly Opinion[]): void {
    for (const opinion of opinions.toReversed()) {
      const { source, path } = opinion;
      const names = source.index.properties.get(path) ?? [];
      this.count(names.length);
      for (const name of names) {
        const spec = source.index.specs[`${path}.${name}`]!;
        const fields = this.mapped(placed(spec, { path: source.path, ...opinion.time }, this.root.path), opinion);
        const known = this.stage[`${at}.${name}`];
        if (known) mergeFields(known.fields, fields);
        else this.stage[`${at}.${name}`] = { specType: spec.specType, fields };
      }
    }
  }

  /** Targets and connections as paths of the stage. */
  private mapped(fields: UsdSpec['fields'], opinion: Opinion): UsdSpec['fields'] {
    for (const key of ['targetPaths', 'connectionPaths']) {
      if (fields[key] !== undefined) fields[key] = pathsOf(fields[key]).map((path) => this.mappedPath(path, opinion));
    }
    return fields;
  }

  private mappedPath(path: string, { source, time, from, to }: Opinion): string {
    const inFrom = from === '/' ? path : path.slice(from.length);
    if (from === '/' || (path.startsWith(from) && /^([/.]|$)/.test(inFrom))) {
      return to === '/' ? path : `${to}${inFrom}`;
    }
    if (source === this.root) return path;
    const [prim = ''] = path.split('.');
    const target = `/${source.name}${prim}`;
    if (source.index.specs[prim] && !this.outside.has(target))
      this.outside.set(target, { source, path: prim, time, from: prim, to: target });
    return `/${source.name}${path}`;
  }
}

/**
 * When in the stage something happens that an opinion refers to: by the place that the arc gives it, and where layers
 * count time in different codes, so that a second stays a second.
 */
function timeWithin({ source, time }: Opinion, { offset, scale }: Arc, found: Source): Pace {
  const codes = codesPerSecond(source.index.specs) / codesPerSecond(found.index.specs);
  return { offset: time.offset + time.scale * offset, scale: time.scale * scale * codes };
}

/** Paths, as lists or as the text of one, with or without their brackets. */
function pathsOf(value: unknown): string[] {
  return [value ?? []]
    .flat()
    .map((path) => String(path).replace(/^@*<?|>$/g, ''))
    .filter((path) => path.startsWith('/'));
}
