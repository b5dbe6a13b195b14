import type { ErrorItem } from '../errors/maquette-error.ts';
import { type RecipeGraph, SOURCE } from './recipe-graph.ts';
import { sourcesOf } from './recipe-plan.ts';

/** What of a graph has no order: names that stand for nothing, nodes that wait for themselves, nodes for nobody. */
export function graphProblems(graph: RecipeGraph): ErrorItem[] {
  return [...unknownNames(graph), ...cycles(graph), ...unusedNodes(graph)];
}

function unknownNames({ nodes, outputs }: RecipeGraph): ErrorItem[] {
  const isKnown = (name: string) => name === SOURCE || Object.hasOwn(nodes, name);
  const message = (name: string) => `There is no node \`${name}\`.`;
  return [
    ...Object.entries(nodes).flatMap(([name, node]) =>
      sourcesOf(node).flatMap((from, index) => {
        const pointer = `/nodes/${name}/from${node.type === 'merge' ? `/${index}` : ''}`;
        return isKnown(from) ? [] : [{ pointer, message: message(from) }];
      }),
    ),
    ...Object.entries(outputs).flatMap(([name, { node }]) =>
      isKnown(node) ? [] : [{ pointer: `/outputs/${name}`, message: message(node) }],
    ),
  ];
}

/** One finding for each cycle, at the node of it that stands first. */
function cycles({ nodes }: RecipeGraph): ErrorItem[] {
  const problems: ErrorItem[] = [];
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): void => {
    const again = way.indexOf(name);
    if (again >= 0) {
      const cycle = [...way.slice(again), name].map((each) => `\`${each}\``).join(' from ');
      problems.push({ pointer: `/nodes/${name}/from`, message: `The nodes wait for each other: ${cycle}.` });
      return;
    }
    if (done.has(name) || !Object.hasOwn(nodes, name)) return;
    for (const from of new Set(sourcesOf(nodes[name]!))) walk(from, [...way, name]);
    done.add(name);
  };
  for (const name of Object.keys(nodes)) walk(name, []);
  return problems;
}

/** Nodes that no output needs: mostly a name that was mistyped. */
function unusedNodes({ nodes, outputs }: RecipeGraph): ErrorItem[] {
  const used = new Set<string>();
  const open = Object.values(outputs).map(({ node }) => node);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name) || !Object.hasOwn(nodes, name)) continue;
    used.add(name);
    open.push(...sourcesOf(nodes[name]!));
  }
  return Object.keys(nodes).flatMap((name) =>
    used.has(name) ? [] : [{ pointer: `/nodes/${name}`, message: 'No output needs this node.' }],
  );
}
