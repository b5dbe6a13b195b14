import { describe, expect, it } from 'vitest';
import { readSources, type SourceFile } from './imports.ts';

/**
 * Which top-level folders a folder may import from, besides itself. Tests may reach further: they check parts together.
 */
const MAY_IMPORT: Record<string, string[]> = {
  contracts: [],
  engine: ['contracts'],
  platform: ['contracts', 'engine'],
  services: ['contracts', 'engine', 'platform'],
  app: ['contracts', 'engine', 'platform', 'services'],
  sdk: ['contracts'],
  cli: ['contracts', 'engine', 'platform', 'app', 'sdk'],
  scripts: ['contracts', 'engine', 'platform', 'app', 'cli'],
  bench: ['contracts', 'engine', 'platform', 'services', 'app', 'sdk', 'scripts', 'test'],
  test: ['contracts', 'engine', 'platform', 'services', 'app', 'sdk', 'cli', 'scripts'],
};

/** What the engine must not touch: it runs in browsers too. Type imports are erased and do no harm. */
const OUTSIDE_WORLD =
  /^node:(fs|net|http|http2|https|child_process|worker_threads|os|dns|tls|cluster)|^(pg|pino|fastify|sharp)$/;

const sources = await readSources(process.cwd());
const isTest = (path: string) => /\.(test|contract)\.ts$/.test(path) || path.includes('/testing/');
const top = (path: string) => path.split('/')[0] as string;

function violations(of: (source: SourceFile) => string[]): string[] {
  return sources
    .filter(({ path }) => !isTest(path))
    .flatMap((source) => of(source).map((what) => `${source.path} -> ${what}`));
}

describe('the layers', () => {
  it('are all found', () => {
    expect([...new Set(sources.map(({ path }) => top(path)))]).toEqual(
      expect.arrayContaining(['contracts', 'engine', 'platform', 'services', 'app', 'cli']),
    );
    expect(sources.length).toBeGreaterThan(100);
  });

  it('import downwards only, types included', () => {
    expect(
      violations(({ path, internal }) =>
        internal.filter(
          (to) => to !== 'package.json' && top(to) !== top(path) && !MAY_IMPORT[top(path)]?.includes(top(to)),
        ),
      ),
    ).toEqual([]);
  });

  it('cross top-level folders by subpath, and stay relative inside one', () => {
    expect(
      violations(({ path, text }) =>
        [...text.matchAll(/from\s*['"]((?:\.\.?\/|#)[^'"]+)['"]/g)]
          .map(([, specifier]) => specifier as string)
          .filter((specifier) => (specifier.startsWith('#') ? specifier.startsWith(`#${top(path)}/`) : false)),
      ),
    ).toEqual([]);
  });

  it('read models without native libraries: the sandbox of uploads permits none', () => {
    expect(
      violations(({ path, external }) =>
        path.startsWith('engine/formats/')
          ? external.filter((name) => /^(@gltf-transform\/functions|sharp)$/.test(name))
          : [],
      ),
    ).toEqual([]);
  });

  it('keep services apart', () => {
    const service = (path: string) => path.split('/')[1];
    expect(
      violations(({ path, internal }) =>
        top(path) === 'services'
          ? internal.filter((to) => top(to) === 'services' && service(to) !== service(path))
          : [],
      ),
    ).toEqual([]);
  });

  it('keep the engine free of the outside world', () => {
    expect(
      violations(({ path, text, external }) =>
        top(path) === 'engine'
          ? [
              ...external.filter(
                (name) => OUTSIDE_WORLD.test(name) && !new RegExp(`import type [^;]*['"]${name}['"]`).test(text),
              ),
              ...(/\bprocess\.env\b/.test(text) ? ['process.env'] : []),
            ]
          : [],
      ),
    ).toEqual([]);
  });

  it('compute what reaches pixels with functions that are the same in every JavaScript engine', () => {
    const inexact = /\bMath\.(?:a?(?:sin|cos|tan)h?|atan2|pow|exp|expm1|log|log10|log1p|cbrt|hypot)\(/g;
    expect(
      violations(({ path, text }) =>
        /^engine\/(render|animation)\//.test(path) ? [...text.matchAll(inexact)].map(([call]) => call) : [],
      ),
    ).toEqual([]);
  });

  it('have no import cycle', () => {
    expect(findCycle(new Map(sources.map(({ path, internal }) => [path, internal])))).toBeNull();
  });
});

describe('the house', () => {
  it('has no folder or file named utils, helpers, common or manager', () => {
    expect(
      sources
        .map(({ path }) => path)
        .filter((path) => /(^|\/)(utils?|helpers?|common|misc|managers?)(\/|\.ts$)/.test(path)),
    ).toEqual([]);
  });

  it('has the same file names in every service', () => {
    for (const name of ['gateway', 'auth', 'data', 'geometry', 'rendering']) {
      expect(sources.map(({ path }) => path)).toContain(`services/${name}/service.ts`);
    }
  });
});

/** Depth first; a file met again while it is still open closes a cycle. */
function findCycle(graph: Map<string, string[]>): string[] | null {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const visit = (path: string): string[] | null => {
    if (state.get(path) === 'done' || !graph.has(path)) return null;
    if (state.get(path) === 'open') return [...trail.slice(trail.indexOf(path)), path];
    state.set(path, 'open');
    trail.push(path);
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    trail.pop();
    state.set(path, 'done');
    return null;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path);
    if (cycle) return cycle;
  }
  return null;
}
