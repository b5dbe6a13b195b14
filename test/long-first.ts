import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take half a minute and more, though they are small: what they run stands in contracts and programs beside
 * them. Begun last they would keep one worker busy alone.
 */
const LONG = [
  'test/readme.test.ts',
  'test/faults/kill.test.ts',
  'test/api-fuzz/api-fuzz.test.ts',
  'platform/bus/bus.test.ts',
  'platform/database/database.test.ts',
  'platform/objects/s3/bucket-store.test.ts',
  'engine/render/kernel/kernel.test.ts',
  'services/rendering/memory.test.ts',
];

/** Begins with the files that are known to be long, then in Vitest's order: by size, or by what they took before. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((path) => moduleId.endsWith(`/${path}`));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
