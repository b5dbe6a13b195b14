import type { Document, Material, Mesh, Node, Primitive } from '@gltf-transform/core';
import { isHidden } from '../../../describe/is-hidden.ts';
import { walkScene } from '../../../render/draws.ts';
import { type Corrections, plural } from '../../corrections.ts';
import { instanceTransforms } from '../../geometry/instance-transforms.ts';
import { targetNames } from '../../geometry/target-names.ts';
import { isSplats } from '../../splat/splat-primitive.ts';
import { type UsdLayer, UsdPrim, type UsdProperty, type UsdReference } from '../usd-layer.ts';
import { writeBlendShapes } from './blend-shapes.ts';
import { writeCamera } from './camera-prim.ts';
import { displayColors, influencesOf, isDrawn, shapeTypeOf, writeShape } from './geometry.ts';
import { type SurfaceImages, writePreviewSurface } from './preview-surface.ts';
import { PrimNames } from './prim-names.ts';
import { planSkeletons, type SkeletonPlan, type SkinBinding } from './skeleton-plan.ts';
import { type SkeletonPrims, writeSkeleton, writeStillSkeleton } from './skeleton-prims.ts';
import type { StageTime } from './stage-time.ts';
import { writeNodeTransform, writeTransform } from './transform-ops.ts';

/**
 * Shapes that are drawn several times are referred to where this saves so many numbers in memory. In the file equal values
 * are held once anyway, and some readers of crate files follow no references.
 */
const SHARED_NUMBERS = 100_000;
/** What a prim takes beside its vertices, as numbers; and each vertex. */
const PRIM_NUMBERS = 50;
const VERTEX_NUMBERS = 8;

/** Width of lines and points, relative to the diagonal of what is drawn. */
const LINE_WIDTH = 0.002;

/** A shape in a layer of its own. */
interface SharedShape {
  reference: UsdReference;
  hasColors: boolean;
}

export interface StageContent {
  layer: UsdLayer;
  /** Shapes that the layer refers to, by their path in the package. */
  shapes: { path: string; layer: UsdLayer }[];
}

/**
 * Lays the default scene of a document out as a USD stage: its hierarchy as transforms, each primitive as a mesh,
 * materials in a scope of their own, skins as UsdSkel.
 *
 * @param name of the root prim
 * @param diagonal of what is drawn, in metres
 * @param images where in the package the textures are
 */
export function buildStage(
  document: Document,
  name: string,
  diagonal: number,
  images: SurfaceImages,
  time: StageTime | null,
  report: Corrections,
): StageContent {
  const builder = new StageBuilder(document, name, diagonal, images, time, report);
  return builder.build();
}

class StageBuilder {
  readonly #root: UsdPrim;
  readonly #diagonal: number;
  readonly #images: SurfaceImages;
  readonly #time: StageTime | null;
  readonly #report: Corrections;
  readonly #scene: ReturnType<typeof walkScene>;
  readonly #seen: ReadonlySet<Node>;
  readonly #prims = new Map<Node, UsdPrim>();
  readonly #inner = new Map<UsdPrim, PrimNames>();
  /** Names of nodes and joints. Programs look for what moves by its name alone, so none occurs twice. */
  readonly #names = new PrimNames();
  readonly #bindings: ReadonlyMap<NonNullable<ReturnType<Node['getSkin']>>, SkinBinding>;
  readonly #skeletons = new Map<SkeletonPlan, SkeletonPrims>();
  readonly #materials: UsdPrim;
  readonly #materialNames = new PrimNames();
  readonly #materialPaths = new Map<Material | null, { plain?: string; colored?: string }>();
  readonly #uses = new Map<Primitive, number>();
  readonly #filled = new Map<Primitive, UsdProperty[]>();
  readonly #shared = new Map<Primitive, SharedShape>();
  readonly #shapes: StageContent['shapes'] = [];
  readonly #shapeNames = new PrimNames();

