import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import { child, parseXmlTree, type XmlElement } from '../xml/xml-tree.ts';
import type { Route, World, WorldNode } from './world-node.ts';

/** Parses X3D in XML (ISO/IEC 19776-1). A `USE` is the very node of its `DEF`. */
export function parseX3d(bytes: Uint8Array, name: string, limits: ModelLimits): World {
  const root = parseXmlTree(bytes, name, limits);
  const scene = child(root, 'Scene') ?? child(root, 'scene');
  if (root.name !== 'X3D' || !scene) throw modelMalformed(name, 'The file has no <X3D> with a <Scene>.');
  const named = new Map<string, WorldNode>();
  const routes: Route[] = [];
  const meta = child(root, 'head')?.children.find((element) => element.attributes.get('name') === 'generator');
  return {
    nodes: scene.children.map((element) => convert(element, named, routes)).filter((node) => node !== null),
    named,
    routes,
    generator: meta?.attributes.get('content')?.slice(0, 200) ?? null,
  };
}

function convert(element: XmlElement, named: Map<string, WorldNode>, routes: Route[]): WorldNode | null {
  if (element.name === 'ROUTE') {
    const [from, fromField, to, toField] = ['fromNode', 'fromField', 'toNode', 'toField'].map(
      (key) => element.attributes.get(key) ?? '',
    ) as [string, string, string, string];
    routes.push({ from, fromField, to, toField });
    return null;
  }
  if (element.name === 'ProtoDeclare' || element.name === 'ExternProtoDeclare') return null;
  const use = element.attributes.get('USE');
  if (use !== undefined) return named.get(use) ?? null;
  const encoder = new TextEncoder();
  const fields = new Map([...element.attributes].map(([key, value]) => [key, encoder.encode(value)]));
  const node: WorldNode = { type: element.name, name: element.attributes.get('DEF') ?? '', fields, children: [] };
  if (element.name === 'ProtoInstance') node.isPrototype = true;
  node.children = element.children.map((inner) => convert(inner, named, routes)).filter((inner) => inner !== null);
  // Only now: a node that uses itself would have no end.
  if (node.name) named.set(node.name, node);
  return node;
}
