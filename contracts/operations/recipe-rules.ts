import { type ErrorItem, MaquetteError } from '../errors/maquette-error.ts';
import { exportProblems } from '../model/export-format.ts';
import { type AnyRecipe, isGraph } from './any-recipe.ts';
import { graphProblems } from './graph-rules.ts';
import type { OperationType } from './operation.ts';
import { outputOptions, type RecipeOutput } from './recipe.ts';
import type { RecipeGraph, StepOperation } from './recipe-graph.ts';
import { othersOf } from './recipe-others.ts';
import { ENCODERS, planOf, wayTo } from './recipe-plan.ts';

/** What may follow an encoder, after which nothing may change vertices: it leaves them alone. */
const AFTER_ENCODERS: ReadonlySet<OperationType | 'merge'> = new Set(['textures', 'rename', 'tag', 'meshopt', 'draco']);
/** What the levels of detail are made after. */
const BEFORE_LOD: ReadonlySet<StepOperation['type']> = new Set([
  'simplify',
  'join',
  'split',
  'unwrap',
  'bakeOcclusion',
  'bake',
]);

/** What works on triangles alone: without any it would do nothing. */
const NEEDS_TRIANGLES: ReadonlySet<StepOperation['type']> = new Set([
  'fillHoles',
  'repair',
  'simplify',
  'lod',
  'tangents',
  'boolean',
  'remesh',
  'voxelize',
  'sample',
  'convexDecompose',
  'navmesh',
  'unwrap',
  'bakeOcclusion',
  'bake',
]);

/** Models that a recipe may take beside its source: each is read and held. */
const MOST_OTHERS = 16;

/** What of a recipe cannot be, whatever the model: one finding for each contradiction, with a JSON pointer. */
export function recipeProblems(recipe: AnyRecipe): ErrorItem[] {
  const others = othersOf(recipe);
  const message = `A recipe takes ${MOST_OTHERS} other models at most; this one names ${others.length}.`;
  return [
    ...problemsOf(recipe),
    ...(others.length > MOST_OTHERS ? [{ pointer: others[MOST_OTHERS]!.pointer, message }] : []),
  ];
}

function problemsOf(recipe: AnyRecipe): ErrorItem[] {
  if (isGraph(recipe)) {
    // What cannot be put in order has no order to look at.
    const problems = graphProblems(recipe);
    return problems.length > 0 ? problems : orderOfGraphProblems(recipe);
  }
  const { operations, target } = recipe;
  const problems: ErrorItem[] = [];
  const converts = recipe.outputs.some((output) => outputOptions(output).format !== 'glb');
  if (operations.length === 0 && target === undefined && !converts) {
    problems.push({
      pointer: '/operations',
      message: 'Give at least one operation, a target to reach, or another format in `outputs`.',
    });
  }
  for (const [index, operation] of operations.entries()) {
    const pointer = `/operations/${index}`;
    const before = operations.slice(0, index);
    problems.push(...orderProblems(operation, before).map((message) => ({ pointer, message })));
    problems.push(...parameterProblems(operation, target !== undefined, pointer));
  }
  return [...problems, ...formatProblems(recipe.outputs, '/outputs')];
}

function orderOfGraphProblems(recipe: RecipeGraph): ErrorItem[] {
  const { steps, outputs } = planOf(recipe);
  const searched = new Set(outputs.filter(({ target }) => target).flatMap(({ step }) => wayTo({ steps }, step)));
  const problems: ErrorItem[] = [];
  const looked = new Set<string | null>();
  for (const [index, { operation, node }] of steps.entries()) {
    // What follows an encoder is planned once for each output.
    if (looked.has(node)) continue;
    looked.add(node);
    const pointer = `/nodes/${node}`;
    const before = wayTo({ steps }, index).flatMap((at) => (at === index ? [] : [steps[at]!.operation]));
    problems.push(...orderProblems(operation, before).map((message) => ({ pointer, message })));
    problems.push(...parameterProblems(operation, searched.has(index), pointer));
  }
  for (const { target, step, pointer } of outputs) {
    const merge = target && wayTo({ steps }, step).find((at) => steps[at]!.operation.type === 'merge');
    if (merge === undefined) continue;
    const message = `A target is searched on a single way from the source; \`${steps[merge]!.node}\` merges several.`;
    problems.push({ pointer: `${pointer}/target`, message });
  }
  for (const { formats, pointer } of outputs) problems.push(...formatProblems(formats, `${pointer}/formats`));
  return problems;
}

