// Tasks that make lights ready: the environment's maps and its sampling table, and the tree over all that shines.

import { buildEmitterTree, listEmitters, measureEmitters } from './emitters';
import { buildFilterTables, buildSharpLevels, filterRow, resampleRow } from './environment-filter';
import { buildEnvironmentTable, ENVIRONMENT_TABLE_PARTS } from './environment-sampling';
import {
  H_ENV_MAP_SIZE, HEADER, TASK_EMITTER_LIST, TASK_EMITTER_POWER, TASK_EMITTER_TREE, TASK_ENVIRONMENT_FILTER,
  TASK_ENVIRONMENT_FILTER_TABLES, TASK_ENVIRONMENT_LEVELS, TASK_ENVIRONMENT_RESAMPLE, TASK_ENVIRONMENT_TABLE,
} from './layout';
import { next } from './work';

export function isEnvironmentTask(task: i32): bool {
  return task >= 30 && task < 40;
}

/** Does one piece of a task that all threads share; false when there is none of that index. */
function piece(task: i32, index: i32): bool {
  switch (task) {
    case TASK_EMITTER_POWER:
      return measureEmitters(index);
    case TASK_ENVIRONMENT_FILTER:
      return filterRow(index);
    case TASK_ENVIRONMENT_RESAMPLE:
      if (index >= load<i32>(HEADER + H_ENV_MAP_SIZE)) return false;
      resampleRow(index);
      return true;
    case TASK_ENVIRONMENT_TABLE:
      if (index >= ENVIRONMENT_TABLE_PARTS) return false;
      buildEnvironmentTable(index);
      return true;
    default:
      // One thread does all of it.
      if (index > 0) return false;
      if (task == TASK_EMITTER_LIST) listEmitters();
      else if (task == TASK_EMITTER_TREE) buildEmitterTree();
      else if (task == TASK_ENVIRONMENT_LEVELS) buildSharpLevels();
      else if (task == TASK_ENVIRONMENT_FILTER_TABLES) buildFilterTables();
      return true;
  }
}

/** Works on a task of lights until nothing of it is left. */
export function runEnvironment(task: i32): void {
  for (let i = next(); i < i32.MAX_VALUE && piece(task, i); i = next()) {}
}
