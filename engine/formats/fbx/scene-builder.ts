import type { Document, Material, Mesh, Node, Scene } from '@gltf-transform/core';
import { KHRNodeVisibility } from '@gltf-transform/extensions';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Corrections } from '../corrections.ts';
import { createPlainMaterial } from '../geometry/color.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import type { ImportProgress } from '../import-progress.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import type { AnimationTargets } from './bake-animation.ts';
import { buildMesh } from './build-mesh.ts';
import { buildPrimitives } from './build-primitives.ts';
import { CamerasAndLights } from './cameras-and-lights.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { childrenOf, type FbxObject, type FbxScene } from './fbx-scene.ts';
import { FbxMaterials } from './materials.ts';
import { geometricTransform } from './node-transform.ts';
import type { ModelNode } from './node-tree.ts';
import { needsAncestors, Pose } from './pose.ts';
import { type AnimationStack, channelKey } from './read-animation.ts';
import { isPolygonMesh, readGeometry } from './read-geometry.ts';
import { type FbxMorphChannel, readMorphs, shapeWeights } from './read-morphs.ts';
import { type FbxSkin, readSkin } from './read-skin.ts';
import { readProgram } from './read-surface.ts';
import { convertMatrix, convertTrs, type Space } from './space.ts';
import { FbxTextures } from './textures.ts';

/** A finished mesh with what its nodes need. */
interface BuiltMesh {
  mesh: Mesh;
  skin: FbxSkin | null;
  morphs: FbxMorphChannel[];
}

/** Makes the glTF scene of an FBX scene. */
export class SceneBuilder {
  /** The polygons of all meshes by their sides. */
  readonly polygons = new PolygonCounts();
  private readonly counted = new Set<FbxObject>();
  private readonly document: Document;
  private readonly fbx: FbxScene;
  private readonly file: string;
  private readonly space: Space;
  private readonly findings: FbxFindings;
  private readonly corrections: Corrections;
  private readonly materials: FbxMaterials;
  private readonly cameras: CamerasAndLights;
  private readonly nodes = new Map<ModelNode, Node>();
  private readonly byModel = new Map<FbxObject, ModelNode>();
  private readonly meshes = new Map<string, BuiltMesh>();
  private readonly morphs: AnimationTargets['morphs'] = [];
  private readonly plain = new Map<boolean, Material>();

  constructor(
    document: Document,
    fbx: FbxScene,
    main: ModelFile,
    files: ResourceFiles,
    limits: ModelLimits,
    space: Space,
    findings: FbxFindings,
    corrections: Corrections,
  ) {
    this.document = document;
    this.fbx = fbx;
    this.file = main.name;
    this.space = space;
    this.findings = findings;
    this.corrections = corrections;
    const program = readProgram(fbx.application ?? fbx.creator ?? '');
    const textures = new FbxTextures(document, fbx.objects, files, main, limits, findings);
    this.materials = new FbxMaterials(document, textures, program, findings);
    this.cameras = new CamerasAndLights(document, space, program.isBlender);
  }

  /**
   * @param tree parents before children
   * @param progress told of the share of the nodes that have their meshes
   * @returns what animations can move
   */
  build(
    tree: readonly ModelNode[],
    stacks: readonly AnimationStack[],
    name: string,
    progress: ImportProgress,
  ): AnimationTargets {
    const scene = this.document.createScene(name);
    this.document.getRoot().setDefaultScene(scene);
    const rest = new Pose(null);
    const scales = scaleJudge(stacks);
    const targets: AnimationTargets['nodes'] = [];
    for (const source of tree) {
      const above = needsAncestors(source, scales);
      const local = above ? rest.local(source, 0) : { ...rest.plain(source, 0), sheared: false };
      if (local.sheared) this.findings.add('sheared_node', `node "${source.model.name}"`);
      const trs = convertTrs(this.space, local, source.parent === null);
      const node = this.document
        .createNode(source.model.name)
        .setTranslation(trs.translation)
        .setRotation(trs.rotation)
        .setScale(trs.scale);
      const extras = source.model.properties.extras();
      if (extras) node.setExtras(extras);
      if (source.parent) this.nodes.get(source.parent)!.addChild(node);
      else scene.addChild(node);
      this.nodes.set(source, node);
      this.byModel.set(source.model, source);
      targets.push({ source, node, needsAncestors: above });
    }
    for (const [index, source] of tree.entries()) {
      progress(index / tree.length);
      this.attach(source);
    }
    this.hideLevels(tree);
    if (scene.listChildren().length > 1 && this.document.getRoot().listSkins().length > 0) this.addCommonRoot(scene);
    return { nodes: targets, morphs: this.morphs, space: this.space };
  }

