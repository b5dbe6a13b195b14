import type { Document, Mesh, mat4 } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { buildMesh } from '../dae/build-mesh.ts';
import type { DaePolygons } from '../dae/read-polygons.ts';
import { toUtf8 } from '../decode-text.ts';
import { formatCount, modelMalformed, modelTooLarge } from '../errors.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { composeSteps, type StepKind } from '../geometry/transform-steps.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import type { TextureLibrary } from '../textures/texture-library.ts';
import { isVrml1 } from '../x3d/vrml-scanner.ts';
import { numbersOf, stringsOf, tupleOf, type WorldNode } from '../x3d/world-node.ts';
import { transformSteps } from '../x3d/world-transform.ts';
import { readCamera, readLight } from './cameras-and-lights.ts';
import { faceSet } from './face-set.ts';
import { lineSet, pointSet } from './lines-and-points.ts';
import { NodeNumbers } from './node-numbers.ts';
import { parseVrml1, type Vrml1World } from './parse-vrml1.ts';
import { type ShapeSource, shapeSource } from './shape-source.ts';
import { solidParts } from './solid-parts.ts';
import { Surfaces } from './surfaces.ts';
import { PROPERTIES, type Property, type TraversalState } from './traversal-state.ts';
import type { Vrml1Findings } from './world-findings.ts';

/** What a world is read with. */
export interface WorldSources {
  document: Document;
  main: ModelFile;
  files: ResourceFiles;
  limits: ModelLimits;
  findings: Vrml1Findings;
  textures: TextureLibrary;
}

const MAX_DEPTH = 300;
/** Worlds that consist of worlds that … */
const MAX_INLINES = 8;
/** Nodes of the file that are looked at for each node that a model may have: most only say something about shapes. */
const LOOKS_PER_NODE = 20;

/** Of no meaning for a model. */
const SILENT = new Set(['Info', 'FontStyle']);
const SOLIDS = new Set(['Cube', 'Sphere', 'Cone', 'Cylinder']);
const OF_SOLIDS = ['Material', 'MaterialBinding', 'ShapeHints', 'Texture2'] as const;
const SHAPES = new Set([...SOLIDS, 'IndexedFaceSet', 'IndexedLineSet', 'PointSet']);

/** Goes through a world, node by node, and makes a glTF node of every shape with what came before it. */
export class WorldReader {
  shapes = 0;
  /** The polygons of the world by their sides, each shape once. */
  readonly polygons = new PolygonCounts();
  private readonly sources: WorldSources;
  private readonly numbers = new NodeNumbers();
  private readonly surfaces: Surfaces;
  private readonly meshes = new Map<string, Mesh | null>();
  private readonly counted = new Set<number>();
  private readonly inlined = new Map<ModelFile, Vrml1World>();
  private lines: Vrml1World['lineOf'] = () => 1;
  private file: string;
  private inlines = 0;
  private looks = 0;
  private nodes = 0;
  private triangles = 0;

  constructor(sources: WorldSources) {
    this.sources = sources;
    this.file = sources.main.name;
    const { document, textures, limits, findings } = sources;
    this.surfaces = new Surfaces(document, textures, limits, this.numbers, (name) =>
      findings.add('missing_texture', name),
    );
  }

  /** Puts what a world shows below the node of a state. */
  world({ nodes, lineOf }: Vrml1World, state: TraversalState, depth = 0): void {
    const outside = this.lines;
    this.lines = lineOf;
    for (const node of nodes) this.node(node, state, depth);
    this.lines = outside;
  }

