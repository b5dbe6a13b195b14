import { z } from 'zod';

/** The number of a version of an asset, in a path or a query; as large as the database's integers. */
export const VersionNumber = z.coerce
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1)
  .describe('Number of the version; the newest where it may be left out');
