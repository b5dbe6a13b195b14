import { Readable } from 'node:stream';
import type { JobPicture } from '#contracts/jobs/job-kinds.ts';
import { ProgressPicture } from '#contracts/render/progress-picture.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';

/** What a task says of a picture in the making; it has read untrusted bytes, so it is parsed. */
const About = ProgressPicture.omit({ bytes: true });

/**
 * Makes what stores pictures in the making as they come, and tells of each that is stored. A process that sends them
 * faster than they are stored has the ones between left out; one that cannot be stored is, too: the picture that counts
 * is the last, which comes in another way.
 */
export function pictureKeeper(
  objects: ObjectStore,
  stored: (picture: JobPicture) => void,
): (bytes: Uint8Array, about: unknown) => void {
  let busy = false;
  return (bytes, about) => {
    const parsed = About.safeParse(about);
    if (busy || !parsed.success) return;
    busy = true;
    objects
      .put(Readable.from([bytes]))
      .then(({ sha256, bytes }) => stored({ ...parsed.data, blob: { sha256, bytes } }))
      .catch(() => {})
      .finally(() => {
        busy = false;
      });
  };
}
