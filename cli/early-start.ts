import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { embeddedImages } from '#engine/formats/gltf/embedded-images.ts';
import { WAITING_IMAGE_BYTES } from '#engine/render/textures.ts';
import type { DecodeTexels } from '#engine/texture/image-codec.ts';
import { decodeAhead } from '#platform/images/decode-ahead.ts';
import { decodeTexels, loadCodec } from '#platform/images/sharp-codec.ts';
import { createNodeRenderHost, type NodeRenderHost } from '#platform/render-threads/node-host.ts';
import { threadsFrom } from './threads-option.ts';

/** Most bytes of the kernel's memory that images take before it is known whether they are asked for. */
const PLACED_IMAGE_BYTES = 256 * 2 ** 20;

/** What lights a render that names nothing. */
const USUAL_ENVIRONMENT = 'studio';

/** What of a render has begun before its command's code is there. */
export interface EarlyStart {
  host: NodeRenderHost;
  /** Threads of the host, which may not be as many as the options ask for. */
  threads: number;
  /** The file that is taken for the model, where one can be told by now. */
  model: { path: string; bytes: Uint8Array } | undefined;
}

/**
 * Starts threads, reads the model and begins to decode its images; all of that goes on in other threads while this one
 * loads the command. What turns out not to be asked for is given up.
 *
 * @param first A render thread that has been started already.
 */
export async function startEarly(args: readonly string[], first?: Worker): Promise<EarlyStart> {
  // Their number is looked at again with the other options, where mistakes are told.
  const { values } = parseArgs({
    args: [...args],
    options: { threads: { type: 'string' }, environment: { type: 'string' } },
    strict: false,
  });
  const threads = guess(values.threads);
  const host = createNodeRenderHost({ threads, once: true, first });
  host.loadKernel().catch(() => {});
  // A name that is given is looked at with the other options.
  if (values.environment === undefined) host.loadEnvironment(USUAL_ENVIRONMENT).catch(() => {});
  // A word that stands first is no option's value.
  const [path] = args;
  const bytes = path === undefined || path.startsWith('-') ? undefined : readIfThere(path);
  if (path === undefined || bytes === undefined) return { host, threads, model: undefined };
  return { host: await decodingHost(host, embeddedImages(bytes)), threads, model: { path, bytes } };
}

/** The host that has begun to decode images: those that it can in its own threads, the others beside them. */
async function decodingHost(host: NodeRenderHost, images: readonly Uint8Array[]): Promise<NodeRenderHost> {
  const others: { decode: DecodeTexels } = { decode: decodeTexels };
  const here = host.placeImages(images, PLACED_IMAGE_BYTES, (bytes, mimeType) => others.decode(bytes, mimeType));
  const rest = images.filter((image) => here?.placed.find(image) === undefined);
  if (rest.length > 0) {
    await loadCodec().catch(() => {});
    others.decode = decodeAhead(rest, decodeTexels, WAITING_IMAGE_BYTES);
  }
  return { ...host, decodeImage: others.decode, ...here };
}

/** A file's bytes; at once, since other work would only hold up what waits for them. */
function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    // Told when the command reads it.
    return undefined;
  }
}

function guess(option: string | boolean | undefined): number {
  try {
    return threadsFrom(option);
  } catch {
    return availableParallelism();
  }
}
