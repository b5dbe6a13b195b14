import { describe, expect, it } from 'vitest';
import { ChangeCount } from './change-count.ts';

/** Whether a statement counts as a change. */
function counts(statement: string): boolean {
  const changes = new ChangeCount();
  const before = changes.generation();
  changes.note(statement);
  return changes.generation() !== before;
}

describe('the count of changes', () => {
  it.each([
    'select "updated_at", "deleted_at" from "projects" where "id" = $1',
    ' SELECT 1',
    'select "is_insertable_into" from "information_schema"."tables"',
  ])('leaves out what only reads: %s', (statement) => {
    expect(counts(statement)).toBe(false);
  });

  it.each([
    'insert into "projects" ("id") values ($1)',
    'begin',
    'commit',
    'with "gone" as (delete from "jobs" returning "id") select "id" from "gone"',
    'select "id" from "jobs" for update skip locked',
    'select 1\ninto "copy"',
    'select 1; delete from "jobs"',
    'truncate "jobs"',
    'create index on "jobs" ("id")',
    '/* select */ update "jobs" set "id" = $1',
    'selecting',
  ])('counts what may change something: %s', (statement) => {
    expect(counts(statement)).toBe(true);
  });

  it('never gives the same twice, nor in another opening', () => {
    expect(new ChangeCount().generation()).not.toBe(new ChangeCount().generation());
  });
});
