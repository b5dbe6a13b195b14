import type { mat4 } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount } from '../errors.ts';
import { checkDecodedBytes, checkTriangles } from '../geometry/check-size.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { type ImportProgress, NO_PROGRESS } from '../import-progress.ts';
import { GrowableFloat32, GrowableInt32 } from '../obj/growable.ts';
import { XmlReader } from '../xml/xml-reader.ts';
import { readBeamLattice } from './beam-lattice.ts';
import type { Component, MeshObject, ModelObject, ModelPart, PropertyGroup, Rgba } from './model-part.ts';

/** Namespaces of what is read here. */
const KNOWN_NAMESPACES = /3dmanufacturing\/(core|material|production|trianglesets|beamlattice)\//;

/**
 * Parses one model part of a 3MF package (3MF Core Specification 1.3, Materials and Properties 1.2, Production 1.1,
 * Beam Lattice 1.2).
 *
 * @throws MaquetteError `model_malformed` with part and line, `model_too_large`
 */
export function parseModel(
  bytes: Uint8Array,
  path: string,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): ModelPart {
  return new ModelParser(bytes, path, limits, progress).parse();
}

class ModelParser {
  private readonly xml: XmlReader;
  private readonly path: string;
  private readonly limits: ModelLimits;
  private readonly part: ModelPart;
  private readonly metallic = new Map<number, { metallic: number; roughness: number }[]>();

  constructor(bytes: Uint8Array, path: string, limits: ModelLimits, progress: ImportProgress) {
    this.xml = new XmlReader(bytes, path, progress);
    this.path = path;
    this.limits = limits;
    this.part = {
      path,
      unit: 'millimeter',
      metadata: {},
      objects: new Map(),
      groups: new Map(),
      textures: new Map(),
      items: [],
      requiredExtensions: [],
      ignored: new Set(),
    };
  }

  parse(): ModelPart {
    const { xml } = this;
    for (let event = xml.next(); event !== 'end'; event = xml.next()) {
      if (event !== 'open') continue;
      switch (xml.localName) {
        case 'model':
          this.model();
          break;
        case 'metadata':
          this.metadata();
          break;
        case 'resources':
        case 'build':
          break;
        case 'basematerials':
          this.baseMaterials();
          break;
        case 'colorgroup':
          this.colorGroup();
          break;
        case 'texture2d':
          this.part.textures.set(this.id(), {
            path: xml.attribute('path') ?? '',
            tileU: xml.attribute('tilestyleu') ?? 'wrap',
            tileV: xml.attribute('tilestylev') ?? 'wrap',
          });
          break;
        case 'texture2dgroup':
          this.textureGroup();
          break;
        case 'compositematerials':
          this.composites();
          break;
        case 'multiproperties':
          this.multiProperties();
          break;
        case 'pbmetallicdisplayproperties':
          this.metallicProperties();
          break;
        case 'object':
          this.object();
          break;
        case 'item':
          this.part.items.push(this.component());
          break;
        default:
          if (xml.depth <= 3) {
            this.part.ignored.add(xml.name);
            xml.skip();
          }
      }
    }
    return this.part;
  }

  private model(): void {
    const { xml, part } = this;
    part.unit = xml.attribute('unit') ?? 'millimeter';
    for (const prefix of (xml.attribute('requiredextensions') ?? '').split(/\s+/).filter(Boolean)) {
      const namespace = xml.attribute(`xmlns:${prefix}`) ?? prefix;
      if (!KNOWN_NAMESPACES.test(namespace)) part.requiredExtensions.push(namespace);
    }
  }

  private metadata(): void {
    const { xml, part } = this;
    const name = xml.attribute('name') ?? '';
    const text = this.textContent();
    if (name && Object.keys(part.metadata).length < 100) part.metadata[name] = text.slice(0, 2000);
  }

  private baseMaterials(): void {
    const { xml } = this;
    const group: PropertyGroup = { kind: 'materials', materials: [] };
    this.part.groups.set(this.id(), group);
    const properties = xml.number('displaypropertiesid');
    this.children((tag) => {
      if (tag !== 'base') return;
      const shading = this.metallic.get(properties)?.[group.materials.length];
      group.materials.push({
        name: xml.attribute('name') ?? '',
        color: this.color(xml.attribute('displaycolor')),
        metallic: shading?.metallic ?? 0,
        roughness: shading?.roughness ?? 0.7,
      });
    });
  }

