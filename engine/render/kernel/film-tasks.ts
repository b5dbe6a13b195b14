// Tasks that work on the film, which is the whole image.

import { prepareTile } from './denoise-prepare';
import { regressionTile } from './denoise-regression';
import { waveletTile } from './denoise-wavelet';
import { developTile } from './film-develop';
import {
  H_RAYS, HEADER, TASK_DENOISE_PREPARE, TASK_DENOISE_REGRESSION, TASK_DENOISE_WAVELET, TASK_DEVELOP, TASK_PASSES, TILE,
} from './layout';
import { passesTile } from './passes-tile';
import { tileColumns, tileRows } from './tiles';
import { raysTraced } from './traverse';
import { next } from './work';

/** Whether the task is one of the film's. */
export function isFilmTask(task: i32): bool {
  return task >= TASK_DEVELOP && task <= TASK_DENOISE_REGRESSION;
}

/** Works on the tiles of the image. */
export function runFilm(task: i32, thread: i32): void {
  const columns = tileColumns();
  const end = columns * tileRows();
  const before = raysTraced;
  for (let i = next(); i < end; i = next()) {
    const x = (i % columns) * TILE, y = (i / columns) * TILE;
    if (task == TASK_DEVELOP) developTile(x, y);
    else if (task == TASK_PASSES) passesTile(x, y, thread);
    else if (task == TASK_DENOISE_PREPARE) prepareTile(x, y);
    else if (task == TASK_DENOISE_WAVELET) waveletTile(x, y);
    else regressionTile(x, y, thread);
  }
  atomic.add<i32>(HEADER + H_RAYS, raysTraced - before);
}
