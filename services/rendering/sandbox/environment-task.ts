import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEnvironment } from '#engine/render/environment/environment-source.ts';
import { invalidEnvironment } from '#engine/render/errors.ts';
import { isExr, readExrHead } from '#engine/texture/exr/exr-head.ts';
import { isRadiance, readRadianceHeader } from '#engine/texture/hdr/read-radiance.ts';
import type { SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { ENVIRONMENT_FILE, type EnvironmentOutput } from './render-input.ts';

/** Runs in the sandbox. @throws MaquetteError `environment_invalid` */
export async function checkEnvironment(context: SandboxTaskContext): Promise<EnvironmentOutput> {
  return readEnvironmentPicture(await readFile(join(context.folder, ENVIRONMENT_FILE)));
}

/**
 * Reads a picture whole, as rendering with it will.
 *
 * @throws MaquetteError `environment_invalid`
 */
export function readEnvironmentPicture(bytes: Uint8Array): EnvironmentOutput {
  const exr = isExr(bytes);
  if (!exr && !isRadiance(bytes)) {
    throw invalidEnvironment('The file is neither a Radiance .hdr nor an OpenEXR picture.');
  }
  const source = openEnvironment(bytes);
  if (source.kind !== 'panorama') throw invalidEnvironment('The file is no picture.');
  source.write(new Float32Array(source.picture.width * source.picture.height * 4));
  const { width, height } = exr ? readExrHead(bytes) : readRadianceHeader(bytes);
  return { format: exr ? 'exr' : 'hdr', width, height };
}
