import type { MadeBlob, SourceFile } from '#contracts/jobs/blob-reference.ts';
import type { IngestSource } from '#contracts/jobs/ingest-source.ts';
import type { JobContext, JobHandler } from '#platform/jobs/worker.ts';
import { fetchUrl } from './fetch-url.ts';
import { gatherFiles } from './gather-files.ts';
import type { IngestDeps } from './ingest-deps.ts';

/**
 * Makes the handler of `asset.ingest`: brings the files of a version into the object storage. The bytes are not looked
 * into here, which is why this runs with a network and without a sandbox.
 */
export function ingestHandler(deps: IngestDeps): JobHandler<'asset.ingest'> {
  return async (job, context) => {
    const started = performance.now();
    const made: MadeBlob[] = [];
    const files = await bringIn(deps, job.payload.source, context, made);
    context.progress(1, 'scanning');
    await deps.scan(files, context.signal);
    return { files, made, seconds: (performance.now() - started) / 1000 };
  };
}

/** @param made gets what was not stored before; what comes in pieces has had its room since it was begun, and stays. */
async function bringIn(
  deps: IngestDeps,
  source: IngestSource,
  context: JobContext,
  made: MadeBlob[],
): Promise<SourceFile[]> {
  switch (source.kind) {
    case 'url': {
      const { file, madeAt } = await fetchUrl(deps, source, context);
      if (madeAt) made.push({ sha256: file.sha256, madeAt: madeAt.toISOString() });
      return [file];
    }
    case 'pieces':
      return gatherFiles(deps, source.files, context);
  }
}
