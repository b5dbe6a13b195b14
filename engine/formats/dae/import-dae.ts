import { Document, type Mesh, type Node, type Scene, type Skin } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections, plural } from '../corrections.ts';
import { toUtf8 } from '../decode-text.ts';
import { modelEmpty } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { Z_UP_ROTATION } from '../geometry/axes.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { composeSteps } from '../geometry/transform-steps.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { child, childrenOf, descend, parseXmlTree, textOf, type XmlElement } from '../xml/xml-tree.ts';
import { bakeAnimations } from './bake-animations.ts';
import { buildMesh } from './build-mesh.ts';
import { addCamera, addLight } from './cameras-and-lights.ts';
import { DaeFile } from './dae-file.ts';
import { DaeMaterials } from './materials.ts';
import { readExtras } from './read-extras.ts';
import { type DaeMorph, readMorph } from './read-morph.ts';
import { type DaePolygons, readPolygons } from './read-polygons.ts';
import { type DaeSkin, readSkin } from './read-skin.ts';
import { readTransform, type TransformStep } from './read-transform.ts';

const KINDS = {
  missing_texture: [
    'warning',
    'textures were not given',
    'Upload the textures together with the model, as several files or as one zip archive.',
  ],
  unsupported_texture: [
    'warning',
    'textures are in a format that glTF does not hold',
    'Convert these textures to PNG or JPEG.',
  ],
  missing_reference: ['warning', 'references lead to nothing in this file', 'Export the model again as one file.'],
  ambient_light: ['info', 'ambient lights were left out', 'Nothing needs doing: glTF has no place for them.'],
  missing_joint: [
    'warning',
    'joints of a skin do not exist in the scene',
    'Export the skeleton together with the mesh.',
  ],
  skewed_transform: [
    'warning',
    'transforms are skewed, which a glTF node cannot be',
    'Apply the transforms before the export.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Instances of nodes of instances of nodes: deeper than any real scene. */
const MAX_DEPTH = 200;

/**
 * Reads COLLADA 1.4 and 1.5: triangles, polygons, strips, fans and lines, materials of the common profile, the tree of
 * nodes with instances, skins, morph targets, animations and their clips, cameras, lights, custom properties. Units become metres and +Y up.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export async function importDae(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const root = parseXmlTree(toUtf8(main.bytes), main.name, limits, portionOf(progress, 0, 0.5));
  return new DaeBuilder(new DaeFile(root, main.name), main, files, limits).build(portionOf(progress, 0.5, 1));
}

class DaeBuilder {
  private readonly file: DaeFile;
  private readonly main: ModelFile;
  private readonly limits: ModelLimits;
  private readonly document = new Document();
  private readonly corrections = new Corrections();
  private readonly findings: Findings<keyof typeof KINDS>;
  private readonly materials: DaeMaterials;
  private readonly polygons = new Map<XmlElement, DaePolygons[]>();
  private readonly meshes = new Map<string, Mesh>();
  private readonly elementNumbers = new Map<XmlElement, number>();
  private readonly byId = new Map<string, { node: Node; steps: TransformStep[] }>();
  private readonly bySid = new Map<string, Node>();
  private readonly skinned: { node: Node; skin: DaeSkin }[] = [];
  private readonly morphed: { ids: string[]; node: Node; weights: number[] }[] = [];
  private readonly counts = new PolygonCounts();
  private metres = 1;
  private nodes = 0;
  private triangles = 0;

  constructor(file: DaeFile, main: ModelFile, files: ResourceFiles, limits: ModelLimits) {
    this.file = file;
    this.main = main;
    this.limits = limits;
    this.findings = new Findings(main.name, KINDS);
    const textures = new TextureLibrary(this.document, files, main, limits, (problem, reference) =>
      this.findings.add(problem === 'unreadable' ? 'unsupported_texture' : 'missing_texture', reference.slice(0, 200)),
    );
    this.materials = new DaeMaterials(this.document, file, textures);
  }

  build(progress: ImportProgress): ImportedModel {
    const { document, file, corrections } = this;
    const url = descend(file.root, 'scene', 'instance_visual_scene')?.attributes.get('url');
    const source = file.follow(url) ?? childrenOf(child(file.root, 'library_visual_scenes'), 'visual_scene')[0] ?? null;
    if (file.root.name !== 'COLLADA') file.fail(file.root, 'The root element is not <COLLADA>.');
    if (!source) throw modelEmpty(this.main.name, 'The COLLADA file has no scene.');
    const scene = document.createScene(source.attributes.get('name') ?? source.attributes.get('id') ?? this.main.name);
    document.getRoot().setDefaultScene(scene);
    const top = this.createTop(scene);
    const roots = childrenOf(source, 'node');
    for (const [index, node] of roots.entries()) {
      progress(index / roots.length);
      top.addChild(this.node(node, []));
    }
    for (const { node, skin } of this.skinned) this.attachSkin(node, skin);
    this.joinSkeletons(scene);
    bakeAnimations(
      document,
      file,
      {
        find: (id) => this.byId.get(id) ?? null,
        findMorphs: (id) => this.morphed.filter(({ ids }) => ids.includes(id)),
      },
      corrections,
    );
    const contributor = descend(file.root, 'asset', 'contributor', 'authoring_tool');
    return {
      document,
      corrections: corrections.list(),
      generator: textOf(contributor).slice(0, 200) || null,
      findings: this.findings.report(),
      polygons: this.counts.report(),
    };
  }

  /** A node that turns and scales everything, or the scene itself where nothing is to be done. */
  private createTop(scene: Scene): Scene | Node {
    const asset = child(this.file.root, 'asset');
    const metres = Number(child(asset, 'unit')?.attributes.get('meter') ?? 1);
    const up = textOf(child(asset, 'up_axis')) || 'Y_UP';
    const scale = metres > 0 && Number.isFinite(metres) ? metres : 1;
    this.metres = scale;
    if (scale === 1 && up === 'Y_UP') return scene;
    const top = this.document.createNode('COLLADA').setScale([scale, scale, scale]);
    if (up === 'Z_UP') top.setRotation(Z_UP_ROTATION);
    else if (up === 'X_UP') top.setRotation([0, 0, Math.SQRT1_2, Math.SQRT1_2]);
    if (scale !== 1)
      this.corrections.add(
        'units_to_metres',
        1,
        () => `The unit of ${scale} metres was converted to metres (× ${scale}).`,
      );
    if (up !== 'Y_UP')
      this.corrections.add('up_axis', 1, () => `+${up[0]} is up in the file: the model was turned so that +Y is.`);
    scene.addChild(top);
    return top;
  }

  /** The joints of a skin must have one node above them all (glTF 2.0, section 3.7.3.2); a scene is none. */
  private joinSkeletons(scene: Scene): void {
    const rootOf = (joint: Node): Node => {
      let at = joint;
      for (let above = at.getParentNode(); above; above = at.getParentNode()) at = above;
      return at;
    };
    const isLoose = (skin: Skin): boolean => new Set(skin.listJoints().map(rootOf)).size > 1;
    if (!this.document.getRoot().listSkins().some(isLoose)) return;
    const top = this.document.createNode('COLLADA');
    for (const node of scene.listChildren()) top.addChild(node);
    scene.addChild(top);
  }

  private node(element: XmlElement, above: XmlElement[]): Node {
    if (above.includes(element)) this.file.fail(element, 'The node contains itself.');
    if (above.length > MAX_DEPTH) this.file.fail(element, `Nodes are nested more than ${MAX_DEPTH} deep.`);
    checkNodes(this.main.name, ++this.nodes, this.limits);
    const id = element.attributes.get('id');
    const sid = element.attributes.get('sid');
    const node = this.document.createNode((element.attributes.get('name') ?? id ?? sid ?? '').slice(0, 200));
    const steps = readTransform(this.file, element);
    if (!setNodeMatrix(node, composeSteps(steps))) this.findings.add('skewed_transform', node.getName());
    if (id !== undefined && !this.byId.has(id)) this.byId.set(id, { node, steps });
    for (const name of [sid, element.attributes.get('name')])
      if (name !== undefined && !this.bySid.has(name)) this.bySid.set(name, node);
    const extras = readExtras(element);
    if (extras) node.setExtras(extras);
    const path = [...above, element];
    for (const inner of element.children) {
      const target = inner.name.startsWith('instance_') ? this.file.follow(inner.attributes.get('url')) : null;
      if (inner.name === 'node') node.addChild(this.node(inner, path));
      else if (inner.name === 'instance_geometry' || inner.name === 'instance_controller')
        this.instance(node, inner, target);
      else if (inner.name === 'instance_camera' && target) addCamera(this.document, target, node, this.metres);
      else if (inner.name === 'instance_light' && target) {
        if (!addLight(this.document, target, node, this.metres))
          this.findings.add('ambient_light', target.attributes.get('id') ?? '');
      } else if (inner.name === 'instance_node') {
        if (target) node.addChild(this.node(target, path));
        else this.findings.add('missing_reference', inner.attributes.get('url') ?? inner.name);
      }
    }
    return node;
  }

  private instance(node: Node, element: XmlElement, target: XmlElement | null): void {
    let skin: DaeSkin | null = null;
    let geometry = target;
    let morph: DaeMorph | null = null;
    if (target?.name === 'controller') {
      skin = readSkin(this.file, target);
      // The mesh of a skin may be a morph in its turn.
      morph = readMorph(this.file, skin ? skin.geometry : target);
      geometry = morph?.geometry ?? skin?.geometry ?? null;
    }
    const source = child(geometry, 'mesh');
    if (!geometry || !source) {
      this.findings.add('missing_reference', element.attributes.get('url') ?? element.name);
      return;
    }
    const mesh = this.mesh(geometry, source, element, skin, morph);
    if (mesh.listPrimitives().length === 0) return;
    for (const primitive of mesh.listPrimitives())
      this.triangles += primitive.getMode() === 4 ? primitive.getIndices()!.getCount() / 3 : 0;
    checkTriangles(this.main.name, this.triangles, this.limits);
    let holder = node;
    if (node.getMesh()) {
      holder = this.document.createNode(mesh.getName());
      node.addChild(holder);
    }
    holder.setMesh(mesh);
    if (skin) this.skinned.push({ node: holder, skin });
    if (morph) this.morphed.push({ ids: morph.ids, node: holder, weights: morph.weights });
  }

  private mesh(
    geometry: XmlElement,
    source: XmlElement,
    instance: XmlElement,
    skin: DaeSkin | null,
    morph: DaeMorph | null,
  ): Mesh {
    const bindings = new Map<string, string>();
    for (const binding of childrenOf(descend(instance, 'bind_material', 'technique_common'), 'instance_material')) {
      bindings.set(binding.attributes.get('symbol') ?? '', binding.attributes.get('target') ?? '');
    }
    const key = JSON.stringify([
      this.numberOf(geometry),
      [...bindings],
      skin ? this.skinned.length : -1,
      morph ? this.morphed.length : -1,
    ]);
    let mesh = this.meshes.get(key);
    if (!mesh) {
      let polygons = this.polygons.get(source);
      if (!polygons) {
        polygons = readPolygons(this.file, source);
        this.polygons.set(source, polygons);
        for (const { counts } of polygons) if (counts) this.counts.addAll(counts);
      }
      const name = (geometry.attributes.get('name') ?? geometry.attributes.get('id') ?? '').slice(0, 200);
      // Without a binding the symbol may be the id of a material.
      const materialOf = (symbol: string, hasColors: boolean) =>
        this.materials.get(bindings.get(symbol) ?? (symbol ? `#${symbol}` : undefined), hasColors);
      const built = buildMesh(this.document, name, polygons, materialOf, skin?.weights ?? null, morph?.targets);
      if (morph && morph.targets.length > 0) {
        built.mesh.setWeights(morph.weights);
        built.mesh.setExtras({ targetNames: morph.targets.map((target) => target.name) });
      }
      this.corrections.add(
        'generated_normals',
        built.generatedNormals,
        (n) => `${plural(n, 'normal')} ${n === 1 ? 'was' : 'were'} computed; edges sharper than 40 degrees stay sharp.`,
      );
      mesh = built.mesh;
      this.meshes.set(key, mesh);
    }
    return mesh;
  }

  private numberOf(element: XmlElement): number {
    let number = this.elementNumbers.get(element);
    if (number === undefined) {
      number = this.elementNumbers.size;
      this.elementNumbers.set(element, number);
    }
    return number;
  }

  private attachSkin(node: Node, source: DaeSkin): void {
    const { document } = this;
    const joints = source.joints.map((name) => this.bySid.get(name) ?? this.byId.get(name)?.node ?? null);
    if (joints.some((joint) => joint === null)) {
      this.findings.add('missing_joint', source.joints[joints.indexOf(null)]!);
      return;
    }
    const matrices = new Float32Array(joints.length * 16);
    for (const [i, matrix] of source.inverseBind.entries()) matrices.set(matrix, i * 16);
    // glTF wants the last row exact.
    for (let i = 0; i < matrices.length; i += 16) for (let k = 0; k < 4; k++) matrices[i + 3 + k * 4] = k === 3 ? 1 : 0;
    const skin: Skin = document.createSkin(node.getName());
    skin.setInverseBindMatrices(
      document.createAccessor().setType('MAT4').setArray(matrices).setBuffer(document.getRoot().listBuffers()[0]!),
    );
    for (const joint of joints) if (joint && !skin.listJoints().includes(joint)) skin.addJoint(joint);
    if (skin.listJoints().length !== joints.length) {
      this.findings.add('missing_joint', 'a joint is listed twice');
      skin.dispose();
      return;
    }
    node.setSkin(skin);
    this.corrections.add(
      'reduced_weights',
      source.reduced,
      (n) => `${plural(n, 'vertex', 'vertices')} had more than eight joints; the eight heaviest were kept.`,
    );
  }
}
