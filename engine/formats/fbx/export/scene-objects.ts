import type { Camera, Document, Mesh, Node, Primitive } from '@gltf-transform/core';
import type { Light } from '@gltf-transform/extensions';
import { isHidden } from '../../../describe/is-hidden.ts';
import { walkScene } from '../../../render/draws.ts';
import { MODE, triangleCount } from '../../../render/triangles.ts';
import { type Corrections, plural } from '../../corrections.ts';
import { linearToSrgb } from '../../geometry/color.ts';
import { instanceTransforms } from '../../geometry/instance-transforms.ts';
import { targetNames } from '../../geometry/target-names.ts';
import { isSplats } from '../../splat/splat-primitive.ts';
import { fromTrs, identity, type Mat4, multiply, type Trs } from '../affine.ts';
import { quatToEuler } from './euler.ts';
import type { FbxDraft } from './fbx-draft.ts';
import { addBlendShapes, addGeometry, type GeometryPlan, planGeometry } from './geometry-objects.ts';
import type { MaterialObjects } from './material-objects.ts';
import { addSkin } from './skin-objects.ts';
import type { FbxText, TextWriter } from './text-writer.ts';
import { inCentimetres, PER_METRE } from './units.ts';

const STILL: Trs = { translation: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1] };
/** Cameras look along +X in FBX, along −Z in glTF. */
const CAMERA_TURN: readonly [number, number, number] = [0, 90, 0];
/** Lights shine along −Y in FBX, along −Z in glTF. */
const LIGHT_TURN: readonly [number, number, number] = [90, 0, 0];
const DEGREES = 180 / Math.PI;
const FAR = 10_000;

/** The objects of a scene that animations move. */
export interface SceneObjects {
  models: Map<Node, number>;
  channels: Map<Node, readonly number[]>;
}

/** Adds the default scene of a document: its nodes as models, meshes, skins, blend shapes, cameras and lights. */
export function addScene(
  draft: FbxDraft,
  document: Document,
  materials: MaterialObjects,
  report: Corrections,
): SceneObjects {
  const builder = new SceneBuilder(draft, document, materials, report);
  builder.build();
  return builder;
}

class SceneBuilder implements SceneObjects {
  readonly models = new Map<Node, number>();
  readonly channels = new Map<Node, readonly number[]>();
  readonly #draft: FbxDraft;
  readonly #materials: MaterialObjects;
  readonly #report: Corrections;
  readonly #scene: ReturnType<typeof walkScene>;
  readonly #joints: ReadonlySet<Node>;
  readonly #geometries = new Map<Mesh, { id: number; plan: GeometryPlan } | null>();
  readonly #binds = new Map<Node, Mat4>();
  readonly #bound: number[] = [];
  readonly #names = new Map<string, number>();

  constructor(draft: FbxDraft, document: Document, materials: MaterialObjects, report: Corrections) {
    this.#draft = draft;
    this.#materials = materials;
    this.#report = report;
    this.#scene = walkScene(document);
    const skins = this.#scene.seen.flatMap((node) => (node.getMesh() && node.getSkin()) ?? []);
    this.#joints = new Set(skins.flatMap((skin) => skin.listJoints()));
  }

