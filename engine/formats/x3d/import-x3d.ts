import { Document, type Material, type Mesh, type Node } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections } from '../corrections.ts';
import { buildMesh } from '../dae/build-mesh.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelEmpty, modelMalformed } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial, srgbToLinear } from '../geometry/color.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { parseVrml } from './parse-vrml.ts';
import { parseX3d } from './parse-x3d.ts';
import { readShape } from './read-shape.ts';
import { addWorldAnimations } from './world-animations.ts';
import { booleanOf, childOf, stringsOf, tupleOf, type World, type WorldNode } from './world-node.ts';
import { transformOf } from './world-transform.ts';

const KINDS = {
  missing_texture: [
    'warning',
    'textures were not given or cannot be read',
    'Upload the textures as PNG or JPEG together with the model, as several files or as one zip archive.',
  ],
  unread_geometry: [
    'warning',
    'shapes are of a kind that is not read',
    'Convert texts and curves to meshes before the export.',
  ],
  unread_animation: [
    'warning',
    'interpolators move something else than transforms, or nothing',
    'Export the model as FBX or glTF to keep its animation.',
  ],
  unread_node: [
    'warning',
    'nodes are instances of prototypes, which are not read',
    'Export the world without prototypes.',
  ],
  missing_inline: [
    'warning',
    'parts of the world (Inline) were not given or cannot be read',
    'Upload the files that the world consists of together, as several files or as one zip archive.',
  ],
} as const satisfies Record<string, FindingKind>;

const GROUPS = new Set([
  'Transform',
  'Group',
  'StaticGroup',
  'Anchor',
  'Collision',
  'Billboard',
  'Switch',
  'LOD',
  'Inline',
  'Scene',
]);

const MAX_DEPTH = 300;

/**
 * Reads X3D (XML) and VRML97: sets of faces, lines and points, grids of heights, extrusions, boxes, spheres, cones,
 * cylinders, materials, textures, transforms and their animation, nodes used several times, worlds in other files
 * (`Inline`). Metres and +Y up, as in glTF.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export async function importX3d(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const world = parseWorld(main, limits);
  progress(0.5);
  const document = new Document();
  const findings = new Findings(main.name, KINDS);
  const textures = new TextureLibrary(document, files, main, limits, () => undefined);
  const builder = new WorldBuilder(document, main, files, limits, findings, textures);
  const scene = document.createScene(main.name);
  document.getRoot().setDefaultScene(scene);
  for (const node of builder.world(world, 0)) scene.addChild(node);
  if (builder.shapes === 0)
    throw modelEmpty(main.name, `The ${main.bytes[0] === HASH ? 'VRML' : 'X3D'} file has no shapes that can be drawn.`);
  return {
    document,
    corrections: new Corrections().list(),
    generator: world.generator,
    findings: findings.report(),
    polygons: builder.polygons.report(),
  };
}

const HASH = 0x23;

function parseWorld(file: ModelFile, limits: ModelLimits): World {
  const bytes = toUtf8(file.bytes);
  return bytes[0] === HASH ? parseVrml(bytes, file.name) : parseX3d(bytes, file.name, limits);
}

/** Worlds that consist of worlds that … */
const MAX_INLINES = 8;

class WorldBuilder {
  shapes = 0;
  /** The polygons of the world by their sides. */
  readonly polygons = new PolygonCounts();
  private readonly counted = new Set<WorldNode>();
  private readonly files: ResourceFiles;
  private readonly main: ModelFile;
  private readonly made = new Map<WorldNode, Node[]>();
  private readonly inlined = new Map<ModelFile, World>();
  private inlines = 0;
  private readonly document: Document;
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly findings: Findings<keyof typeof KINDS>;
  private readonly textures: TextureLibrary;
  private readonly meshes = new Map<WorldNode, Mesh | null>();
  private nodes = 0;
  private triangles = 0;

  constructor(
    document: Document,
    main: ModelFile,
    files: ResourceFiles,
    limits: ModelLimits,
    findings: Findings<keyof typeof KINDS>,
    textures: TextureLibrary,
  ) {
    this.document = document;
    this.main = main;
    this.files = files;
    this.name = main.name;
    this.limits = limits;
    this.findings = findings;
    this.textures = textures;
  }

  /** The nodes of a world, with its animations. */
  world(world: World, depth: number): Node[] {
    const nodes = world.nodes.map((node) => this.node(node, depth)).filter((node) => node !== null);
    for (const node of addWorldAnimations(this.document, world.named, world.routes, this.made, this.name))
      this.findings.add('unread_animation', node.name || node.type);
    this.made.clear();
    return nodes;
  }

