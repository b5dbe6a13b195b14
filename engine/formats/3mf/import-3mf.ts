import { Document, type Material, type Mesh, type Node } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { Corrections } from '../corrections.ts';
import { formatCount, formatUnsupported, modelEmpty, modelMalformed } from '../errors.ts';
import { type FindingKind, Findings } from '../findings.ts';
import { Z_UP_ROTATION } from '../geometry/axes.ts';
import { checkNodes, checkTriangles } from '../geometry/check-size.ts';
import { createPlainMaterial } from '../geometry/color.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import { ResourceFiles } from '../resource-files.ts';
import { TextureLibrary } from '../textures/texture-library.ts';
import { buildMesh, type MaterialSource } from './build-mesh.ts';
import { withLattice } from './lattice-mesh.ts';
import type { Component, ModelObject, ModelPart } from './model-part.ts';
import { PackageParts } from './package-parts.ts';
import { parseModel } from './parse-model.ts';

const KINDS = {
  broken_property: [
    'warning',
    'triangles refer to a material or colour that does not exist',
    'Export the model again; these triangles are grey.',
  ],
  missing_texture: [
    'warning',
    'textures are missing from the package or cannot be read',
    'Export the model again with its textures.',
  ],
  ignored_element: ['info', 'kinds of elements are not read', 'Nothing needs doing unless the model looks incomplete.'],
  clipped_lattice: [
    'warning',
    'beam lattices are shown whole, though a mesh cuts them',
    'Export the lattice as a mesh to have it cut.',
  ],
  sheared_transform: [
    'warning',
    'transforms are skewed, which a glTF node cannot be',
    'Apply the transforms before the export.',
  ],
} as const satisfies Record<string, FindingKind>;

/** Metres of the units of 3MF Core 1.3, section 3.4. */
const UNITS: Record<string, number> = {
  micron: 1e-6,
  millimeter: 1e-3,
  centimeter: 1e-2,
  inch: 0.0254,
  foot: 0.3048,
  meter: 1,
};

const WRAPS: Record<string, 10497 | 33071 | 33648> = { wrap: 10497, mirror: 33648, clamp: 33071, none: 33071 };

/** Components of components of components: deeper than any real assembly. */
const MAX_DEPTH = 64;

/**
 * Reads a 3MF package: the objects of its build with components, transforms, base materials, colour and texture
 * groups, parts in several files (production extension), beam lattices. Each object becomes one mesh, however often it is used.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `archive_unsafe`, `format_unsupported`
 */
export async function import3mf(
  main: ModelFile,
  _files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  return new Importer3mf(main, limits).run(progress);
}

class Importer3mf implements MaterialSource {
  private readonly main: ModelFile;
  private readonly limits: ModelLimits;
  private readonly parts: PackageParts;
  private readonly models = new Map<string, ModelPart>();
  private readonly meshes = new Map<ModelObject, { mesh: Mesh; triangles: number }>();
  private readonly materials = new Map<string, Material>();
  private readonly document = new Document();
  private readonly corrections = new Corrections();
  private readonly findings: Findings<keyof typeof KINDS>;
  private readonly textures: TextureLibrary;
  private nodes = 0;
  private triangles = 0;

  constructor(main: ModelFile, limits: ModelLimits) {
    this.main = main;
    this.limits = limits;
    this.parts = new PackageParts(main, limits);
    this.findings = new Findings(main.name, KINDS);
    this.textures = new TextureLibrary(this.document, new ResourceFiles([]), main, limits, (_, reference) =>
      this.findings.add('missing_texture', reference),
    );
  }

  run(progress: ImportProgress): ImportedModel {
    const { document, main } = this;
    const root = this.model(this.parts.rootModel(), portionOf(progress, 0, 0.5));
    const scene = document.createScene(root.metadata.Title || main.name);
    document.getRoot().setDefaultScene(scene);
    if (Object.keys(root.metadata).length > 0) scene.setExtras({ ...root.metadata });
    const scale = UNITS[root.unit.toLowerCase()];
    if (scale === undefined) throw modelMalformed(root.path, `The unit "${root.unit.slice(0, 40)}" is none of 3MF.`);
    const top = document.createNode('3MF').setRotation(Z_UP_ROTATION).setScale([scale, scale, scale]);
    scene.addChild(top);
    this.nodes = 1;
    if (root.items.length === 0)
      throw modelEmpty(
        root.path,
        `The build of the 3MF package has no items (${formatCount(root.objects.size)} objects are defined).`,
      );
    for (const [index, item] of root.items.entries()) {
      progress(0.5 + (0.5 * index) / root.items.length);
      top.addChild(this.instance(item, root, []));
    }
    if (this.triangles === 0) throw modelEmpty(root.path, 'The objects of the build have no triangles.');
    this.corrections.add('units_to_metres', 1, () => `The unit ${root.unit} was converted to metres (× ${scale}).`);
    this.corrections.add('up_axis', 1, () => '+Z is up in 3MF: the model was turned so that +Y is.');
    for (const part of this.models.values())
      for (const tag of part.ignored) this.findings.add('ignored_element', `<${tag}>`);
    const generator =
      root.metadata.Application ?? /created (?:by|with) (.+)/i.exec(root.metadata.Description ?? '')?.[1] ?? null;
    return {
      document,
      corrections: this.corrections.list(),
      generator: generator?.slice(0, 200) ?? null,
      findings: this.findings.report(),
    };
  }

