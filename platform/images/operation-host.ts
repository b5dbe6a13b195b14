import type { OperationHost } from '#engine/operations/operation-context.ts';
import { decodeImage } from './sharp-codec.ts';
import { encodeTexture } from './texture-codec.ts';

/** What operations on models need, in Node. */
export const nodeOperationHost: OperationHost = { decodeImage, encodeTexture, now: () => performance.now() };
