import {
  arrayOf,
  child,
  children,
  type FbxNode,
  type FbxValue,
  floatsOf,
  integersOf,
  numberAt,
  textAt,
} from './fbx-node.ts';

/**
 * Brings a file before FBX 6.0 into the form of 6.x. Such files have a `Model` node for each object at the top, with
 * geometry, materials and skin (`Link`) inside of it, children as a list of names, and the rest pose in the channels
 * of the model or of the takes.
 */
export function upgradeLegacyTree(nodes: readonly FbxNode[], version: number): FbxNode[] {
  const models = nodes.filter((node) => node.name === 'Model');
  if (models.length === 0) return [...nodes];
  const upgrade = new LegacyUpgrade(takeChannels(nodes), version);
  for (const model of models) upgrade.model(model);
  return [
    ...nodes.filter((node) => node.name !== 'Model'),
    make('Objects', [], upgrade.objects),
    make('Connections', [], upgrade.connections),
  ];
}

/** The `Transform` channel of each model in the first take that has one. */
function takeChannels(nodes: readonly FbxNode[]): Map<string, FbxNode> {
  const channels = new Map<string, FbxNode>();
  for (const take of nodes.filter((node) => node.name === 'Takes').flatMap((node) => children(node, 'Take'))) {
    for (const model of children(take, 'Model')) {
      const transform = channel(model, 'Transform');
      const name = textAt(model, 0);
      if (transform && !channels.has(name)) channels.set(name, transform);
    }
  }
  return channels;
}

class LegacyUpgrade {
  readonly objects: FbxNode[] = [];
  readonly connections: FbxNode[] = [];
  private readonly takes: Map<string, FbxNode>;
  private readonly version: number;
  private serial = 0;

  constructor(takes: Map<string, FbxNode>, version: number) {
    this.takes = takes;
    this.version = version;
  }

  model(model: FbxNode): void {
    const name = textAt(model, 0);
    const hasMesh = child(model, 'Vertices') !== undefined && child(model, 'PolygonVertexIndex') !== undefined;
    const type = textAt(child(model, 'Type'), 0);
    const subtype = child(model, 'LightType')
      ? 'Light'
      : child(model, 'CameraAperture') || child(model, 'FocalLength')
        ? 'Camera'
        : hasMesh
          ? 'Mesh'
          : type || 'Null';
    const properties = make('Properties60', [], this.properties(model, name));
    const kept = hasMesh ? meshNodes(model, this.version) : [];
    this.objects.push(make('Model', [name, subtype], [properties, ...kept], model.place));
    for (const material of children(model, 'Material')) this.material(material, name);
    const links = children(model, 'Link');
    if (links.length > 0) this.skin(links, name);
    for (const value of child(model, 'Children')?.values ?? []) {
      if (typeof value === 'string') this.connect(value, name);
    }
  }

  private properties(model: FbxNode, name: string): FbxNode[] {
    const own = channel(model, 'Transform');
    const take = this.takes.get(name);
    const out: FbxNode[] = [];
    for (const [letter, title] of [
      ['T', 'Lcl Translation'],
      ['R', 'Lcl Rotation'],
      ['S', 'Lcl Scaling'],
    ] as const) {
      const values = defaults(channel(own, letter)) ?? defaults(channel(take, letter));
      if (values) out.push(property(title, title, values));
    }
    const visibility = numberAt(child(channel(model, 'Visibility'), 'Default'), 0);
    if (visibility !== undefined) out.push(property('Visibility', 'Visibility', [visibility]));
    for (const [from, to, type] of [
      ['LightType', 'LightType', 'enum'],
      ['Color', 'Color', 'ColorRGB'],
      ['Intensity', 'Intensity', 'double'],
      ['ConeAngle', 'OuterAngle', 'double'],
      ['HotSpot', 'InnerAngle', 'double'],
      ['FocalLength', 'FocalLength', 'double'],
      ['Aperture', 'FieldOfView', 'double'],
      ['AspectW', 'AspectWidth', 'double'],
      ['AspectH', 'AspectHeight', 'double'],
      ['NearPlane', 'NearPlane', 'double'],
      ['FarPlane', 'FarPlane', 'double'],
    ] as const) {
      const node = child(model, from);
      if (node) out.push(property(to, type, [...floatsOf(node)]));
    }
    return out;
  }

