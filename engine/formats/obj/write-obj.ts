import type { Document, Material } from '@gltf-transform/core';
import { EXPORT_FORMATS, type ExportOptions } from '#contracts/model/export-format.ts';
import type { Matrix } from '../../describe/matrix.ts';
import {
  countPlaced,
  elementIndices,
  type PlacedPrimitive,
  placedPrimitives,
  posedVertices,
} from '../baked/placed-primitives.ts';
import { fileSpace, Placement } from '../baked/placement.ts';
import { inPose } from '../baked/pose-document.ts';
import { coordinateSet } from '../baked/texture-coordinates.ts';
import { nothingToWrite } from '../errors.ts';
import { type FormatAbilities, lostFeatures } from '../export-warnings.ts';
import type { Exporter } from '../exporter.ts';
import { FileNames } from '../file-names.ts';
import { linearToSrgb } from '../geometry/color.ts';
import { weldPositions } from '../geometry/weld-positions.ts';
import { TextWriter } from '../text-writer.ts';
import { UniqueNames } from '../unique-names.ts';
import { writeMtl } from './write-mtl.ts';

const ABILITIES: FormatAbilities = {
  hierarchy: false,
  animations: false,
  skins: false,
  morphTargets: false,
  cameras: false,
  lights: false,
  instances: false,
  elements: ['triangles', 'lines', 'points'],
  normals: true,
  texcoords: 1,
  vertexColors: true,
  materials: new Set([
    'color',
    'color texture',
    'both sides',
    'opacity',
    'alpha cutoff',
    'metalness and roughness',
    'metalness and roughness texture',
    'normal map',
    'emission',
    'emission texture',
    'clearcoat',
    'sheen',
  ]),
  extras: false,
};

