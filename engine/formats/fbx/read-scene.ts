import { formatCount, modelMalformed } from '../errors.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { child, children, type FbxNode, type FbxTree, type FbxValue, numberAt, splitName, textAt } from './fbx-node.ts';
import type { FbxObject, FbxScene } from './fbx-scene.ts';
import { Properties } from './properties.ts';
import { upgradeLegacyTree } from './upgrade-legacy-tree.ts';

/** More connections than this on one object are not used by any exporter; scanning them would take quadratic time. */
const MAX_CONNECTIONS = 5_000_000;

/**
 * Makes the graph of objects of a node tree: objects with their properties and the templates of their class, connected
 * to each other. Files before 7.0 identify objects by name and keep geometry inside of models; files before 6.0 have
 * no connections at all. Both are brought into the later form.
 *
 * @throws MaquetteError `model_malformed` where the file has no objects
 */
export function readScene(tree: FbxTree, name: string, findings: FbxFindings): FbxScene {
  const header = tree.nodes.find((node) => node.name === 'FBXHeaderExtension');
  const version = Math.max(tree.version, numberAt(child(header, 'FBXVersion'), 0) ?? 0);
  const hasObjects = tree.nodes.some((node) => node.name === 'Objects');
  const nodes = hasObjects ? tree.nodes : upgradeLegacyTree(tree.nodes, version);
  const section = (title: string): FbxNode[] => nodes.filter((node) => node.name === title);
  const objectNodes = section('Objects').flatMap((node) => node.children);
  if (objectNodes.length === 0) {
    throw modelMalformed(name, 'The FBX file has no objects (no "Objects" section, or an empty one).');
  }
  const builder = new GraphBuilder(readTemplates(section('Definitions')), findings);
  for (const node of objectNodes) builder.addObject(node);
  for (const connections of section('Connections')) {
    for (const node of connections.children) builder.connect(node);
  }
  if (builder.connections > MAX_CONNECTIONS) {
    throw modelMalformed(name, `The file has ${formatCount(builder.connections)} connections.`);
  }
  builder.moveInlineGeometry();
  for (const object of builder.objects) {
    // Characters only name the bones of a body.
    if (object.kind === 'Constraint' && object.subtype !== 'Character') {
      findings.add('constraint', `${object.subtype || 'constraint'} "${object.name}"`);
    }
  }
  const settings =
    section('GlobalSettings')[0] ?? objectNodes.find((node) => node.name === 'GlobalSettings') ?? undefined;
  return {
    version,
    creator: textAt(child(header, 'Creator'), 0) || textAt(section('Creator')[0], 0) || null,
    application: applicationOf(child(header, 'SceneInfo') ?? objectNodes.find((node) => node.name === 'SceneInfo')),
    settings: new Properties(settings),
    objects: builder.objects,
    takes: section('Takes')[0] ?? null,
  };
}

/** `3ds Max 2018`: the program that the file comes from, as opposed to the library that wrote it. */
function applicationOf(info: FbxNode | undefined): string | null {
  const properties = new Properties(info);
  const name = properties.text('Original|ApplicationName') ?? properties.text('LastSaved|ApplicationName') ?? '';
  const version = properties.text('Original|ApplicationVersion') ?? '';
  return name === '' ? null : version === '' || name.includes(version) ? name : `${name} ${version}`;
}

/** The defaults of each class of objects. */
function readTemplates(definitions: readonly FbxNode[]): Map<string, Properties> {
  const templates = new Map<string, Properties>();
  for (const type of definitions.flatMap((node) => children(node, 'ObjectType'))) {
    const template = child(type, 'PropertyTemplate');
    if (template) templates.set(textAt(type, 0), new Properties(template));
  }
  return templates;
}

class GraphBuilder {
  readonly objects: FbxObject[] = [];
  connections = 0;
  private readonly byId = new Map<string, FbxObject>();
  private readonly templates: Map<string, Properties>;
  private readonly findings: FbxFindings;

  constructor(templates: Map<string, Properties>, findings: FbxFindings) {
    this.templates = templates;
    this.findings = findings;
  }

  addObject(node: FbxNode): void {
    const named = typeof node.values[0] === 'string';
    const fullName = textAt(node, named ? 0 : 1);
    if (node.values.length === 0 || node.name === 'GlobalSettings') return;
    const id = idOf(node.values[0]);
    if (id === null) return;
    if (this.byId.has(id)) {
      this.findings.add('duplicate_id', `${node.name} "${splitName(fullName).name}" (${node.place})`);
      return;
    }
    this.add({
      id,
      kind: node.name,
      subtype: textAt(node, named ? 1 : 2),
      // What stands behind this character only makes names of legacy materials unique.
      name: splitName(fullName).name.split('\u0002')[0]!,
      node,
      properties: new Properties(node, this.templates.get(node.name)),
      children: [],
      parents: [],
    });
  }

  /** `C: "OO", child, parent` or `C: "OP", child, parent, property`; `Connect` before 7.0. */
  connect(node: FbxNode): void {
    if (node.name !== 'C' && node.name !== 'Connect') return;
    const type = textAt(node, 0);
    const from = this.byId.get(idOf(node.values[1]) ?? '');
    const to = this.byId.get(idOf(node.values[2]) ?? '');
    if (!from || !to || from === to || (type !== 'OO' && type !== 'OP')) return;
    this.link(from, to, type === 'OP' ? textAt(node, 3) : null);
  }

  /** Before 7.0 a model holds its geometry; it becomes an object of its own, with the deformers below it. */
  moveInlineGeometry(): void {
    for (const model of [...this.objects]) {
      if (model.kind !== 'Model' || !child(model.node, 'Vertices')) continue;
      const geometry: FbxObject = {
        id: `${model.id}\0Geometry`,
        kind: 'Geometry',
        subtype: 'Mesh',
        name: model.name,
        node: model.node,
        properties: model.properties,
        children: [],
        parents: [],
      };
      this.add(geometry);
      this.link(geometry, model, null);
      for (const link of model.children.filter(({ object }) => object.kind === 'Deformer')) {
        this.link(link.object, geometry, null);
      }
      model.children = model.children.filter(({ object }) => object.kind !== 'Deformer');
    }
  }

  private add(object: FbxObject): void {
    this.byId.set(object.id, object);
    this.objects.push(object);
  }

  private link(from: FbxObject, to: FbxObject, property: string | null): void {
    this.connections++;
    to.children.push({ object: from, property });
    from.parents.push({ object: to, property });
  }
}

/** Numbers and names as one kind of key; name and class are brought into one order. */
function idOf(value: FbxValue | undefined): string | null {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string' || value === '') return null;
  const { name, type } = splitName(value);
  return `${type}::${name}`;
}