  private metallicProperties(): void {
    const list: { metallic: number; roughness: number }[] = [];
    this.metallic.set(this.id(), list);
    this.children((tag) => {
      if (tag === 'pbmetallic')
        list.push({
          metallic: unit(this.xml.number('metallicness'), 0),
          roughness: unit(this.xml.number('roughness'), 1),
        });
    });
  }

  private colorGroup(): void {
    const colors: Rgba[] = [];
    this.part.groups.set(this.id(), { kind: 'colors', colors });
    this.children((tag) => {
      if (tag === 'color') colors.push(this.color(this.xml.attribute('color')));
    });
  }

  private textureGroup(): void {
    const coordinates: number[] = [];
    this.part.groups.set(this.id(), { kind: 'texture', texture: this.xml.number('texid'), coordinates });
    this.children((tag) => {
      if (tag !== 'tex2coord') return;
      coordinates.push(this.required('u'), this.required('v'));
    });
  }

  /** Mixtures are shown as the mean of the colours of their parts. */
  private composites(): void {
    const { xml } = this;
    const id = this.id();
    const materials = this.part.groups.get(xml.number('matid'));
    const indices = numbers(xml.attribute('matindices'));
    const colors: Rgba[] = [];
    this.part.groups.set(id, { kind: 'colors', colors });
    this.children((tag) => {
      if (tag !== 'composite') return;
      const values = numbers(xml.attribute('values'));
      const sum: Rgba = [0, 0, 0, 0];
      let total = 0;
      for (const [i, value] of values.entries()) {
        const color = materials?.kind === 'materials' ? materials.materials[indices[i] ?? -1]?.color : undefined;
        if (!color || !(value > 0)) continue;
        total += value;
        for (let k = 0; k < 4; k++) sum[k]! += value * color[k]!;
      }
      colors.push(total > 0 ? (sum.map((value) => value / total) as Rgba) : [0.6, 0.6, 0.6, 1]);
    });
  }

  /** Layers are shown as the topmost one with a texture, else with colours, else the lowest. */
  private multiProperties(): void {
    const { xml } = this;
    const id = this.id();
    const pids = numbers(xml.attribute('pids'));
    const kinds = pids.map((pid) => this.part.groups.get(pid)?.kind);
    let layer = kinds.lastIndexOf('texture');
    if (layer < 0) layer = kinds.lastIndexOf('colors');
    if (layer < 0) layer = 0;
    const references: { pid: number; index: number }[] = [];
    this.part.groups.set(id, { kind: 'multi', references });
    this.children((tag) => {
      if (tag === 'multi')
        references.push({ pid: pids[layer] ?? -1, index: numbers(xml.attribute('pindices'))[layer] ?? 0 });
    });
  }

  private object(): void {
    const { xml } = this;
    const object: ModelObject = {
      id: this.id(),
      name: (xml.attribute('name') ?? xml.attribute('partnumber') ?? '').slice(0, 200),
      type: xml.attribute('type') ?? 'model',
      pid: integerOr(xml.number('pid'), -1),
      pindex: integerOr(xml.number('pindex'), 0),
      mesh: null,
      lattice: null,
      components: [],
    };
    if (this.part.objects.has(object.id)) xml.fail(`The object ${object.id} is defined twice.`);
    const depth = xml.depth;
    while (xml.depth >= depth) {
      if (xml.next() !== 'open') continue;
      switch (xml.localName) {
        case 'mesh':
          object.mesh = this.mesh(object);
          break;
        case 'component':
          object.components.push(this.component());
          break;
        case 'components':
          break;
        case 'metadatagroup':
          xml.skip();
          break;
        default:
          this.part.ignored.add(xml.name);
          xml.skip();
      }
    }
    this.part.objects.set(object.id, object);
  }