/** Words of OBJ end at blanks; names are one word. */
const BLANKS = /[\s#\\]+/g;

/** What faces without a material use where others have one. */
const NO_MATERIAL = 'none';

/**
 * Writes Wavefront OBJ with its material library and textures: an object for each node, a group of faces for each
 * material, everything where it stands. Vertex colours follow the position (`v x y z r g b`), in sRGB; `vt` points up.
 * Metres and +Y up unless asked otherwise; another unit is named in a comment.
 *
 * @throws MaquetteError `model_empty`, `output_limit_exceeded`, `invalid_request` for an animation that is not there,
 * `image_malformed` for a texture that has to be converted and cannot be read
 */
export const exportObj: Exporter = async (document, { options, stem, host }) => {
  const names = new FileNames();
  const library = names.unique(stem, '.mtl');
  const { bytes, materials } = inPose(document, options, () => writeObj(document, options, library));
  const mtl = await writeMtl(materials, stem, names, host);
  const lost = lostFeatures(document, ABILITIES, options.animation !== undefined);
  const files = materials.size > 0 ? [{ path: library, bytes: mtl.bytes }, ...mtl.textures] : [];
  return { files: [{ path: `${stem}.obj`, bytes }, ...files], warnings: [...lost, ...mtl.warnings] };
};

interface WrittenObj {
  bytes: Uint8Array<ArrayBuffer>;
  /** The materials that are used, with their names in the library. */
  materials: Map<Material, string>;
}

function writeObj(document: Document, options: ExportOptions, library: string): WrittenObj {
  const placed = placedPrimitives(document).filter(({ kind }) => kind !== 'splats');
  if (placed.length === 0) throw nothingToWrite('OBJ', 'triangles, lines or points');
  const { elements, vertices } = countPlaced(placed);
  const writer = new ObjWriter(new TextWriter('OBJ file', vertices * 100 + elements * 80), options);
  writer.begin(
    library,
    placed.some(({ primitive }) => primitive.getMaterial() !== null),
  );
  for (const group of byNode(placed)) {
    const places = Math.max(...group.map(({ matrices }) => matrices.length));
    for (let place = 0; place < places; place++) {
      writer.object(group[0]!.node.getName() || group[0]!.mesh.getName());
      for (const entry of group) {
        const matrix = entry.matrices[place];
        // Joints place a primitive once, whatever copies its node makes.
        if (matrix) writer.primitive(entry, matrix);
      }
    }
  }
  return { bytes: writer.finish(), materials: writer.materials };
}

/** The primitives of each node together. */
function byNode(placed: readonly PlacedPrimitive[]): PlacedPrimitive[][] {
  const groups = new Map<PlacedPrimitive['node'], PlacedPrimitive[]>();
  for (const entry of placed) {
    const group = groups.get(entry.node);
    if (group) group.push(entry);
    else groups.set(entry.node, [entry]);
  }
  return [...groups.values()];
}

class ObjWriter {
  readonly materials = new Map<Material, string>();
  readonly #text: TextWriter;
  readonly #options: ExportOptions;
  readonly #space: Matrix;
  readonly #objects = new UniqueNames();
  readonly #materialNames = new UniqueNames();
  #positions = 1;
  #texcoords = 1;
  #normals = 1;

  constructor(text: TextWriter, options: ExportOptions) {
    this.#text = text;
    this.#options = options;
    this.#materialNames.unique(NO_MATERIAL);
    this.#space = fileSpace(options, EXPORT_FORMATS.obj);
  }

  begin(library: string, hasMaterials: boolean): void {
    this.#text.ascii('# Made by Maquette\n').ascii(`# Units: ${this.#options.unit ?? EXPORT_FORMATS.obj.unit}\n`);
    if (hasMaterials) this.#text.text(`mtllib ${library}\n`);
  }

  object(name: string): void {
    this.#text.text(`o ${this.#objects.unique(oneWord(name, 'object'))}\n`);
  }

  primitive(entry: PlacedPrimitive, matrix: Matrix): void {
    const placement = new Placement(this.#space, matrix);
    const set = coordinateSet(entry.primitive.getMaterial()?.getBaseColorTextureInfo());
    const { positions, normals, texcoords, colors } = posedVertices(entry, set);
    const points = new Float32Array(positions.length);
    placement.points(positions, points);
    // Vertices that were parted for their normals or texture coordinates share their position again.
    const welded = colors || entry.kind === 'points' ? null : weldPositions(points);
    this.#writePositions(welded?.positions ?? points, colors);
    const surface = entry.kind === 'triangles';
    if (surface && texcoords) this.#writeTexcoords(texcoords);
    if (surface && normals) {
      const turned = new Float32Array(normals.length);
      placement.normals(normals, turned);
      this.#writeNormals(turned);
    }
    this.#useMaterial(entry.primitive.getMaterial());
    const vertexOf = welded?.indices ?? null;
    const indices = elementIndices(entry);
    if (surface) this.#writeFaces(indices, vertexOf, placement.mirrors, texcoords !== null, normals !== null);
    else this.#writeElements(indices, vertexOf, entry.kind === 'lines' ? 2 : 1);
    this.#positions += (welded?.positions ?? points).length / 3;
    if (surface && texcoords) this.#texcoords += texcoords.length / 2;
    if (surface && normals) this.#normals += normals.length / 3;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#text.finish();
  }

  #writePositions(points: Float32Array, colors: Float32Array | null): void {
    const text = this.#text;
    for (let i = 0; i < points.length; i += 3) {
      text
        .ascii('v ')
        .number(points[i]!)
        .ascii(' ')
        .number(points[i + 1]!)
        .ascii(' ')
        .number(points[i + 2]!);
      if (colors) {
        for (let k = 0; k < 3; k++) text.ascii(' ').number(linearToSrgb(colors[(i / 3) * 4 + k]!), 5);
      }
      text.ascii('\n');
    }
  }

  #writeTexcoords(texcoords: Float32Array): void {
    const text = this.#text;
    for (let i = 0; i < texcoords.length; i += 2) {
      text
        .ascii('vt ')
        .number(texcoords[i]!, 8)
        .ascii(' ')
        .number(1 - texcoords[i + 1]!, 8)
        .ascii('\n');
    }
  }

  #writeNormals(normals: Float32Array): void {
    const text = this.#text;
    for (let i = 0; i < normals.length; i += 3) {
      text
        .ascii('vn ')
        .number(normals[i]!, 6)
        .ascii(' ')
        .number(normals[i + 1]!, 6)
        .ascii(' ');
      text.number(normals[i + 2]!, 6).ascii('\n');
    }
  }

  #useMaterial(material: Material | null): void {
    if (!material) {
      // Without a statement the material before would go on.
      if (this.materials.size > 0) this.#text.ascii(`usemtl ${NO_MATERIAL}\n`);
      return;
    }
    let name = this.materials.get(material);
    if (name === undefined) {
      name = this.#materialNames.unique(oneWord(material.getName(), 'material'));
      this.materials.set(material, name);
    }
    this.#text.text(`usemtl ${name}\n`);
  }

  #writeFaces(
    indices: ArrayLike<number>,
    vertexOf: Uint32Array | null,
    mirrors: boolean,
    texcoords: boolean,
    normals: boolean,
  ): void {
    const text = this.#text;
    const order = mirrors ? [0, 2, 1] : [0, 1, 2];
    for (let i = 0; i < indices.length; i += 3) {
      text.ascii('f');
      for (let k = 0; k < 3; k++) {
        const index = indices[i + order[k]!]!;
        text.ascii(' ').integer(this.#positions + (vertexOf ? vertexOf[index]! : index));
        if (texcoords) text.ascii('/').integer(this.#texcoords + index);
        if (normals) text.ascii(texcoords ? '/' : '//').integer(this.#normals + index);
      }
      text.ascii('\n');
    }
  }

  #writeElements(indices: ArrayLike<number>, vertexOf: Uint32Array | null, corners: 1 | 2): void {
    const text = this.#text;
    const at = (i: number) => this.#positions + (vertexOf ? vertexOf[indices[i]!]! : indices[i]!);
    for (let i = 0; i + corners <= indices.length; i += corners) {
      text.ascii(corners === 1 ? 'p ' : 'l ').integer(at(i));
      if (corners === 2) text.ascii(' ').integer(at(i + 1));
      text.ascii('\n');
    }
  }
}

function oneWord(name: string, fallback: string): string {
  return name.trim().replaceAll(BLANKS, '_').slice(0, 200) || fallback;
}
