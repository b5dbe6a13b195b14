import type { Group, LoadingManager, Material, Object3D, Texture } from 'three';
import type { UsdSpec } from 'three/addons/loaders/usd/USDAParser.js';
import type { USDComposer } from 'three/addons/loaders/usd/USDComposer.js';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { checkTopology } from './check-topology.ts';
import { SPEC_TYPE } from './crate/crate-types.ts';
import { DETAILS, numbers, readMeshDetails, type UsdBlendShape } from './mesh-details.ts';
import { SPECIFIER } from './text/parse-usda.ts';

/** The key of what a prim is beside a mesh in the user data of its object. */
export const PRIM = 'maquettePrim';

/** What a prim has that its object does not. */
export interface UsdPrim {
  path: string;
  type: string;
  attributes: Record<string, unknown>;
}

/** The key of the custom properties of a prim in the user data of its object. */
export const EXTRAS = 'maquetteExtras';
/** The key that marks what is hidden. */
export const HIDDEN = 'maquetteHidden';

/** Prims that have a shape for which there is nothing here. */
const UNREAD =
  /^(BasisCurves|NurbsCurves|HermiteCurves|NurbsPatch|TetMesh|Volume|DomeLight|PluginLight|GeometryLight|PortalLight|CylinderLight|Plane)/;

/** Kinds of prims whose attributes are needed later. */
const KEPT = new Set(['Points', 'SphereLight', 'DistantLight', 'RectLight', 'DiskLight', 'Camera']);

/** What building a stage needs and gathers. */
export interface StageContext {
  manager: LoadingManager;
  limits: ModelLimits;
  name: string;
  /** A texture with the image that a layer means; null where there is none. */
  createTexture(reference: string): Texture | null;
  /** Weights of blend shapes over time, or as they are. */
  weights: BlendWeights[];
  unread: string[];
  nodes: number;
  triangles: number;
  /** Comparisons of the corners of polygons so far. */
  compared: number;
}

/** Weights of blend shapes by name. */
export interface BlendWeights {
  name: string;
  shapes: string[];
  still: ArrayLike<number>;
  /** Seconds, and one list of weights for each. */
  times: number[];
  values: ArrayLike<number>[];
}

type Attributes = Record<string, unknown>;
type Layer = { specsByPath: Record<string, UsdSpec> };

/**
 * Makes the composer of three.js build what it leaves out of a composed stage: blend shapes, colours of points and
 * faces, instancers, clouds, custom properties, what is hidden or switched off; within the limits.
 */
