/**
 * The query of a project's read alone, through the same pool as the server's, in as many loops as a benchmark has
 * connections: `node bench/gateway/bare-query.ts pglite|postgresql WHERE PROJECT LOOPS SECONDS`. Prints its figures.
 */
import { Pool } from 'pg';
import { openPglite } from '#platform/database/open-pglite.ts';
import { quantile } from '../machine.ts';

const [engine, where = '', project = '', loops = '16', seconds = '5'] = process.argv.slice(2);

interface Source {
  query(): Promise<unknown>;
  close(): Promise<void>;
}

async function open(): Promise<Source> {
  if (engine === 'postgresql') {
    const pool = new Pool({ connectionString: where, max: 10 });
    const { rows } = await pool.query('select organization_id from projects where id = $1', [project]);
    const values = [rows[0].organization_id, project];
    return {
      query: () => pool.query('select * from projects where organization_id = $1 and id = $2', values),
      close: () => pool.end(),
    };
  }
  const database = (await openPglite({ directory: where })).as<{ projects: { id: string; organization_id: string } }>();
  const { organization_id } = await database.kysely
    .selectFrom('projects')
    .select('organization_id')
    .where('id', '=', project)
    .executeTakeFirstOrThrow();
  return {
    query: () =>
      database.kysely
        .selectFrom('projects')
        .selectAll()
        .where('organization_id', '=', organization_id)
        .where('id', '=', project)
        .execute(),
    close: () => database.close(),
  };
}

const source = await open();
const taken: number[] = [];
const until = async (ms: number, count: boolean) => {
  const end = performance.now() + ms;
  const loop = async () => {
    while (performance.now() < end) {
      const begin = performance.now();
      await source.query();
      if (count) taken.push(performance.now() - begin);
    }
  };
  await Promise.all(Array.from({ length: Number(loops) }, loop));
};
await until(1000, false);
const begin = performance.now();
await until(Number(seconds) * 1000, true);
const perSecond = Math.round((taken.length / (performance.now() - begin)) * 1000);
await source.close();
const hundredth = (value: number) => Math.round(value * 100) / 100;
console.log(
  JSON.stringify({
    perSecond,
    p50Ms: hundredth(quantile(taken, 0.5)),
    p99Ms: hundredth(quantile(taken, 0.99)),
    failures: 0,
  }),
);
