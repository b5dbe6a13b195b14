import type { Bus } from '#platform/bus/bus.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Sealer } from '#platform/secrets/sealer.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { Reactions } from '../reactions.ts';
import type { DataDatabase } from '../tables.ts';
import type { TestOrganizations } from '../test-mode/test-organizations.ts';

/** What the operations of the data service work with. */
export interface OperationDeps {
  database: DataDatabase;
  /** Over the same database. */
  bus: Bus;
  objects: ObjectStore;
  sealer: Sealer;
  reactions: Reactions;
  quotas: Quotas;
  testOrganizations: TestOrganizations;
  /** What results of steps of recipes may take in all, in bytes; 0: none are kept. */
  recipeCacheBytes: number;
}