  /** Meshes, cameras and lights of a node, and whether it is shown. */
  private attach(source: ModelNode): void {
    const { model } = source;
    const node = this.nodes.get(source)!;
    const holders: Node[] = [];
    for (const geometry of childrenOf(model, 'Geometry')) {
      if (!isPolygonMesh(geometry)) {
        if (geometry.subtype === 'Mesh') this.findings.add('empty_mesh', `node "${model.name}"`);
        else if (geometry.subtype !== 'Shape') {
          this.findings.add('unsupported_geometry', `${geometry.subtype || 'geometry'} "${model.name}"`);
        }
        continue;
      }
      const built = this.meshOf(source, geometry);
      if (!built) continue;
      // A node holds one mesh in glTF.
      const holder = node.getMesh() ? this.document.createNode(`${model.name} ${holders.length + 1}`) : node;
      if (holder !== node) node.addChild(holder);
      holders.push(holder);
      holder.setMesh(built.mesh);
      if (built.skin) this.addSkin(holder, source, built.skin);
      if (built.morphs.length > 0) this.morphs.push({ node: holder, channels: built.morphs });
    }
    this.cameras.attach(model, node);
    this.applyVisibility(source, node);
  }

  /** `Visibility` passes on to children, `Show` does not. */
  private applyVisibility(source: ModelNode, node: Node): void {
    const { properties } = source.model;
    const hidden = (properties.number('Visibility') ?? 1) <= 0;
    const unshown = (properties.number('Show') ?? 1) <= 0;
    if (hidden) this.hide(node);
    if (!unshown || hidden || !node.getMesh()) return;
    if (source.children.length === 0) {
      this.hide(node);
      return;
    }
    const holder = this.document
      .createNode(`${source.model.name} mesh`)
      .setMesh(node.getMesh())
      .setSkin(node.getSkin());
    for (const target of this.morphs) if (target.node === node) target.node = holder;
    node.setMesh(null).setSkin(null).addChild(holder);
    this.hide(holder);
  }

  private hide(node: Node): void {
    if (node.getExtension('KHR_node_visibility')) return;
    const visibility = this.document.createExtension(KHRNodeVisibility).createVisibility();
    node.setExtension('KHR_node_visibility', visibility.setVisible(false));
    this.corrections.add(
      'hidden_nodes',
      1,
      (n) => `${n} ${n === 1 ? 'node is' : 'nodes are'} hidden in the file and ${n === 1 ? 'stays' : 'stay'} so.`,
    );
  }

  /** Of a group with levels of detail only the first is shown. */
  private hideLevels(tree: readonly ModelNode[]): void {
    for (const source of tree) {
      const isGroup =
        source.model.subtype === 'LodGroup' || childrenOf(source.model, 'NodeAttribute', 'LodGroup').length > 0;
      if (!isGroup) continue;
      for (const level of source.children.slice(1)) this.hide(this.nodes.get(level)!);
    }
  }

  private meshOf(source: ModelNode, geometry: FbxObject): BuiltMesh | null {
    const materials = childrenOf(source.model, 'Material');
    const textures = childrenOf(source.model, 'Texture');
    const geometric = geometricTransform(source.model);
    const key = [
      geometry.id,
      ...materials.map(({ id }) => id),
      '',
      ...textures.map(({ id }) => id),
      '',
      geometric?.join(),
    ];
    const known = this.meshes.get(key.join('\n'));
    if (known) return known;
    const data = readGeometry(geometry, this.file, this.findings);
    if (!data) return null;
    const built = buildPrimitives(data, geometry.name, materials.length, this.findings);
    const { primitives, generatedNormals } = built;
    // In other materials a mesh is made anew, of the same polygons.
    if (!this.counted.has(geometry)) this.polygons.addAll(built.counts);
    this.counted.add(geometry);
    if (generatedNormals) {
      this.corrections.add(
        'generated_normals',
        1,
        (n) => `${n} ${n === 1 ? 'mesh has' : 'meshes have'} no normals; they were computed from the polygons.`,
      );
    }
    const vertices = data.positions.length / 3;
    const uvSets = data.uvs.map((layer) => layer.name);
    const morphs = readMorphs(geometry, this.fbx.version >= 7000);
    const skin = readSkin(geometry, vertices, this.findings);
    const mesh = buildMesh(this.document, {
      name: geometry.name || source.model.name,
      primitives,
      materials: materials.map((material) => this.materials.get(material, uvSets, textures)),
      fallback: materials.length === 0 ? this.plainMaterial(data.colors.length > 0) : null,
      skin,
      morphs,
      vertices,
      geometric,
      space: this.space,
    });
    if (morphs.length > 0) mesh.setWeights(restWeights(morphs));
    const result = { mesh, skin, morphs };
    this.meshes.set(key.join('\n'), result);
    return result;
  }

