import { type ErrorItem, MaquetteError } from '../errors/maquette-error.ts';
import { exportProblems } from '../model/export-format.ts';
import type { Operation, OperationType } from './operation.ts';
import { outputOptions, type Recipe } from './recipe.ts';

/** What encodes vertices for the file: nothing may change them afterwards. */
const ENCODERS: ReadonlySet<OperationType> = new Set(['quantize', 'meshopt', 'draco']);
/** What may follow an encoder: it leaves vertices alone. */
const AFTER_ENCODERS: ReadonlySet<OperationType> = new Set(['textures', 'rename', 'meshopt', 'draco']);

/** What works on triangles alone: without any it would do nothing. */
const NEEDS_TRIANGLES: ReadonlySet<OperationType> = new Set([
  'fillHoles',
  'repair',
  'simplify',
  'lod',
  'tangents',
  'sample',
]);

/** What of a recipe cannot be, whatever the model: one finding for each contradiction, with a JSON pointer. */
export function recipeProblems(recipe: Recipe): ErrorItem[] {
  const problems: ErrorItem[] = [];
  const { operations } = recipe;
  const converts = recipe.outputs.some((output) => outputOptions(output).format !== 'glb');
  if (operations.length === 0 && recipe.target === undefined && !converts) {
    problems.push({
      pointer: '/operations',
      message: 'Give at least one operation, a target to reach, or another format in `outputs`.',
    });
  }
  for (const [index, operation] of operations.entries()) {
    const pointer = `/operations/${index}`;
    const before = operations.slice(0, index);
    problems.push(...orderProblems(operation, before).map((message) => ({ pointer, message })));
    problems.push(...parameterProblems(operation, recipe, pointer));
  }
  return [...problems, ...outputProblems(recipe)];
}

function outputProblems({ outputs }: Recipe): ErrorItem[] {
  return outputs.map(outputOptions).flatMap((options, index, all) => {
    const pointer = `/outputs/${index}`;
    const again = all.findIndex(({ format }) => format === options.format) < index;
    return [
      ...exportProblems(options, pointer),
      ...(again ? [{ pointer, message: `\`${options.format}\` is there already: give each format once.` }] : []),
    ];
  });
}

/**
 * Refuses a recipe that cannot be carried out on any model.
 *
 * @throws MaquetteError `invalid_request` with every finding
 */
export function checkRecipe(recipe: Recipe): void {
  const errors = recipeProblems(recipe);
  const [first] = errors;
  if (!first) return;
  const message = `the recipe is not possible: ${first.pointer} ${first.message}`;
  throw new MaquetteError('invalid_request', message, { errors });
}

function orderProblems(operation: Operation, before: readonly Operation[]): string[] {
  const { type } = operation;
  const encoder = before.find((earlier) => ENCODERS.has(earlier.type));
  if (encoder && !AFTER_ENCODERS.has(type)) {
    return [`\`${type}\` cannot follow \`${encoder.type}\`, which encodes vertices for the file: put it before.`];
  }
  if (encoder && ENCODERS.has(type) && !(encoder.type === 'quantize' && type === 'meshopt')) {
    return [`\`${type}\` cannot follow \`${encoder.type}\`: a file has one encoding of its vertices.`];
  }
  const resampler = before.find(leavesNoTriangles);
  if (resampler && (NEEDS_TRIANGLES.has(type) || leavesNoTriangles(operation))) {
    return [`\`${type}\` needs triangles, and \`${resampler.type}\` leaves none: put it before.`];
  }
  if (type === 'lod' && before.some((earlier) => earlier.type === 'lod')) {
    return ['The levels of detail are made once: give all levels to one `lod`.'];
  }
  if (
    (type === 'simplify' || type === 'join' || type === 'split' || type === 'unwrap') &&
    before.some((earlier) => earlier.type === 'lod')
  ) {
    return [`\`${type}\` cannot follow \`lod\`: the levels were made of the meshes before it.`];
  }
  return [];
}

/** Whether an operation puts points or lines in place of all triangles. */
function leavesNoTriangles(operation: Operation): boolean {
  switch (operation.type) {
    case 'sample':
      return operation.nodes === undefined;
    case 'slice':
      return operation.contours && operation.nodes === undefined;
    default:
      return false;
  }
}

function parameterProblems(operation: Operation, recipe: Recipe, pointer: string): ErrorItem[] {
  switch (operation.type) {
    case 'simplify': {
      const { ratio, triangles, error, relativeError } = operation;
      const bounded = [ratio, triangles, error, relativeError].some((limit) => limit !== undefined);
      return bounded || recipe.target
        ? []
        : [{ pointer, message: 'Say how far: `ratio`, `triangles`, `error` or `relativeError`.' }];
    }
    case 'lod': {
      const ratios = operation.levels.map(({ ratio }) => ratio);
      const coverages = [operation.coverage, ...operation.levels.map(({ coverage }) => coverage)];
      return [
        ...(isFalling(ratios)
          ? []
          : [{ pointer: `${pointer}/levels`, message: 'Each `ratio` has to be below the one before.' }]),
        ...(isFalling(coverages)
          ? []
          : [{ pointer: `${pointer}/levels`, message: 'Each `coverage` has to be below the one before.' }]),
      ];
    }
    case 'transform':
      return operation.fit !== undefined && (operation.scale !== 1 || operation.unit !== 'm')
        ? [{ pointer: `${pointer}/fit`, message: '`fit` sets the size; leave `scale` and `unit` out.' }]
        : [];
    case 'rename': {
      const { find, replace, prefix, suffix, unique } = operation;
      if (find === '' && replace !== '') {
        return [{ pointer: `${pointer}/find`, message: 'Say what `replace` is to replace.' }];
      }
      return find === '' && prefix === '' && suffix === '' && !unique
        ? [{ pointer, message: 'Say what to change: `find`, `prefix`, `suffix` or `unique`.' }]
        : [];
    }
    case 'slice': {
      const { normal, contours, layers, spacing } = operation;
      if (normal.every((value) => value === 0)) {
        return [
          { pointer: `${pointer}/normal`, message: 'Give a direction: one of the numbers has to differ from 0.' },
        ];
      }
      return !contours && (layers !== undefined || spacing !== undefined)
        ? [{ pointer, message: '`layers` and `spacing` are for `contours`.' }]
        : [];
    }
    case 'textures':
      return operation.maxSize === undefined && operation.format === 'keep'
        ? [{ pointer, message: 'Say what to change: `maxSize` or `format`.' }]
        : [];
    default:
      return [];
  }
}

function isFalling(numbers: readonly number[]): boolean {
  return numbers.every((value, index) => index === 0 || value < (numbers[index - 1] as number));
}