  private node(source: WorldNode, state: TraversalState, depth: number): void {
    const { limits, findings } = this.sources;
    if (depth > MAX_DEPTH)
      this.fail(source, `Nodes are nested more than ${MAX_DEPTH} deep.`, 'Flatten the groups of the world.');
    if (++this.looks > LOOKS_PER_NODE * limits.nodes) {
      const most = formatCount(LOOKS_PER_NODE * limits.nodes);
      throw modelTooLarge(this.file, `Nodes that are used again and again make more than ${most} of them.`, 'nodes');
    }
    const type = kindOf(source);
    const inner = (to: TraversalState) => {
      for (const child of shownOf(source, type)) this.node(child, to, depth + 1);
    };
    switch (type) {
      case 'Group':
      case 'Switch':
      case 'LOD':
        inner(state);
        break;
      case 'Separator':
      case 'WWWAnchor':
        this.apart(source, state, inner);
        break;
      case 'WWWInline':
        this.apart(source, state, (to) => this.inline(source, to, depth));
        break;
      case 'TransformSeparator': {
        const back = state.save();
        inner(state);
        back();
        break;
      }
      case 'Transform':
      case 'Translation':
      case 'Rotation':
      case 'Scale':
      case 'MatrixTransform':
        for (const step of stepsOf(source, type)) state.move(step);
        break;
      case 'Texture2Transform':
        state.moveTexture(source);
        break;
      case 'PerspectiveCamera':
      case 'OrthographicCamera':
        this.place(state, readCamera(this.sources.document, source));
        break;
      case 'DirectionalLight':
      case 'PointLight':
      case 'SpotLight':
        this.place(state, readLight(this.sources.document, source));
        break;
      case 'AsciiText':
        findings.add('unread_geometry', type);
        break;
      default:
        if (isProperty(type)) state.set(type, source);
        else if (SHAPES.has(type)) this.shape(source, type, state);
        else if (!SILENT.has(type)) findings.add('unread_node', type.slice(0, 100));
    }
  }

  /** A node of its own for what saves the state; none where it shows nothing. */
  private apart(source: WorldNode, state: TraversalState, inner: (to: TraversalState) => void): void {
    checkNodes(this.file, ++this.nodes, this.sources.limits);
    const node = this.sources.document.createNode(source.name.slice(0, 200));
    inner(state.inside(node));
    if (node.listChildren().length > 0) return;
    node.dispose();
    this.nodes--;
  }

  private place(state: TraversalState, placed: ReturnType<typeof readLight>): void {
    if (!placed) return;
    checkNodes(this.file, ++this.nodes, this.sources.limits);
    const back = state.save();
    state.move(placed.matrix);
    state.place(placed.node);
    back();
  }

  private inline(source: WorldNode, state: TraversalState, depth: number): void {
    const { files, main, findings } = this.sources;
    const [url = ''] = stringsOf(source, 'name');
    const found = url === '' ? null : files.resolve(url, main.name, this.file);
    const file = found?.kind === 'found' ? found.file : null;
    if (!file || this.inlines >= MAX_INLINES || !isVrml1(file)) {
      findings.add('missing_inline', url.slice(0, 200));
      return;
    }
    const world = this.inlined.get(file) ?? parseVrml1(toUtf8(file.bytes), file.name);
    this.inlined.set(file, world);
    this.inlines++;
    const outside = this.file;
    this.file = file.name;
    this.world(world, state, depth + 1);
    this.file = outside;
    this.inlines--;
  }

  private shape(node: WorldNode, type: string, state: TraversalState): void {
    const { document, limits } = this.sources;
    const { properties, texture } = state;
    // Solids have neither points nor normals nor texture coordinates of the nodes before them.
    const used = SOLIDS.has(type) ? OF_SOLIDS : PROPERTIES;
    const said = used.map((property) => this.numbers.of(properties[property]));
    const key = [this.numbers.of(node), ...said, ...(SOLIDS.has(type) ? [] : texture)].join();
    let mesh = this.meshes.get(key);
    if (mesh === undefined) {
      const fail = (message: string, remedy: string): never => this.fail(node, message, remedy);
      mesh = this.mesh(shapeSource({ ...node, type }, properties, texture, fail), this.numbers.of(node));
      this.meshes.set(key, mesh);
    }
    if (!mesh) return;
    checkNodes(this.file, ++this.nodes, limits);
    for (const primitive of mesh.listPrimitives()) {
      if (primitive.getMode() === 4) this.triangles += primitive.getIndices()!.getCount() / 3;
    }
    checkTriangles(this.file, this.triangles, limits);
    this.shapes++;
    state.place(document.createNode(mesh.getName()).setMesh(mesh));
  }