  constructor(
    document: Document,
    name: string,
    diagonal: number,
    images: SurfaceImages,
    time: StageTime | null,
    report: Corrections,
  ) {
    this.#root = new UsdPrim('', new PrimNames().unique(name, 'Model'), 'Xform');
    this.#root.modelKind = 'component';
    this.#names.unique(this.#root.name, 'Model');
    this.#materials = this.#root.define('Materials', 'Scope');
    this.#names.unique('Materials', 'Materials');
    this.#diagonal = diagonal;
    this.#images = images;
    this.#time = time;
    this.#report = report;
    this.#scene = walkScene(document);
    this.#seen = new Set(this.#scene.seen);
    const skins = this.#scene.seen.flatMap((node) => (node.getMesh() ? (node.getSkin() ?? []) : []));
    this.#bindings = planSkeletons(new Set(skins), this.#scene.parents);
  }

  build(): StageContent {
    const { parents } = this.#scene;
    this.#countUses();
    const joints = new Set([...this.#bindings.values()].flatMap(({ skeleton }) => skeleton.joints));
    const written = this.#listWritten(joints);
    // Joints before nodes: where both are needed, the joint keeps the name.
    const jointNames = new Map([...joints].map((joint) => [joint, this.#names.unique(joint.getName(), 'joint')]));
    for (const node of parents.keys()) if (written.has(node)) this.#defineNode(node);
    for (const skeleton of new Set([...this.#bindings.values()].map((binding) => binding.skeleton))) {
      const at = (skeleton.anchor && this.#prims.get(skeleton.anchor)) ?? this.#root;
      const root = at.define(this.#names.unique('Skin', 'Skin'), 'SkelRoot');
      const names = skeleton.joints.map((joint) => jointNames.get(joint)!);
      this.#skeletons.set(skeleton, writeSkeleton(root, skeleton, names, parents, this.#time));
    }
    for (const node of parents.keys()) {
      if (!this.#seen.has(node)) continue;
      this.#drawNode(node);
    }
    for (const prims of this.#skeletons.values()) prims.animation.write(prims);
    const time = this.#time && { perSecond: this.#time.perSecond, start: 0, end: this.#time.end };
    return { layer: { root: this.#root, time }, shapes: this.#shapes };
  }

  /** All nodes but joints and what hangs from them, unless it is drawn. */
  #listWritten(joints: ReadonlySet<Node>): Set<Node> {
    const { parents } = this.#scene;
    const written = new Set<Node>();
    const below = new Set<Node>();
    for (const [node, parent] of parents) {
      if (joints.has(node) || (parent && below.has(parent))) below.add(node);
      else written.add(node);
    }
    const anchors = new Set([...this.#bindings.values()].map(({ skeleton }) => skeleton.anchor));
    for (const node of below) {
      const draws = (node.getMesh() && !node.getSkin()) || node.getCamera();
      if (!draws && !anchors.has(node)) continue;
      for (let at: Node | undefined = node; at && !written.has(at); at = parents.get(at)) written.add(at);
    }
    return written;
  }

  #countUses(): void {
    for (const node of this.#scene.seen) {
      const mesh = node.getMesh();
      if (!mesh || node.getSkin()) continue;
      const copies = instanceTransforms(node)?.length ?? 1;
      for (const primitive of mesh.listPrimitives())
        this.#uses.set(primitive, (this.#uses.get(primitive) ?? 0) + copies);
    }
  }

  #defineNode(node: Node): void {
    const parent = this.#scene.parents.get(node);
    const at = (parent && this.#prims.get(parent)) ?? this.#root;
    const prim = at.define(this.#names.unique(node.getName(), 'node'), 'Xform');
    if (node.getName() && node.getName() !== prim.name) prim.displayName = node.getName();
    writeNodeTransform(prim, node, this.#time);
    if (isHidden(node)) prim.attribute('visibility', 'token', 'invisible');
    this.#prims.set(node, prim);
  }

  #drawNode(node: Node): void {
    const mesh = node.getMesh();
    const camera = node.getCamera();
    const prim = this.#prims.get(node);
    if (camera && prim) writeCamera(prim.define(this.#innerName(prim, camera.getName(), 'Camera'), 'Camera'), camera);
    if (!mesh) return;
    const primitives = mesh.listPrimitives().filter((primitive) => this.#accept(primitive));
    if (primitives.length === 0) return;
    const binding = node.getSkin() && this.#bindings.get(node.getSkin()!);
    const morphs = primitives.some((primitive) => primitive.listTargets().length > 0);
    if (binding) this.#drawBound(node, mesh, primitives, this.#skeletons.get(binding.skeleton)!, binding);
    else if (!prim) return;
    else if (morphs) {
      const root = prim.define(this.#innerName(prim, 'Morph', 'Morph'), 'SkelRoot');
      const still = writeStillSkeleton(root, this.#time);
      this.#drawBound(node, mesh, primitives, still, null);
      still.animation.write(still);
    } else this.#drawRigid(node, mesh, primitives, prim);
  }

  #accept(primitive: Primitive): boolean {
    if (!isDrawn(primitive)) return false;
    if (isSplats(primitive)) {
      this.#report.add(
        'lost_splats',
        1,
        (n) => `${plural(n, 'cloud')} of Gaussian splats ${n === 1 ? 'was' : 'were'} left out: USDZ has none.`,
      );
      return false;
    }
    if (shapeTypeOf(primitive) !== 'Mesh')
      this.#report.add(
        'points_and_lines',
        1,
        (n) =>
          `${plural(n, 'primitive')} of points or lines ${n === 1 ? 'is' : 'are'} written as such, which viewers of AR do not draw.`,
      );
    return true;
  }

  #drawRigid(node: Node, mesh: Mesh, primitives: Primitive[], prim: UsdPrim): void {
    const instances = instanceTransforms(node);
    if (!instances) {
      for (const primitive of primitives) this.#drawPrimitive(prim, mesh, primitive);
      return;
    }
    const [only, ...others] = primitives;
    for (const trs of instances) {
      const copy = prim.define(this.#innerName(prim, 'Instance', 'Instance'), 'Xform');
      writeTransform(copy, trs);
      if (only && others.length === 0 && this.#isShared(only)) this.#refer(copy, mesh, only);
      else for (const primitive of primitives) this.#drawPrimitive(copy, mesh, primitive);
    }
  }

  #isShared(primitive: Primitive): boolean {
    const numbers = primitive.getAttribute('POSITION')!.getCount() * VERTEX_NUMBERS + PRIM_NUMBERS;
    return ((this.#uses.get(primitive) ?? 0) - 1) * numbers > SHARED_NUMBERS;
  }

  #drawPrimitive(at: UsdPrim, mesh: Mesh, primitive: Primitive): void {
    const name = this.#innerName(at, mesh.getName(), shapeTypeOf(primitive));
    if (this.#isShared(primitive)) {
      this.#refer(at.define(name, 'Xform'), mesh, primitive);
      return;
    }
    const colors = this.#colorsOf(primitive);
    const prim = at.define(name, shapeTypeOf(primitive));
    this.#fill(prim, primitive, colors);
    this.#bindMaterial(prim, primitive, colors !== null);
  }

  /** Makes a prim one of many with the same shape. */
  #refer(prim: UsdPrim, mesh: Mesh, primitive: Primitive): void {
    const shared = this.#shared.get(primitive) ?? this.#share(mesh, primitive);
    prim.reference = shared.reference;
    prim.instanceable = true;
    this.#bindMaterial(prim, primitive, shared.hasColors);
  }

  /** Writes the layer that holds a shape which is drawn several times. */
  #share(mesh: Mesh, primitive: Primitive): SharedShape {
    const colors = this.#colorsOf(primitive);
    const root = new UsdPrim('', 'Shape', 'Xform');
    this.#fill(root.define('Shape', shapeTypeOf(primitive)), primitive, colors);
    const path = `shapes/${this.#shapeNames.unique(mesh.getName(), 'shape')}.usdc`;
    this.#shapes.push({ path, layer: { root, time: null } });
    const shared = { reference: { asset: `./${path}`, prim: root.name }, hasColors: colors !== null };
    this.#shared.set(primitive, shared);
    return shared;
  }

  /** Meshes that joints or blend shapes deform. They stand beside their skeleton, in its space. */
  #drawBound(
    node: Node,
    mesh: Mesh,
    primitives: Primitive[],
    { root, skeleton, animation }: SkeletonPrims,
    binding: SkinBinding | null,
  ): void {
    const count = Math.max(...primitives.map((primitive) => primitive.listTargets().length));
    const names = targetNames(mesh, count).map((name) => this.#names.unique(name, 'shape'));
    const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
    if (count > 0) {
      const track = this.#time?.track(node, 'weights');
      const initial = names.map((_, i) => weights[i] ?? 0);
      animation.addWeights(names, initial, track && track.size <= count ? track : undefined);
    }
    for (const primitive of primitives) {
      const colors = this.#colorsOf(primitive);
      const prim = root.define(this.#innerName(root, node.getName() || mesh.getName(), 'Mesh'), shapeTypeOf(primitive));
      this.#fill(prim, primitive, colors);
      this.#bindMaterial(prim, primitive, colors !== null);
      const influences = binding && influencesOf(primitive, binding.numbers);
      const vertices = primitive.getAttribute('POSITION')!.getCount();
      const {
        size,
        joints,
        weights: shares,
      } = influences ?? {
        size: 1,
        joints: new Int32Array(vertices),
        weights: new Float32Array(vertices).fill(1),
      };
      prim.apiSchemas = [...prim.apiSchemas, 'SkelBindingAPI'];
      prim
        .relationship('skel:skeleton', skeleton.path)
        .attribute('primvars:skel:jointIndices', 'int[]', joints, { interpolation: 'vertex', elementSize: size })
        .attribute('primvars:skel:jointWeights', 'float[]', shares, { interpolation: 'vertex', elementSize: size });
      if (binding) prim.attribute('primvars:skel:geomBindTransform', 'matrix4d', binding.geomBind);
      const targets = primitive.listTargets().length;
      if (targets > 0) writeBlendShapes(prim, primitive, names.slice(0, targets));
    }
  }

  #colorsOf(primitive: Primitive): Float32Array | null {
    const material = primitive.getMaterial();
    return displayColors(primitive, material?.getBaseColorFactor() ?? [1, 1, 1]);
  }

  /** A shape that was written before is written with the same values, of which a layer holds one. */
  #fill(prim: UsdPrim, primitive: Primitive, colors: Float32Array | null): void {
    const known = this.#filled.get(primitive);
    if (known) {
      prim.properties.push(...known);
      return;
    }
    const isDoubleSided = primitive.getMaterial()?.getDoubleSided() ?? false;
    writeShape(prim, primitive, colors, isDoubleSided, this.#diagonal * LINE_WIDTH);
    this.#filled.set(primitive, [...prim.properties]);
  }

  #bindMaterial(prim: UsdPrim, primitive: Primitive, hasColors: boolean): void {
    prim.apiSchemas = ['MaterialBindingAPI'];
    prim.relationship('material:binding', this.#materialPath(primitive.getMaterial(), hasColors));
  }

  #materialPath(material: Material | null, hasColors: boolean): string {
    const paths = this.#materialPaths.get(material) ?? {};
    this.#materialPaths.set(material, paths);
    const kind = hasColors ? 'colored' : 'plain';
    const known = paths[kind];
    if (known !== undefined) return known;
    const name = this.#materialNames.unique(material?.getName() ?? '', 'Material');
    const prim = this.#materials.define(name, 'Material');
    if (material?.getName() && material.getName() !== name) prim.displayName = material.getName();
    writePreviewSurface(prim, material, this.#images, { hasColors }, this.#report);
    paths[kind] = prim.path;
    return prim.path;
  }

  #innerName(prim: UsdPrim, name: string, fallback: string): string {
    let names = this.#inner.get(prim);
    if (!names) {
      names = new PrimNames();
      this.#inner.set(prim, names);
      for (const child of prim.children) names.unique(child.name, child.name);
    }
    return names.unique(name, fallback);
  }
}
