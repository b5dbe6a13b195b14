import type { Document } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelCost } from '#contracts/operations/optimize-report.ts';
import type { OtherContents } from '#contracts/operations/recipe-others.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { type ModelFile, totalBytes } from '../formats/model-file.ts';
import { dataBytes, measureCost } from '../measure/model-cost.ts';
import { readModel } from './read-model.ts';

/** The files of a model that a recipe takes beside its source. */
export interface OtherFiles {
  files: readonly ModelFile[];
  /** SHA-256 of what it holds: results of steps are kept by it. */
  key: Sha256;
}

/** A model as it was read the first time. */
interface ReadOther {
  cost: ModelCost;
  glb: Uint8Array;
}

/** The models that a recipe takes beside its source: read when a step asks for them, within limits that hold for all. */
export class OtherModels {
  readonly #given: ReadonlyMap<string, OtherFiles>;
  readonly #read = new Map<string, ReadOther>();
  /** What the source and those that were read leave of the limits. */
  #left: ModelLimits;

  constructor(
    given: ReadonlyMap<string, OtherFiles>,
    source: { fileBytes: number; document: Document },
    limits: ModelLimits,
  ) {
    this.#given = given;
    this.#left = limits;
    this.#take(source.fileBytes, source.document);
  }

  /** What they hold, by the names that the recipe has for them. */
  get contents(): OtherContents {
    return new Map([...this.#given].map(([name, { key }]) => [name, key]));
  }

  /**
   * What a model costs as it was read.
   *
   * @throws MaquetteError `not_found` for one that was not given, `model_too_large`, and what reading a model throws
   */
  async cost(name: string): Promise<ModelCost> {
    return (await this.#first(name)).cost;
  }

  /** A document of a model, to change. @throws MaquetteError as `cost` */
  async open(name: string): Promise<Document> {
    const { glb } = await this.#first(name);
    // It was within the limits when it was read.
    const any = Number.MAX_SAFE_INTEGER;
    const limits = { ...this.#left, fileBytes: any, decodedBytes: any, triangles: any, nodes: any };
    return (await readModel([{ name: 'model.glb', bytes: glb }], limits)).document;
  }

  async #first(name: string): Promise<ReadOther> {
    const known = this.#read.get(name);
    if (known) return known;
    const given = this.#given.get(name);
    if (!given)
      throw new MaquetteError('not_found', `The recipe takes the model ${name}, which was not given.`, {
        remedy: 'Give its files beside those of the model.',
      });
    const { document, format } = await readModel(given.files, this.#left).catch((thrown: unknown) => {
      throw besideOthers(name, thrown);
    });
    const { files } = given;
    const glb = format === 'glb' && files.length === 1 ? files[0]!.bytes : await writeGlb(document);
    const read = { glb, cost: measureCost(document, glb.byteLength) };
    this.#take(totalBytes(files), document);
    this.#read.set(name, read);
    return read;
  }

  #take(fileBytes: number, document: Document): void {
    const { triangles } = measureCost(document, 0);
    const left = this.#left;
    this.#left = {
      ...left,
      fileBytes: Math.max(0, left.fileBytes - fileBytes),
      decodedBytes: Math.max(0, left.decodedBytes - dataBytes(document)),
      triangles: Math.max(0, left.triangles - triangles),
      nodes: Math.max(0, left.nodes - document.getRoot().listNodes().length),
    };
  }
}

/** What is wrong with a model that a recipe takes beside its source. */
function besideOthers(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof MaquetteError)) return thrown;
  const { code } = thrown;
  const beside =
    code === 'model_too_large' ? ' Limits are for all models of a recipe together: this is what is left.' : '';
  const message = `The other model ${name}: ${thrown.message}${beside}`;
  return new MaquetteError(code, message, { ...thrown.toValue(), cause: thrown });
}
