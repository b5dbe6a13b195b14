import { testEngines } from '#test/databases.ts';
import { describeDatabaseContract } from './database.contract.ts';

for (const { name, open } of await testEngines()) describeDatabaseContract(name, open);