  /** The first of several addresses that is among the files. */
  private inline(source: WorldNode, node: Node, depth: number): void {
    const urls = stringsOf(source, 'url');
    const file = urls
      .map((url) => this.files.resolve(url, this.main.name, this.name))
      .find((found) => found.kind === 'found')?.file;
    if (!file || this.inlines >= MAX_INLINES) {
      this.findings.add('missing_inline', (urls[0] ?? '').slice(0, 200));
      return;
    }
    const world = this.inlined.get(file) ?? parseWorld(file, this.limits);
    this.inlined.set(file, world);
    this.inlines++;
    const outside = new Map(this.made);
    for (const inner of this.world(world, depth + 1)) node.addChild(inner);
    for (const [key, nodes] of outside) this.made.set(key, nodes);
    this.inlines--;
  }

  node(source: WorldNode, depth: number): Node | null {
    if (depth > MAX_DEPTH) throw modelMalformed(this.name, `Nodes are nested more than ${MAX_DEPTH} deep.`);
    if (source.type === 'Shape') return this.shape(source);
    if (source.isPrototype) this.findings.add('unread_node', source.name || source.type);
    if (!GROUPS.has(source.type)) return null;
    checkNodes(this.name, ++this.nodes, this.limits);
    const node = this.document.createNode(source.name.slice(0, 200));
    if (source.type === 'Transform') setNodeMatrix(node, transformOf(source));
    this.made.set(source, [...(this.made.get(source) ?? []), node]);
    if (source.type === 'Inline') this.inline(source, node, depth);
    // Of variants and levels of detail one is shown: the chosen or the finest.
    const variants = source.children.filter(({ type }) => GROUPS.has(type) || type === 'Shape');
    const [choice] = tupleOf(source, 'whichChoice', [-1]);
    const shown =
      source.type === 'LOD'
        ? variants.slice(0, 1)
        : source.type === 'Switch'
          ? variants.slice(choice! < 0 ? variants.length : choice, choice! + 1)
          : source.children;
    for (const inner of shown) {
      const made = this.node(inner, depth + 1);
      if (made) node.addChild(made);
    }
    return node;
  }

  private shape(source: WorldNode): Node | null {
    let mesh = this.meshes.get(source);
    if (mesh === undefined) {
      mesh = this.mesh(source);
      this.meshes.set(source, mesh);
    }
    if (!mesh) return null;
    checkNodes(this.name, ++this.nodes, this.limits);
    for (const primitive of mesh.listPrimitives()) this.triangles += primitive.getIndices()!.getCount() / 3;
    checkTriangles(this.name, this.triangles, this.limits);
    this.shapes++;
    return this.document.createNode(mesh.getName()).setMesh(mesh);
  }

  private mesh(source: WorldNode): Mesh | null {
    const appearance = childOf(source, 'Appearance');
    const geometry = source.children.find(({ type }) => type !== 'Appearance' && !type.startsWith('Metadata'));
    if (!geometry) return null;
    const polygons = readShape(geometry, this.name);
    if (!polygons) {
      this.findings.add('unread_geometry', geometry.type);
      return null;
    }
    if (polygons.elements.length === 0) return null;
    // Shapes may share their geometry.
    if (polygons.counts && !this.counted.has(geometry)) this.polygons.addAll(polygons.counts);
    this.counted.add(geometry);
    const name = geometry.name || source.name || geometry.type;
    const materialOf = (_: string, hasColors: boolean): Material =>
      this.material(appearance, booleanOf(geometry, 'solid', true), hasColors);
    return buildMesh(this.document, name.slice(0, 200), [polygons], materialOf, null).mesh;
  }

  private material(appearance: WorldNode | undefined, isSolid: boolean, hasColors: boolean): Material {
    const source = childOf(appearance, 'Material');
    const image = childOf(appearance, 'ImageTexture');
    const material = createPlainMaterial(this.document, hasColors).setDoubleSided(!isSolid);
    const alpha = 1 - Math.min(1, Math.max(0, tupleOf(source, 'transparency', [0])[0]!));
    if (source) {
      const [r, g, b] = hasColors ? [1, 1, 1] : tupleOf(source, 'diffuseColor', [0.8, 0.8, 0.8]).map(srgbToLinear);
      const [er, eg, eb] = tupleOf(source, 'emissiveColor', [0, 0, 0]).map(srgbToLinear);
      const shininess = Math.min(1, Math.max(0, tupleOf(source, 'shininess', [0.2])[0]!));
      material
        .setName(source.name || 'Material')
        .setBaseColorFactor([r!, g!, b!, alpha])
        .setEmissiveFactor([er!, eg!, eb!]);
      material.setAlphaMode(alpha < 1 ? 'BLEND' : 'OPAQUE').setRoughnessFactor((2 / (shininess * 128 + 2)) ** 0.25);
    }
    if (!image) return material;
    const urls = stringsOf(image, 'url');
    // The first of several addresses that can be had.
    const texture = urls.map((url) => this.textures.find(url)).find((found) => found !== null);
    if (texture) material.setBaseColorTexture(texture).setBaseColorFactor([1, 1, 1, alpha]);
    else if (urls.length > 0) this.findings.add('missing_texture', urls[0]!.slice(0, 200));
    return material;
  }
}