  private mesh(source: ShapeSource, number: number): Mesh | null {
    const { document, findings } = this.sources;
    const { node, properties } = source;
    const picture = this.surfaces.texture(properties.Texture2, source.fail);
    const isFaces = node.type === 'IndexedFaceSet';
    const parts = this.polygonsOf(source, picture !== null).filter(({ elements }) => elements.length > 0);
    if (picture && !isFaces && parts.some(({ mode }) => mode === 4)) findings.add('unmapped_texture', node.type);
    if (parts.length === 0) return null;
    if (isFaces && !this.counted.has(number)) for (const { counts } of parts) counts && this.polygons.addAll(counts);
    this.counted.add(number);
    const materialOf = (_: string, hasColors: boolean) =>
      this.surfaces.material(source, { texture: isFaces ? picture : null, hasColors });
    return buildMesh(document, (node.name || node.type).slice(0, 200), parts, materialOf, null).mesh;
  }

  private polygonsOf(source: ShapeSource, isTextured: boolean): DaePolygons[] {
    switch (source.node.type) {
      case 'IndexedFaceSet':
        return [faceSet(source, isTextured)];
      case 'IndexedLineSet':
        return [lineSet(source)];
      case 'PointSet':
        return [pointSet(source)];
      default:
        return solidParts(source) ?? [];
    }
  }

  private fail(node: WorldNode, message: string, remedy: string): never {
    throw modelMalformed(`${this.file}: line ${formatCount(this.lines(node))}`, message, remedy);
  }
}

/** The kind that a node counts as: its own, or that of VRML 1.0 which it says that it is (`isA`). */
function kindOf(node: WorldNode): string {
  if (!node.fields.has('isA')) return node.type;
  return stringsOf(node, 'isA').find((type) => SHAPES.has(type) || isProperty(type) || GROUPS.has(type)) ?? node.type;
}

const GROUPS = new Set(['Group', 'Separator', 'TransformSeparator', 'Switch', 'LOD', 'WWWAnchor']);

function isProperty(type: string): type is Property {
  return (PROPERTIES as readonly string[]).includes(type);
}

/** Of choices the chosen ones (-3: all of them), of levels of detail the finest. */
function shownOf(source: WorldNode, type: string): readonly WorldNode[] {
  if (type === 'LOD') return source.children.slice(0, 1);
  const [choice] = type === 'Switch' ? (tupleOf(source, 'whichChild', [-1]) as [number]) : [-3];
  return choice === -3 ? source.children : choice < 0 ? [] : source.children.slice(choice, choice + 1);
}

/** The parts of a transform, the outermost first. */
function stepsOf(source: WorldNode, type: string): mat4[] {
  const step = (kind: StepKind, values: number[]) => composeSteps([{ kind, values }]);
  const turn = (values: number[]) => step('rotate', [...values.slice(0, 3), (values[3]! * 180) / Math.PI]);
  switch (type) {
    case 'Translation':
      return [step('translate', tupleOf(source, 'translation', [0, 0, 0]))];
    case 'Rotation':
      return [turn(tupleOf(source, 'rotation', [0, 0, 1, 0]))];
    case 'Scale':
      return [step('scale', tupleOf(source, 'scaleFactor', [1, 1, 1]))];
    case 'MatrixTransform': {
      // Rows over row vectors are columns over columns.
      const values = numbersOf(source, 'matrix');
      return values.length === 16 && values.every(Number.isFinite) ? [[...values] as unknown as mat4] : [];
    }
    default:
      return transformSteps(source, new Map([['scale', tupleOf(source, 'scaleFactor', [1, 1, 1])]])).map((one) =>
        composeSteps([one]),
      );
  }
}