  build(): void {
    for (const [node, parent] of this.#scene.parents) this.#addNode(node, parent);
    for (const node of this.#scene.seen) this.#addContent(node);
    this.#addBindPose();
  }

  #addNode(node: Node, parent: Node | undefined): void {
    const isJoint = this.#joints.has(node);
    // A skinned mesh stands at the origin, whatever its node says.
    const isEmpty = !node.getCamera() && !node.getExtension('KHR_lights_punctual') && node.listChildren().length === 0;
    if (node.getSkin() && isEmpty && !isJoint) return;
    const trs: Trs = { translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() };
    const isMesh = !isJoint && this.#drawsHere(node);
    const id = this.#addModel(node.getName(), isJoint ? 'LimbNode' : isMesh ? 'Mesh' : 'Null', (writer) => {
      writeTransform(writer, trs);
      if (isHidden(node)) {
        writer.property('Show', 'bool', '', '', 0);
        writer.property('Visibility', 'Visibility', '', 'A', 0);
      }
      writeExtras(writer, node.getExtras());
    });
    this.models.set(node, id);
    this.#draft.connect(id, (parent && this.models.get(parent)) ?? 0);
    if (!isJoint) return;
    const attribute = this.#draft.add('NodeAttribute', 'NodeAttribute', node.getName(), 'LimbNode', (writer) => {
      writer.node('TypeFlags', 'Skeleton');
      writer.properties(() => writer.property('Size', 'double', 'Number', '', 1));
    });
    this.#draft.connect(attribute, id);
  }

  /** Whether the mesh of a node hangs on its own model: else it has one below it, or at the origin. */
  #drawsHere(node: Node): boolean {
    const mesh = node.getMesh();
    return mesh !== null && !node.getSkin() && !instanceTransforms(node) && mesh.listPrimitives().some(isPolygons);
  }

  #addContent(node: Node): void {
    const model = this.models.get(node) ?? 0;
    const camera = node.getCamera();
    if (camera) this.#addCamera(camera, node.getName(), model);
    const light = node.getExtension<Light>('KHR_lights_punctual');
    if (light) this.#addLight(light, node.getName(), model);
    const mesh = node.getMesh();
    if (!mesh) return;
    const skin = node.getSkin();
    const instances = instanceTransforms(node);
    const isOwn = skin !== null || mesh.listPrimitives().some((primitive) => primitive.listTargets().length > 0);
    const geometry = isOwn ? this.#addGeometry(mesh) : this.#sharedGeometry(mesh);
    if (!geometry) return;
    if (skin) {
      const name = node.getName() || mesh.getName();
      const at = this.#addModel(model === 0 ? name : `${name} mesh`, 'Mesh', (writer) => writeTransform(writer, STILL));
      this.#draft.connect(at, 0);
      this.#draw(at, geometry);
      addSkin(this.#draft, geometry.id, geometry.plan, skin, this.models, this.#binds);
      this.#bound.push(at);
    } else if (instances) {
      for (const trs of instances) {
        const at = this.#addModel(`${node.getName() || mesh.getName()} copy`, 'Mesh', (writer) =>
          writeTransform(writer, trs),
        );
        this.#draft.connect(at, model);
        this.#draw(at, geometry);
      }
    } else if (this.#joints.has(node)) {
      const at = this.#addModel(`${node.getName()} mesh`, 'Mesh', (writer) => writeTransform(writer, STILL));
      this.#draft.connect(at, model);
      this.#draw(at, geometry);
    } else this.#draw(model, geometry);
    if (isOwn) this.#addMorphs(node, mesh, geometry);
  }

  #draw(model: number, { id, plan }: { id: number; plan: GeometryPlan }): void {
    this.#draft.connect(id, model);
    for (const material of plan.materials) this.#draft.connect(this.#materials.get(material), model);
  }

  #sharedGeometry(mesh: Mesh): { id: number; plan: GeometryPlan } | null {
    let known = this.#geometries.get(mesh);
    if (known === undefined) {
      known = this.#addGeometry(mesh);
      this.#geometries.set(mesh, known);
    }
    return known;
  }

  #addGeometry(mesh: Mesh): { id: number; plan: GeometryPlan } | null {
    const polygons = mesh.listPrimitives().filter(isPolygons);
    this.#report.add(
      'lost_points_and_lines',
      mesh.listPrimitives().length - polygons.length,
      (n) => `${plural(n, 'primitive')} of points, lines or splats ${n === 1 ? 'was' : 'were'} left out.`,
    );
    if (polygons.length === 0) return null;
    const plan = planGeometry(polygons);
    return { id: addGeometry(this.#draft, mesh.getName(), plan), plan };
  }

  #addMorphs(node: Node, mesh: Mesh, { id, plan }: { id: number; plan: GeometryPlan }): void {
    const count = Math.max(...plan.primitives.map((primitive) => primitive.listTargets().length));
    if (count === 0) return;
    const names = targetNames(mesh, count);
    const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
    this.channels.set(node, addBlendShapes(this.#draft, id, plan, names, weights));
  }

  #addModel(name: string, subtype: string, properties: (writer: TextWriter) => void): number {
    return this.#draft.add('Model', 'Model', this.#uniqueName(name || 'node'), subtype, (writer) => {
      writer.node('Version', 232);
      writer.properties(() => {
        writer.property('InheritType', 'enum', '', '', 1);
        writer.property('DefaultAttributeIndex', 'int', 'Integer', '', 0);
        properties(writer);
      });
      writer.node('Culling', 'CullingOff');
    });
  }

  /** Programs bind animation to models by their names. */
  #uniqueName(name: string): string {
    const used = this.#names.get(name);
    this.#names.set(name, (used ?? 0) + 1);
    return used === undefined ? name : this.#uniqueName(`${name} ${used}`);
  }

  #addCamera(camera: Camera, name: string, model: number): void {
    const at = this.#addModel(`${name || camera.getName()} camera`, 'Camera', (writer) =>
      writer.property('Lcl Rotation', 'Lcl Rotation', '', 'A', ...CAMERA_TURN),
    );
    this.#draft.connect(at, model);
    const attribute = this.#draft.add('NodeAttribute', 'NodeAttribute', camera.getName(), 'Camera', (writer) => {
      const isFlat = camera.getType() === 'orthographic';
      const aspect = isFlat ? camera.getXMag() / (camera.getYMag() || 1) : camera.getAspectRatio() || 1.5;
      const far = camera.getZFar();
      writer.node('TypeFlags', 'Camera');
      writer.properties(() => {
        const number = (property: string, value: number): void =>
          writer.property(property, 'double', 'Number', '', value);
        number('AspectWidth', aspect * 1000);
        number('AspectHeight', 1000);
        writer.property('ApertureMode', 'enum', '', '', 2);
        if (isFlat) {
          writer.property('CameraProjectionType', 'enum', '', '', 1);
          writer.property('OrthoZoom', 'double', 'Number', '', (camera.getYMag() * PER_METRE) / 30);
        } else writer.property('FieldOfView', 'FieldOfView', '', 'A', camera.getYFov() * DEGREES);
        number('NearPlane', camera.getZNear() * PER_METRE);
        number('FarPlane', (far && Number.isFinite(far) ? far : FAR) * PER_METRE);
      });
    });
    this.#draft.connect(attribute, at);
  }

  #addLight(light: Light, name: string, model: number): void {
    const at = this.#addModel(`${name || light.getName()} light`, 'Light', (writer) =>
      writer.property('Lcl Rotation', 'Lcl Rotation', '', 'A', ...LIGHT_TURN),
    );
    this.#draft.connect(at, model);
    const type = light.getType();
    // At 100 per cent a white matt surface that faces the light is white: π lux, one centimetre from a lamp.
    const share = light.getIntensity() / Math.PI / (type === 'directional' ? 1 : PER_METRE ** -2);
    const attribute = this.#draft.add('NodeAttribute', 'NodeAttribute', light.getName(), 'Light', (writer) => {
      writer.node('TypeFlags', 'Light');
      writer.properties(() => {
        writer.property('LightType', 'enum', '', '', { point: 0, directional: 1, spot: 2 }[type]);
        writer.property('CastLight', 'bool', '', '', 1);
        writer.property('Color', 'Color', '', 'A', ...light.getColor().map(linearToSrgb));
        writer.property('Intensity', 'Number', '', 'A', share * 100);
        if (type !== 'directional') writer.property('DecayType', 'enum', '', '', 2);
        if (type !== 'spot') return;
        writer.property('InnerAngle', 'Number', '', 'A', light.getInnerConeAngle() * 2 * DEGREES);
        writer.property('OuterAngle', 'Number', '', 'A', light.getOuterConeAngle() * 2 * DEGREES);
      });
    });
    this.#draft.connect(attribute, at);
  }

  /** The place of every joint, of what it hangs from, and of the skinned meshes when they were bound. */
  #addBindPose(): void {
    if (this.#bound.length === 0) return;
    const places = new Map<Node, Mat4>();
    for (const [node, parent] of this.#scene.parents) {
      const local = inCentimetres(
        fromTrs({ translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() }),
      );
      const above = parent && places.get(parent);
      places.set(node, above ? multiply(above, local) : local);
    }
    const listed = new Map<number, Mat4>();
    for (const joint of this.#binds.keys())
      for (let at: Node | undefined = joint; at; at = this.#scene.parents.get(at))
        listed.set(this.models.get(at)!, this.#binds.get(at) ?? places.get(at)!);
    for (const model of this.#bound) listed.set(model, identity());
    this.#draft.add('Pose', 'Pose', 'BindPose', 'BindPose', (writer) => {
      writer.node('Type', 'BindPose');
      writer.node('Version', 100);
      writer.node('NbPoseNodes', listed.size);
      for (const [model, matrix] of listed)
        writer.block('PoseNode', [], () => {
          writer.node('Node', model);
          writer.array('Matrix', matrix);
        });
    });
  }
}

function isPolygons(primitive: Primitive): boolean {
  return primitive.getMode() >= MODE.TRIANGLES && !isSplats(primitive) && triangleCount(primitive) > 0;
}

function writeTransform(writer: TextWriter, { translation, rotation, scale }: Trs): void {
  const write = (name: string, values: readonly number[]): void => writer.property(name, name, '', 'A', ...values);
  write(
    'Lcl Translation',
    translation.map((value) => value * PER_METRE),
  );
  write('Lcl Rotation', quatToEuler(rotation));
  write('Lcl Scaling', scale);
}

/** Custom properties that are texts, numbers or truth values become user properties. */
function writeExtras(writer: TextWriter, extras: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(extras)) {
    const as = (type: string, label: string, text: FbxText): void => writer.property(name, type, label, 'U', text);
    if (typeof value === 'string') as('KString', '', value);
    else if (typeof value === 'number') as('double', 'Number', value);
    else if (typeof value === 'boolean') as('bool', '', value ? 1 : 0);
  }
}