  private mesh(object: ModelObject): MeshObject {
    const { xml } = this;
    const positions = new GrowableFloat32();
    const triangles = new GrowableInt32();
    const properties = new GrowableInt32();
    let hasProperties = false;
    const depth = xml.depth;
    while (xml.depth >= depth) {
      if (xml.next() !== 'open') continue;
      const tag = xml.localName;
      if (tag === 'vertex') {
        positions.push(this.required('x'));
        positions.push(this.required('y'));
        positions.push(this.required('z'));
      } else if (tag === 'triangle') {
        for (const key of ['v1', 'v2', 'v3']) {
          const vertex = xml.number(key);
          if (!(vertex >= 0 && vertex < positions.length / 3 && Number.isInteger(vertex))) {
            xml.fail(
              `Triangle ${formatCount(Math.floor(triangles.length / 3))} refers to vertex ${xml.attribute(key)}; the mesh has ${formatCount(positions.length / 3)}.`,
            );
          }
          triangles.push(vertex);
        }
        const p1 = integerOr(xml.number('p1'), -1);
        if (p1 >= 0) hasProperties = true;
        properties.push(integerOr(xml.number('pid'), -1));
        properties.push(p1);
        properties.push(integerOr(xml.number('p2'), p1));
        properties.push(integerOr(xml.number('p3'), p1));
        if ((triangles.length & 0xffff) === 0) this.checkSize(positions.length, triangles.length);
      } else if (tag === 'beamlattice') {
        object.lattice = readBeamLattice(xml, positions.length / 3);
      } else if (tag !== 'vertices' && tag !== 'triangles') {
        if (tag !== 'trianglesets') this.part.ignored.add(xml.name);
        xml.skip();
      }
    }
    this.checkSize(positions.length, triangles.length);
    return {
      positions: positions.view().slice(),
      triangles: Uint32Array.from(triangles.view()),
      properties: hasProperties ? properties.view().slice() : null,
    };
  }

  private checkSize(positions: number, triangles: number): void {
    checkTriangles(this.path, triangles / 3, this.limits);
    checkDecodedBytes(this.path, positions * 8 + triangles * 12, this.limits);
  }

  private component(): Component {
    const { xml } = this;
    const objectId = xml.number('objectid');
    if (!Number.isInteger(objectId)) xml.fail(`<${xml.name}> has no objectid.`);
    const path = xml.listAttributes().find(([name]) => name.endsWith(':path'))?.[1] ?? null;
    const transform = xml.attribute('transform');
    return { objectId, path, matrix: transform === null ? null : this.matrix(transform) };
  }

  /** Twelve numbers, the rows of a 4 × 3 matrix for row vectors: in the order of glTF without its last row. */
  private matrix(text: string): mat4 {
    const m = numbers(text);
    if (m.length !== 12 || m.some((value) => !Number.isFinite(value)))
      this.xml.fail(`The transform "${text.slice(0, 80)}" has not twelve numbers.`);
    return [m[0]!, m[1]!, m[2]!, 0, m[3]!, m[4]!, m[5]!, 0, m[6]!, m[7]!, m[8]!, 0, m[9]!, m[10]!, m[11]!, 1];
  }

  /** `#RRGGBB` or `#RRGGBBAA` in sRGB. */
  private color(text: string | null): Rgba {
    const found = /^#([0-9a-f]{6})([0-9a-f]{2})?$/i.exec((text ?? '').trim());
    if (!found) return this.xml.fail(`"${(text ?? '').slice(0, 40)}" is no colour.`);
    const rgb = Number.parseInt(found[1]!, 16);
    const [r, g, b] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255].map((byte) => srgbToLinear(byte / 255));
    return [r!, g!, b!, found[2] ? Number.parseInt(found[2], 16) / 255 : 1];
  }

  private id(): number {
    const id = this.xml.number('id');
    if (!Number.isInteger(id)) this.xml.fail(`<${this.xml.name}> has no id.`);
    return id;
  }

  private required(name: string): number {
    const value = this.xml.number(name);
    if (!Number.isFinite(value))
      this.xml.fail(
        `<${this.xml.name}> has "${(this.xml.attribute(name) ?? '').slice(0, 40)}" for ${name}, which is no number.`,
      );
    return value;
  }

  private children(visit: (tag: string) => void): void {
    const { xml } = this;
    const depth = xml.depth;
    while (xml.depth >= depth) if (xml.next() === 'open') visit(xml.localName);
  }

  private textContent(): string {
    const { xml } = this;
    const depth = xml.depth;
    let text = '';
    while (xml.depth >= depth) if (xml.next() === 'text') text += xml.text();
    return text.trim();
  }
}

function numbers(text: string | null): number[] {
  return (text ?? '').split(/\s+/).filter(Boolean).slice(0, 100_000).map(Number);
}

function integerOr(value: number, fallback: number): number {
  return Number.isInteger(value) ? value : fallback;
}

function unit(value: number, fallback: number): number {
  return value >= 0 && value <= 1 ? value : fallback;
}
