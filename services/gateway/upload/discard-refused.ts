import type { FastifyRequest } from 'fastify';
import type { MadeBlob } from '#contracts/jobs/blob-reference.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { type Gateway, tenant, withoutKey } from '../gateway.ts';

/**
 * Does work that stores bytes and then records what they are. When it fails, what it has made goes again, unless something
 * refers to it: nobody may fill the storage with what is refused.
 *
 * @param work is to store through the object store that it is given
 */
export async function discardRefused<Result>(
  { data, objects, logger }: Pick<Gateway, 'data' | 'objects' | 'logger'>,
  request: FastifyRequest,
  work: (objects: ObjectStore) => Promise<Result>,
): Promise<Result> {
  const blobs: MadeBlob[] = [];
  const noting: ObjectStore = {
    ...objects,
    async put(source, options) {
      let madeAt: Date | undefined;
      const stored = await objects.put(source, { ...options, onMade: (at) => (madeAt = at) });
      if (madeAt) blobs.push({ sha256: stored.sha256, madeAt: madeAt.toISOString() });
      return stored;
    },
  };
  try {
    return await work(noting);
  } catch (refused) {
    if (blobs.length > 0) {
      // The client shall hear what was wrong with its request; the sweep comes to these bytes as well, a day later.
      await data.discardBlobs({ headers: withoutKey(tenant(request)), body: { blobs } }).catch((error: unknown) => {
        logger.warn({ err: error }, 'bytes of a refused upload could not be discarded');
      });
    }
    throw refused;
  }
}
