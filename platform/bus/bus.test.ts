import { testEngines } from '#test/databases.ts';
import { describeBusContract } from './bus.contract.ts';

for (const { name, open } of await testEngines()) describeBusContract(name, open);
