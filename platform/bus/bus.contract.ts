import { describe } from 'vitest';
import type { OpenedDatabase } from '#test/databases.ts';
import { describeEvents } from './events.contract.ts';
import { describeLeases } from './leases.contract.ts';
import { describeParts } from './parts.contract.ts';
import { describeSharing } from './sharing.contract.ts';
import { useBus } from './testing/bus-fixture.ts';
import { describeWaiting } from './waiting.contract.ts';

/** What the bus does on every engine. `open` gives a database of its own, which is empty. */
export function describeBusContract(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(`the bus contract on ${name}`, () => {
    const fixture = useBus(open);
    describeLeases(fixture);
    describeParts(fixture);
    describeSharing(fixture);
    describeWaiting(fixture);
    describeEvents(fixture);
  });
}
