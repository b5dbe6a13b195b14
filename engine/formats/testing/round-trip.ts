import type { Document, Material } from '@gltf-transform/core';
import { expect } from 'vitest';
import type { ExportOptions } from '#contracts/model/export-format.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { readModel } from '#engine/process/read-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { corpusFile } from '#test/corpus.ts';
import type { ExportedModel } from '../exported-model.ts';
import type { Exporter } from '../exporter.ts';
import { boundsOf, poseDocument } from '../fbx/testing/pose-document.ts';
import { baseName } from '../model-file.ts';

/** What is compared before and after. */
export interface RoundTrip {
  source: Document;
  exported: ExportedModel;
  back: Document;
}

/** A model of the corpus with its companions, read as every command reads it. */
export async function readCorpus(path: string, others: readonly string[] = []): Promise<Document> {
  const files = await Promise.all(
    [path, ...others].map(async (file) => ({ name: baseName(file), bytes: new Uint8Array(await corpusFile(file)) })),
  );
  return (await readModel(files, ModelLimits.parse({}))).document;
}

/** Writes a document and reads what was written. */
export async function roundTrip(source: Document, exporter: Exporter, options: ExportOptions): Promise<RoundTrip> {
  const exported = await exporter(source, { options, stem: 'model', host: nodeOperationHost });
  const files = exported.files.map(({ path, bytes }) => ({ name: path, bytes }));
  return { source, exported, back: (await readModel(files, ModelLimits.parse({}))).document };
}

/**
 * Expects that every vertex's bounds are the same, at rest or at a share of a clip, within `tolerance` of the diagonal.
 *
 * @param clip number of the clip on both sides; null: at rest
 */
export function expectSameBounds(
  { source, back }: RoundTrip,
  clip: number | null,
  share: number,
  tolerance: number,
): void {
  const time = clip === null ? 0 : clipSeconds(source, clip) * share;
  const before = boundsOf(poseDocument(source, clip, time));
  const after = boundsOf(poseDocument(back, clip === null ? null : sameClip(source, back, clip), time));
  const diagonal = Math.hypot(...before[1].map((value, i) => value - before[0][i]!));
  for (const side of [0, 1] as const)
    for (const [i, value] of before[side].entries())
      expect(Math.abs(value - after[side][i]!) / diagonal, `clip ${clip} at ${time} s, axis ${i}`).toBeLessThan(
        tolerance,
      );
}

/** The clip of the same name; in files that hold one clip without its name, that one. */
function sameClip(source: Document, back: Document, clip: number): number {
  const name = source.getRoot().listAnimations()[clip]!.getName();
  return Math.max(
    0,
    back
      .getRoot()
      .listAnimations()
      .findIndex((animation) => animation.getName() === name),
  );
}

/** Time of the last key of a clip. */
export function clipSeconds(document: Document, clip: number): number {
  const samplers = document.getRoot().listAnimations()[clip]!.listSamplers();
  return Math.max(...samplers.map((sampler) => sampler.getInput()!.getArray()!.at(-1)!));
}

/** Triangles of a document as drawn by its nodes. */
export function triangles(document: Document): number {
  let count = 0;
  for (const node of document.getRoot().listNodes())
    for (const primitive of node.getMesh()?.listPrimitives() ?? [])
      count += (primitive.getIndices()?.getCount() ?? primitive.getAttribute('POSITION')!.getCount()) / 3;
  return count;
}

/** The factors of the materials that something is drawn with, sorted, rounded. */
export function materialFactors(document: Document): string[] {
  const used = new Set<Material>();
  for (const node of document.getRoot().listNodes())
    for (const primitive of node.getMesh()?.listPrimitives() ?? []) used.add(primitive.getMaterial()!);
  const round = (value: number) => Math.round(value * 1e3) / 1e3 + 0;
  const factors = [...used].map((material) =>
    JSON.stringify([
      material.getBaseColorFactor().map(round),
      round(material.getMetallicFactor()),
      round(material.getRoughnessFactor()),
      material.getEmissiveFactor().map(round),
      material.getDoubleSided(),
    ]),
  );
  return [...new Set(factors)].sort();
}
