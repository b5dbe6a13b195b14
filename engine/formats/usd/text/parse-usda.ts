import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';
import { arcText, finite } from '../arcs.ts';
import { SPEC_TYPE } from '../crate/crate-types.ts';
import { UsdaScanner } from './usda-scanner.ts';
import { readPlain, readSamples, readTyped, valueType } from './usda-values.ts';

/** How a prim is meant, with the numbers of crate files: defined here, changed here, or only inherited from. */
export const SPECIFIER = { def: 0, over: 1, class: 2 } as const;

/** A layer as its specs by path, as crate layers are read. */
export interface UsdLayerSpecs {
  specsByPath: Record<string, UsdSpec>;
}

const SPECIFIERS = Object.keys(SPECIFIER) as (keyof typeof SPECIFIER)[];
const LIST_EDITS = ['prepend', 'append', 'add', 'delete', 'reorder'] as const;
const VARIABILITY = ['custom', 'uniform', 'varying', 'config'] as const;

/** Metadata that lists files or prims with what else belongs to each of them. */
const ARCS = new Set(['references', 'payload', 'subLayers', 'inherits', 'specializes']);

/**
 * Parses a text layer (USDA 1.0, OpenUSD `textFileFormat`) into the specs that a crate layer would have: prims of every
 * specifier, variants, attributes with their samples and connections, relationships, metadata. Splines are left out.
 *
 * @throws MaquetteError `model_malformed` naming the line
 */
export function parseUsda(text: string, file: string): UsdLayerSpecs {
  return new UsdaParser(new UsdaScanner(text, file)).layer();
}

class UsdaParser {
  private readonly specs: Record<string, UsdSpec> = {};
  private readonly scanner: UsdaScanner;

  constructor(scanner: UsdaScanner) {
    this.scanner = scanner;
  }

  layer(): UsdLayerSpecs {
    const root = this.spec('/', SPEC_TYPE.pseudoRoot);
    if (this.scanner.take('(')) this.metadata(root.fields);
    while (!this.scanner.isAtEnd) {
      if (!this.prim('/') && !this.reorder()) this.scanner.fail('A prim is missing here');
    }
    return { specsByPath: this.specs };
  }

  private spec(path: string, specType: number): UsdSpec {
    const known = this.specs[path];
    if (known) return known;
    const made: UsdSpec = { specType, fields: {} };
    this.specs[path] = made;
    return made;
  }

  /** A prim below `parent`, if one comes next. */
  private prim(parent: string): boolean {
    const { scanner } = this;
    const specifier = SPECIFIERS.find((word) => scanner.takeWord(word));
    if (!specifier) return false;
    let name = scanner.string();
    const typeName = name === null ? scanner.type() : '';
    name ??= scanner.string() ?? scanner.fail('The name of a prim is missing here');
    if (/[/.{}<>]/.test(name)) scanner.fail(`"${name.slice(0, 40)}" is no name of a prim`);
    const path = parent === '/' ? `/${name}` : `${parent}/${name}`;
    const { fields } = this.spec(path, SPEC_TYPE.prim);
    fields.specifier = SPECIFIER[specifier];
    fields.typeName = typeName;
    if (scanner.take('(')) this.metadata(fields);
    scanner.expect('{');
    this.contents(path, fields);
    return true;
  }

  /** What stands in the braces of a prim or variant. */
  private contents(path: string, fields: UsdSpec['fields']): void {
    const { scanner } = this;
    while (!scanner.take('}')) {
      if (this.prim(path) || this.reorder()) continue;
      if (scanner.takeWord('variantSet')) this.variantSet(path, fields);
      else this.property(path);
    }
  }

  private reorder(): boolean {
    const { scanner } = this;
    if (!scanner.takeWord('reorder')) return false;
    scanner.name();
    scanner.expect('=');
    readPlain(scanner);
    return true;
  }