function formatProblems(formats: readonly RecipeOutput[], pointer: string): ErrorItem[] {
  return formats.map(outputOptions).flatMap((options, index, all) => {
    const place = `${pointer}/${index}`;
    const again = all.findIndex(({ format }) => format === options.format) < index;
    return [
      ...exportProblems(options, place),
      ...(again ? [{ pointer: place, message: `\`${options.format}\` is there already: give each format once.` }] : []),
    ];
  });
}

/**
 * Refuses a recipe that cannot be carried out on any model.
 *
 * @throws MaquetteError `invalid_request` with every finding
 */
export function checkRecipe(recipe: AnyRecipe): void {
  const errors = recipeProblems(recipe);
  const [first] = errors;
  if (!first) return;
  const message = `the recipe is not possible: ${first.pointer} ${first.message}`;
  throw new MaquetteError('invalid_request', message, { errors });
}

function orderProblems(operation: StepOperation, before: readonly StepOperation[]): string[] {
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
  if (
    (type === 'join' || type === 'flatten') &&
    before.some((earlier) => earlier.type === 'collider' || earlier.type === 'navmesh')
  ) {
    return [`\`${type}\` would tear colliders and navigation meshes off their nodes: put it before.`];
  }
  if (type === 'lod' && before.some((earlier) => earlier.type === 'lod')) {
    return ['The levels of detail are made once: give all levels to one `lod`.'];
  }
  if (BEFORE_LOD.has(type) && before.some((earlier) => earlier.type === 'lod')) {
    return [`\`${type}\` cannot follow \`lod\`: the levels were made of the meshes before it.`];
  }
  return [];
}

/** Whether an operation puts points or lines in place of all triangles. */
function leavesNoTriangles(operation: StepOperation): boolean {
  switch (operation.type) {
    case 'sample':
      return operation.nodes === undefined;
    case 'voxelize':
      return operation.output === 'points' && operation.nodes === undefined;
    case 'slice':
      return operation.contours && operation.nodes === undefined;
    default:
      return false;
  }
}

function parameterProblems(operation: StepOperation, searched: boolean, pointer: string): ErrorItem[] {
  switch (operation.type) {
    case 'bake':
    case 'simplify': {
      const { ratio, triangles, error, relativeError } = operation;
      const bounded = [ratio, triangles, error, relativeError].some((limit) => limit !== undefined);
      return bounded || searched
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
    case 'boolean':
      return operation.operation === 'difference' && !operation.b && operation.with === undefined
        ? [
            {
              pointer: `${pointer}/b`,
              message: 'Say what to take away: names of nodes in `b`, or another model in `with`.',
            },
          ]
        : [];
    case 'collider':
      return !operation.keep && !operation.visible
        ? [{ pointer: `${pointer}/visible`, message: 'Without the meshes, hidden colliders leave nothing to draw.' }]
        : [];
    case 'navmesh':
      return !operation.keep && !operation.visible
        ? [
            {
              pointer: `${pointer}/visible`,
              message: 'Without the meshes, a hidden navigation mesh leaves nothing to draw.',
            },
          ]
        : [];
    case 'tag':
      return Object.keys(operation.set).length === 0 && operation.remove.length === 0
        ? [{ pointer, message: 'Say what to change: `set` or `remove`.' }]
        : [];
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