  private plainMaterial(hasColors: boolean): Material {
    let material = this.plain.get(hasColors);
    if (!material) {
      material = createPlainMaterial(this.document, hasColors).setDoubleSided(true);
      this.plain.set(hasColors, material);
    }
    return material;
  }

  private addSkin(holder: Node, source: ModelNode, skin: FbxSkin): void {
    const gltf = this.document.createSkin(source.model.name);
    const matrices = new Float32Array((skin.joints.length + 1) * 16);
    let count = 0;
    const joints = new Set<Node>();
    for (const { bone, bind } of skin.joints) {
      const known = this.byModel.get(bone);
      // A bone that is no node of the scene keeps its number, and stands still with the mesh.
      const node = known ? this.nodes.get(known)! : holder;
      gltf.addJoint(joints.has(node) ? this.addTwin(node) : node);
      joints.add(node);
      matrices.set(known ? convertMatrix(this.space, bind) : IDENTITY, count * 16);
      count++;
    }
    if (skin.hasFree) {
      gltf.addJoint(joints.has(holder) ? this.addTwin(holder) : holder);
      matrices.set(IDENTITY, count * 16);
      count++;
    }
    const buffer = this.document.getRoot().listBuffers()[0]!;
    const bind = this.document
      .createAccessor()
      .setType('MAT4')
      .setArray(matrices.slice(0, count * 16))
      .setBuffer(buffer);
    holder.setSkin(gltf.setInverseBindMatrices(bind));
  }

  /** A joint may be in a skin once; a bone that is bound twice gets a node at the same place. */
  private addTwin(node: Node): Node {
    const twin = this.document.createNode(`${node.getName()} joint`);
    node.addChild(twin);
    return twin;
  }

  /** The joints of a skin must have an ancestor in common (glTF 2.0, section 3.7.3.2). */
  private addCommonRoot(scene: Scene): void {
    const root = this.document.createNode('Root');
    for (const child of scene.listChildren()) {
      scene.removeChild(child);
      root.addChild(child);
    }
    scene.addChild(root);
  }
}

const IDENTITY = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

function restWeights(morphs: readonly FbxMorphChannel[]): number[] {
  const out = new Float64Array(morphs.reduce((sum, channel) => sum + channel.shapes.length, 0));
  let offset = 0;
  for (const channel of morphs) {
    shapeWeights(channel, channel.percent, out, offset);
    offset += channel.shapes.length;
  }
  return [...out];
}

/** Judges the scales of nodes over all stacks: animated ones count as uneven. */
function scaleJudge(stacks: readonly AnimationStack[]): (node: ModelNode) => 'none' | 'even' | 'uneven' {
  const known = new Map<ModelNode, 'none' | 'even' | 'uneven'>();
  return (node) => {
    let judgement = known.get(node);
    if (!judgement) {
      const [x, y, z] = node.transform.scale;
      const key = channelKey(node.model.id, 'Lcl Scaling');
      const channels = stacks.flatMap((stack) => stack.layers.map((layer) => layer.channels.get(key)));
      const animated = channels.some((channel) =>
        channel?.curves.some((curve) => curve?.values.some((value) => Math.abs(value - 1) > 1e-4)),
      );
      const even = Math.abs(x - y) < 1e-6 * Math.abs(x) && Math.abs(y - z) < 1e-6 * Math.abs(x);
      judgement = animated || !even ? 'uneven' : Math.abs(x - 1) < 1e-9 ? 'none' : 'even';
      known.set(node, judgement);
    }
    return judgement;
  };
}