  private model(path: string, progress?: ImportProgress): ModelPart {
    const known = this.models.get(path);
    if (known) return known;
    const bytes = this.parts.find(path);
    if (!bytes)
      throw modelMalformed(
        this.main.name,
        `The package refers to the part "${path.slice(0, 200)}", which it does not hold.`,
      );
    const part = parseModel(bytes, `${this.main.name}/${path.replace(/^\/+/, '')}`, this.limits, progress);
    if (part.requiredExtensions.length > 0) {
      throw formatUnsupported(
        part.path,
        `The 3MF package requires the extension ${part.requiredExtensions[0]!.slice(0, 200)}, which is not read.`,
        'Export the model as 3MF without this extension (as plain meshes).',
      );
    }
    this.models.set(path, part);
    return part;
  }

  private instance(component: Component, from: ModelPart, above: ModelObject[]): Node {
    const part = component.path === null ? from : this.model(component.path);
    const object = part.objects.get(component.objectId);
    if (!object) throw modelMalformed(part.path, `The object ${component.objectId} is used but not defined.`);
    if (above.includes(object)) throw modelMalformed(part.path, `The object ${object.id} contains itself.`);
    if (above.length >= MAX_DEPTH)
      throw modelMalformed(part.path, `Components are nested more than ${MAX_DEPTH} deep.`);
    checkNodes(part.path, ++this.nodes, this.limits);
    const node = this.document.createNode(object.name || `Object ${object.id}`);
    if (component.matrix && !setNodeMatrix(node, component.matrix))
      this.findings.add('sheared_transform', `object ${object.id}`);
    const mesh = this.meshOf(part, object);
    if (mesh) {
      this.triangles += mesh.triangles;
      checkTriangles(part.path, this.triangles, this.limits);
      node.setMesh(mesh.mesh);
    }
    for (const child of object.components) node.addChild(this.instance(child, part, [...above, object]));
    return node;
  }

  /** The mesh of an object with its lattice, made once; null for one without triangles. */
  private meshOf(part: ModelPart, object: ModelObject): { mesh: Mesh; triangles: number } | null {
    const known = this.meshes.get(object);
    if (known) return known;
    const { lattice } = object;
    const representation = part.objects.get(lattice?.representation ?? -1);
    const source = lattice && representation?.mesh && representation !== object ? representation.mesh : object.mesh;
    if (!source) return null;
    const isWhole = lattice !== null && source === object.mesh;
    if (isWhole && lattice.isClipped) this.findings.add('clipped_lattice', `object ${object.id}`);
    const shown = isWhole ? withLattice(source, lattice, part.path, this.limits) : source;
    if (shown.triangles.length === 0) return null;
    const made = { mesh: buildMesh(this.document, part, object, shown, this), triangles: shown.triangles.length / 3 };
    this.meshes.set(object, made);
    return made;
  }

  plain(): Material {
    return this.material('plain', () => createPlainMaterial(this.document));
  }

  colored(transparent: boolean): Material {
    return this.material(`colored ${transparent}`, () =>
      createPlainMaterial(this.document, true).setAlphaMode(transparent ? 'BLEND' : 'OPAQUE'),
    );
  }

  base(part: ModelPart, pid: number, index: number): Material {
    return this.material(`${part.path} ${pid} ${index}`, () => {
      const group = part.groups.get(pid);
      const base = group?.kind === 'materials' ? group.materials[index] : undefined;
      if (!base) return createPlainMaterial(this.document);
      return this.document
        .createMaterial(base.name)
        .setBaseColorFactor(base.color)
        .setMetallicFactor(base.metallic)
        .setRoughnessFactor(base.roughness)
        .setAlphaMode(base.color[3] < 1 ? 'BLEND' : 'OPAQUE');
    });
  }

  textured(part: ModelPart, id: number): Material {
    return this.material(`${part.path} texture ${id}`, () => {
      const definition = part.textures.get(id);
      const bytes = definition && this.parts.find(definition.path);
      if (!bytes) this.findings.add('missing_texture', definition?.path ?? `texture ${id}`);
      const texture =
        bytes && this.textures.fromBytes(bytes, definition.path.slice(definition.path.lastIndexOf('/') + 1));
      if (!texture) return createPlainMaterial(this.document);
      const material = createPlainMaterial(this.document, true).setName(texture.getName()).setBaseColorTexture(texture);
      material
        .getBaseColorTextureInfo()!
        .setWrapS(WRAPS[definition.tileU] ?? 10497)
        .setWrapT(WRAPS[definition.tileV] ?? 10497);
      return material;
    });
  }

  broken(part: ModelPart, pid: number): void {
    this.findings.add('broken_property', `${part.path}: pid ${pid}`);
  }

  private material(key: string, create: () => Material): Material {
    let material = this.materials.get(key);
    if (!material) {
      material = create();
      this.materials.set(key, material);
    }
    return material;
  }
}