export function createStageComposer(
  Composer: typeof USDComposer,
  three: typeof import('three'),
  context: StageContext,
): (layer: Layer) => Group {
  class StageComposer extends Composer {
    constructor() {
      super(context.manager);
    }

    run(layer: Layer): Group {
      const group = this.compose(layer, {}, {}, '');
      this.readWeights();
      return group;
    }

    override _buildIndexes(): void {
      super._buildIndexes();
      const defined = definedPaths(this.specsByPath);
      for (const [parent, children] of this.childrenByPath) {
        this.childrenByPath.set(
          parent,
          children.filter(({ path }) => defined.has(path)),
        );
      }
    }

    override _buildHierarchy(parent: Object3D, path: string): void {
      const type = String(this.specsByPath[path]?.fields.typeName ?? '');
      context.nodes += this.childrenByPath.get(path)?.length ?? 0;
      checkNodes(context.name, context.nodes, context.limits);
      if (KEPT.has(type)) {
        const prim: UsdPrim = { path, type, attributes: this._getAttributes(path) };
        parent.userData[PRIM] = prim;
      }
      if (UNREAD.test(type)) context.unread.push(`${type} ${path}`);
      if (type === 'PointInstancer') this.instance(parent, path);
      else super._buildHierarchy(parent, path);
    }

    override applyTransform(object: Object3D, fields: Attributes, attributes: Attributes = {}): void {
      super.applyTransform(object, fields, attributes);
      if (attributes.visibility === 'invisible' || attributes.purpose === 'guide') object.userData[HIDDEN] = true;
      const extras = customProperties(fields, attributes);
      if (extras) object.userData[EXTRAS] = extras;
    }

    override _loadTexture(path: string, attributes: Attributes | null, transform: unknown): Texture | null {
      const texture = context.createTexture(path.replaceAll('@', ''));
      if (!texture) return null;
      if (attributes) {
        texture.wrapS = this._getWrapMode(attributes['inputs:wrapS']);
        texture.wrapT = this._getWrapMode(attributes['inputs:wrapT']);
      }
      this._applyTextureTransforms(texture, transform);
      return texture;
    }

    /** The number of each corner takes the place of a second set of texture coordinates. */
    override _findUV2Primvar(fields: Attributes): { uvs2: ArrayLike<number>; uv2Indices: ArrayLike<number> } {
      const corners = numbers(fields.faceVertexIndices).length;
      const uvs2 = new Float64Array(corners * 2);
      const uv2Indices = new Array<number>(corners);
      for (let i = 0; i < corners; i++) {
        uvs2[i * 2] = i;
        uv2Indices[i] = i;
      }
      return { uvs2, uv2Indices };
    }

    override _buildMesh(path: string, spec: UsdSpec): Object3D | null {
      const attributes = this._getAttributes(path);
      context.triangles += Math.max(
        0,
        numbers(attributes.faceVertexIndices).length - 2 * numbers(attributes.faceVertexCounts).length,
      );
      checkTriangles(context.name, context.triangles, context.limits);
      context.compared = checkTopology(`${context.name}: ${path}`, attributes, context.compared, context.limits);
      const object = super._buildMesh(path, spec);
      if (object) {
        const details = readMeshDetails(attributes, this.blendShapes(path, attributes));
        details.material = this._buildMaterial(path, spec.fields);
        object.userData[DETAILS] = details;
      }
      return object;
    }

    override _applyMaterial(material: Material, path: string): void {
      super._applyMaterial(material, path);
      material.name = String(path)
        .slice(String(path).lastIndexOf('/') + 1)
        .replace('>', '');
    }

    private blendShapes(path: string, attributes: Attributes): UsdBlendShape[] {
      const names = [attributes['skel:blendShapes'] ?? []].flat().map(String);
      const targets = [this.specsByPath[`${path}.skel:blendShapeTargets`]?.fields.targetPaths ?? []]
        .flat()
        .flatMap((entry) => String(entry).split(','))
        .map((entry) => entry.replace(/[[\]<>\s]/g, ''));
      return targets.flatMap((target, i): UsdBlendShape[] => {
        const shape = this._getAttributes(target.startsWith('/') ? target : `${path}/${target}`);
        const offsets = numbers(shape.offsets);
        if (offsets.length === 0) return [];
        const points = numbers(shape.pointIndices);
        return [{ name: names[i] ?? target.split('/').at(-1)!, offsets, points: points.length > 0 ? points : null }];
      });
    }

    private readWeights(): void {
      for (const [path, spec] of Object.entries(this.specsByPath)) {
        if (spec.fields.typeName !== 'SkelAnimation') continue;
        const shapes = [this._getAttributes(path).blendShapes ?? []].flat().map(String);
        if (shapes.length === 0) continue;
        const fields = this.specsByPath[`${path}.blendShapeWeights`]?.fields ?? {};
        const samples = fields.timeSamples as { times: number[]; values: ArrayLike<number>[] } | undefined;
        context.weights.push({
          name: path.split('/').at(-1)!,
          shapes,
          still: numbers(fields.default),
          times: samples ? Array.from(samples.times, (time) => time / this.fps) : [],
          values: samples?.values ?? [],
        });
      }
    }

    /** One copy of a prototype for each point of an instancer. */
    private instance(parent: Object3D, path: string): void {
      const { protoIndices, positions, orientations, orientationsf, scales, ids, invisibleIds } =
        this._getAttributes(path);
      const prototypes = new three.Group();
      super._buildHierarchy(prototypes, path);
      const targets = [this.specsByPath[`${path}.prototypes`]?.fields.targetPaths ?? []]
        .flat()
        .flatMap((entry) => String(entry).split(','))
        .map(
          (entry) =>
            entry
              .replace(/[[\]<>\s]/g, '')
              .split('/')
              .at(-1)!,
        );
      const byName = new Map<string, Object3D>();
      prototypes.traverse((object) => {
        if (!byName.has(object.name)) byName.set(object.name, object);
      });
      const [which, at, size] = [numbers(protoIndices), numbers(positions), numbers(scales)];
      const turns = numbers(orientationsf ?? orientations);
      const left = new Set(Array.from(numbers(invisibleIds)));
      const given = numbers(ids);
      for (let i = 0; i < which.length; i++) {
        const prototype = byName.get(targets[which[i]!] ?? '');
        if (!prototype || left.has(given.length > 0 ? given[i]! : i)) continue;
        const holder = new three.Group();
        holder.name = `${prototype.name} ${i}`;
        if (at.length >= i * 3 + 3) holder.position.set(at[i * 3]!, at[i * 3 + 1]!, at[i * 3 + 2]!);
        if (size.length >= i * 3 + 3) holder.scale.set(size[i * 3]!, size[i * 3 + 1]!, size[i * 3 + 2]!);
        if (turns.length >= i * 4 + 4)
          holder.quaternion.set(turns[i * 4]!, turns[i * 4 + 1]!, turns[i * 4 + 2]!, turns[i * 4 + 3]!).normalize();
        const copy = prototype.clone();
        let parts = 1;
        copy.traverse((object) => {
          parts++;
          const { geometry } = object as Partial<import('three').Mesh>;
          if (geometry) context.triangles += Math.floor((geometry.attributes.position?.count ?? 0) / 3);
        });
        context.nodes += parts;
        checkNodes(context.name, context.nodes, context.limits);
        checkTriangles(context.name, context.triangles, context.limits);
        holder.add(copy);
        parent.add(holder);
      }
    }
  }
  return (layer) => new StageComposer().run(layer);
}

