import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelMalformed } from '../errors.ts';
import { child, parseXmlTree, type XmlElement } from '../xml/xml-tree.ts';
import type { WorldNode } from './world-node.ts';

/** Parses X3D in XML (ISO/IEC 19776-1). A `USE` is the very node of its `DEF`. */
export function parseX3d(
  bytes: Uint8Array,
  name: string,
  limits: ModelLimits,
): { nodes: WorldNode[]; generator: string | null } {
  const root = parseXmlTree(bytes, name, limits);
  const scene = child(root, 'Scene') ?? child(root, 'scene');
  if (root.name !== 'X3D' || !scene) throw modelMalformed(name, 'The file has no <X3D> with a <Scene>.');
  const named = new Map<string, WorldNode>();
  const meta = child(root, 'head')?.children.find((element) => element.attributes.get('name') === 'generator');
  return {
    nodes: scene.children.map((element) => convert(element, named)).filter((node) => node !== null),
    generator: meta?.attributes.get('content')?.slice(0, 200) ?? null,
  };
}

function convert(element: XmlElement, named: Map<string, WorldNode>): WorldNode | null {
  const use = element.attributes.get('USE');
  if (use !== undefined) return named.get(use) ?? null;
  const encoder = new TextEncoder();
  const fields = new Map([...element.attributes].map(([key, value]) => [key, encoder.encode(value)]));
  const node: WorldNode = { type: element.name, name: element.attributes.get('DEF') ?? '', fields, children: [] };
  node.children = element.children.map((inner) => convert(inner, named)).filter((inner) => inner !== null);
  // Only now: a node that uses itself would have no end.
  if (node.name) named.set(node.name, node);
  return node;
}
