import type { Document } from '@gltf-transform/core';
import validator from 'gltf-validator';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { writeGlb } from '../../gltf/write-glb.ts';
import type { ImportedModel } from '../../imported-model.ts';
import type { ModelFile } from '../../model-file.ts';
import { normalise } from '../../normalise.ts';
import { ResourceFiles } from '../../resource-files.ts';
import { importFbx } from '../import-fbx.ts';

/** Imports the bytes of a file with the default limits, or some of its own. */
export function importBytes(
  bytes: Uint8Array,
  files: ModelFile[] = [],
  limits: Partial<ModelLimits> = {},
): Promise<ImportedModel> {
  return importFbx({ name: 'model.fbx', bytes }, new ResourceFiles(files), ModelLimits.parse(limits));
}

/** Normalises and writes a document and asks the Khronos validator about it. Returns its errors. */
export async function khronosErrors(document: Document): Promise<string[]> {
  normalise(document, 'model.fbx');
  const report = await validator.validateBytes(await writeGlb(document), { maxIssues: 100 });
  return report.issues.messages
    .filter((message) => message.severity === 0)
    .map((message) => `${message.code} ${message.pointer} ${message.message}`);
}