/**
 * Paths of the prims that a stage shows: those that are defined, and what is above them. Classes are only inherited
 * from, prims that are switched off have nothing below them, and what is only changed is defined nowhere.
 */
function definedPaths(specs: Record<string, UsdSpec>): Set<string> {
  const off = new Set<string>();
  const defined = new Set<string>();
  for (const [path, { specType, fields }] of Object.entries(specs)) {
    if (specType !== SPEC_TYPE.prim) continue;
    if (fields.active === false || fields.specifier === SPECIFIER.class) off.add(path);
    else if (fields.specifier !== SPECIFIER.over) {
      for (let at = path; at !== '' && !defined.has(at); at = above(at)) defined.add(at);
    }
  }
  const isOff = (path: string): boolean => path !== '' && (off.has(path) || isOff(above(path)));
  return off.size === 0 ? defined : new Set([...defined].filter((path) => !isOff(path)));
}

function above(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Custom properties that JSON can hold, without the name space that programs put them in; null for none. */
function customProperties(fields: Attributes, attributes: Attributes): Attributes | null {
  const out: Attributes = {};
  const entries = [
    ...Object.entries((fields.customData ?? {}) as Attributes),
    ...Object.entries(attributes).flatMap(([key, value]): [string, unknown][] =>
      key.startsWith('userProperties:') ? [[key.slice('userProperties:'.length), value]] : [],
    ),
  ];
  for (const [key, value] of entries) {
    const list = ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
    const isPlain = (item: unknown): boolean =>
      typeof item === 'string' || typeof item === 'boolean' || (typeof item === 'number' && Number.isFinite(item));
    if (isPlain(list) || (Array.isArray(list) && list.length <= 256 && list.every(isPlain))) out[key] = list;
  }
  return Object.keys(out).length > 0 ? out : null;
}