  private material(node: FbxNode, model: string): void {
    const id = `Material::${textAt(node, 0)
      .split('\0')[0]!
      .replace(/^Material::/, '')}`;
    const unique = `${id}\u0002${this.serial++}`;
    const properties: FbxNode[] = [];
    for (const [from, to, type] of [
      ['Ambient', 'AmbientColor', 'ColorRGB'],
      ['Diffuse', 'DiffuseColor', 'ColorRGB'],
      ['Specular', 'SpecularColor', 'ColorRGB'],
      ['Emissive', 'EmissiveColor', 'ColorRGB'],
      ['Shininess', 'ShininessExponent', 'double'],
      ['Alpha', 'Opacity', 'double'],
    ] as const) {
      const values = floatsOf(child(node, from));
      if (values.length > 0) properties.push(property(to, type, [...values]));
    }
    const shading = child(node, 'ShadingModel') ?? make('ShadingModel', ['phong']);
    this.objects.push(make('Material', [unique, ''], [shading, make('Properties60', [], properties)], node.place));
    this.connect(unique, model);
  }

  /** `Link` nodes are the clusters of a skin: `Link: "Model::bone" { Indexes, Weights, Transform, TransformLink }`. */
  private skin(links: readonly FbxNode[], model: string): void {
    const skin = `Deformer::Skin ${this.serial++}`;
    this.objects.push(make('Deformer', [skin, 'Skin']));
    this.connect(skin, model);
    for (const link of links) {
      const cluster = `SubDeformer::Cluster ${this.serial++}`;
      this.objects.push(make('Deformer', [cluster, 'Cluster'], link.children, link.place));
      this.connect(cluster, skin);
      this.connect(textAt(link, 0), cluster);
    }
  }

  private connect(from: string, to: string): void {
    this.connections.push(make('Connect', ['OO', from, to]));
  }
}

/** Geometry with its normals, texture coordinates and materials as layer elements. */
function meshNodes(model: FbxNode, version: number): FbxNode[] {
  const vertices = child(model, 'Vertices')!;
  const indices = integersOf(child(model, 'PolygonVertexIndex'));
  // Some writers left the mark of the last polygon's end away.
  if (indices.length > 0 && indices.at(-1)! >= 0) indices[indices.length - 1] = ~indices.at(-1)!;
  const corners = indices.length;
  const positions = Math.floor(floatsOf(vertices).length / 3);
  const out = [vertices, make('PolygonVertexIndex', [arrayOf(indices)])];
  const normals = floatsOf(child(model, 'Normals'));
  const normalCount = Math.floor(normals.length / 3);
  const perVertex = normalCount === positions && (normalCount !== corners || version <= 5000);
  if (normalCount > 0 && (perVertex || normalCount === corners)) {
    const mapping = perVertex ? 'ByVertice' : 'ByPolygonVertex';
    out.push(layer('LayerElementNormal', mapping, 'Direct', [make('Normals', [arrayOf(normals)])]));
  }
  const uvInfo = child(model, 'GeometryUVInfo');
  const uvs = floatsOf(child(uvInfo, 'TextureUV'));
  const uvIndex = integersOf(child(uvInfo, 'TextureUVVerticeIndex'));
  const uvNode = make('UV', [arrayOf(uvs)]);
  if (uvs.length > 0 && uvIndex.length === corners) {
    const index = make('UVIndex', [arrayOf(uvIndex)]);
    out.push(layer('LayerElementUV', 'ByPolygonVertex', 'IndexToDirect', [uvNode, index]));
  } else if (uvs.length === corners * 2) {
    out.push(layer('LayerElementUV', 'ByPolygonVertex', 'Direct', [uvNode]));
  } else if (uvs.length === positions * 2) {
    out.push(layer('LayerElementUV', 'ByVertice', 'Direct', [uvNode]));
  }
  const materials = child(model, 'Materials');
  if (materials) {
    const mapping = textAt(child(model, 'MaterialAssignation'), 0) === 'ByPolygon' ? 'ByPolygon' : 'AllSame';
    out.push(layer('LayerElementMaterial', mapping, 'IndexToDirect', [materials]));
  }
  out.push(...children(model, 'Shape'));
  return out;
}

function layer(name: string, mapping: string, reference: string, data: FbxNode[]): FbxNode {
  return make(
    name,
    [0],
    [make('MappingInformationType', [mapping]), make('ReferenceInformationType', [reference]), ...data],
  );
}

/** The `Default` values of the X, Y and Z channels below a channel. */
function defaults(node: FbxNode | undefined): [number, number, number] | null {
  const values = ['X', 'Y', 'Z'].map((axis) => numberAt(child(channel(node, axis), 'Default'), 0));
  if (values.every((value) => value === undefined)) return null;
  return [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
}

function channel(node: FbxNode | undefined, name: string): FbxNode | undefined {
  return children(node, 'Channel').find((candidate) => textAt(candidate, 0) === name);
}

function property(name: string, type: string, values: number[]): FbxNode {
  return make('Property', [name, type, '', ...values]);
}

function make(name: string, values: FbxValue[] = [], nodes: FbxNode[] = [], place = ''): FbxNode {
  return { name, values, children: nodes, place };
}