  private variantSet(path: string, fields: UsdSpec['fields']): void {
    const { scanner } = this;
    const set = scanner.string() ?? scanner.fail('The name of a variant set is missing here');
    fields.variantSetChildren = [...((fields.variantSetChildren ?? []) as string[]), set];
    const names: string[] = [];
    this.spec(`${path}/{${set}=}`, SPEC_TYPE.variantSet).fields.variantChildren = names;
    scanner.expect('=');
    scanner.expect('{');
    while (!scanner.take('}')) {
      const name = scanner.string() ?? scanner.fail('The name of a variant is missing here');
      names.push(name);
      const variant = `${path}/{${set}=${name}}`;
      const { fields: own } = this.spec(variant, SPEC_TYPE.variant);
      if (scanner.take('(')) this.metadata(own);
      scanner.expect('{');
      this.contents(variant, own);
    }
  }

  private property(prim: string): void {
    const { scanner } = this;
    const edit = LIST_EDITS.find((word) => scanner.takeWord(word));
    while (VARIABILITY.some((word) => scanner.takeWord(word)));
    if (scanner.takeWord('rel')) {
      this.relationship(prim, edit);
      return;
    }
    const typeName = scanner.type();
    const type = valueType(typeName);
    const written = scanner.name();
    const [, name, part] = /^(.*?)(?:\.(\w+))?$/.exec(written) as unknown as [string, string, string | undefined];
    const { fields } = this.spec(`${prim}.${name}`, SPEC_TYPE.attribute);
    fields.typeName = typeName;
    if (scanner.take('=')) {
      if (part === 'timeSamples') fields.timeSamples = readSamples(scanner, type);
      else if (part === 'connect') {
        const targets = this.paths(prim);
        if (edit !== 'delete') fields.connectionPaths = targets;
      } else if (part === 'spline') {
        scanner.expect('{');
        scanner.skipBlock();
      } else fields.default = readTyped(scanner, type);
    }
    if (scanner.take('(')) this.metadata(fields);
  }

  private relationship(prim: string, edit: string | undefined): void {
    const { scanner } = this;
    const { fields } = this.spec(`${prim}.${scanner.name()}`, SPEC_TYPE.relationship);
    if (scanner.take('=')) {
      const targets = this.paths(prim);
      if (edit !== 'delete' && edit !== 'reorder') fields.targetPaths = targets;
    }
    if (scanner.take('(')) this.metadata(fields);
  }

  /** A path or a list of paths, as paths from the root. */
  private paths(prim: string): string[] {
    const { scanner } = this;
    return this.oneOrMore(() => absolutePath(scanner.path() ?? scanner.fail('A path is missing here'), prim));
  }

  /** What stands alone, or several in brackets; `None` for none. */
  private oneOrMore<T>(read: () => T): T[] {
    const { scanner } = this;
    if (scanner.takeWord('None')) return [];
    if (!scanner.take('[')) return [read()];
    const out: T[] = [];
    while (!scanner.take(']')) {
      out.push(read());
      scanner.take(',');
    }
    return out;
  }

  /** What stands in parentheses behind a layer, a prim or a property. */
  private metadata(fields: UsdSpec['fields']): void {
    const { scanner } = this;
    while (!scanner.take(')')) {
      if (scanner.string() !== null || scanner.take(',')) continue;
      const edit = LIST_EDITS.find((word) => scanner.takeWord(word));
      const name = scanner.name();
      scanner.expect('=');
      const isVariants = name === 'variants';
      const value = ARCS.has(name) ? this.arcs(name) : readPlain(scanner);
      if (edit === 'delete' || edit === 'reorder') continue;
      const key = isVariants ? 'variantSelection' : name;
      const before = fields[key];
      fields[key] = edit && Array.isArray(before) ? [...before, ...[value].flat()] : value;
    }
  }

  /** Files and prims, as crate layers write them: `@file@<prim>`; sublayers with their place in time. */
  private arcs(name: string): unknown[] {
    const { scanner } = this;
    return this.oneOrMore((): unknown => {
      const asset = scanner.asset();
      const path = scanner.path();
      if (asset === null && path === null) scanner.fail('A file or prim is missing here');
      const more: UsdSpec['fields'] = {};
      if (scanner.take('(')) this.metadata(more);
      const time = { offset: finite(more.offset, 0), scale: finite(more.scale, 1) };
      return name === 'subLayers' ? { asset, ...time } : arcText({ asset: asset ?? '', prim: path ?? '', ...time });
    });
  }
}

/** A path that may begin at a prim, as one from the root. */
function absolutePath(path: string, prim: string): string {
  if (path.startsWith('/')) return path;
  const parts = prim.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
