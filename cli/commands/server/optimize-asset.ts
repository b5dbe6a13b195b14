import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { EXPORT_FORMATS } from '#contracts/model/export-format.ts';
import { isGraph } from '#contracts/operations/any-recipe.ts';
import { outputOptions, RecipeOutput } from '#contracts/operations/recipe.ts';
import { ProfileName } from '#contracts/profiles/built-in.ts';
import type { Derivative } from '#contracts/rest/resources/asset.ts';
import type { RecipeWish } from '#sdk/assets.ts';
import { failureOf } from '#sdk/errors.ts';
import type { Command } from '../../command.ts';
import { EXPORT_OPTIONS, exportTarget } from '../../export-options.ts';
import { readProfile } from '../../profile-file.ts';
import { progressLine } from '../../progress-line.ts';
import { RECIPE_OPTIONS, recipeWithin } from '../../recipe-options.ts';
import { type ResultPlaces, resultPlaces } from '../../result-files.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { requireDelivery } from '../../server/delivery.ts';
import { idFrom } from '../../server/id-argument.ts';
import { jobGoesOn, sayWhenInterrupted } from '../../server/on-interrupt.ts';
import { saveAnswer } from '../../server/save-answer.ts';

const { profile: _profile, ...RECIPE_WITHOUT_PROFILE } = RECIPE_OPTIONS;

/** `maquette optimize ASSET OUT`: a recipe on an asset, carried out by a server. */
export const optimizeAsset: Command = {
  name: 'optimize',
  summary:
    'Has a server carry a recipe out on an asset, and downloads what it made. Results of a graph go beside OUT as STEM-NAME.ending, or each as NAME.ending into OUT where that is a folder. Formats of several files come as a zip.',
  usage: 'ASSET OUT [options]',
  positionals: [2, 2],
  options: {
    ...RECIPE_WITHOUT_PROFILE,
    'validation-profile': {
      type: 'string',
      value: 'NAME|FILE',
      help: `fail when the result breaks this validation profile: ${ProfileName.options.join(', ')}, one of the organisation, or a .json file`,
    },
    ...EXPORT_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals }) {
    const [word, output] = positionals as [string, string];
    const id = idFrom('asset', word);
    const { 'validation-profile': profile } = values;
    const isFile = typeof profile === 'string' && profile.endsWith('.json');
    const limits = isFile ? await readProfile(profile) : typeof profile === 'string' ? profile : undefined;
    const wanted = await recipeWithin(limits, values);
    if (!isGraph(wanted)) {
      const { options, zipped } = exportTarget(output, values);
      requireDelivery(output, options, zipped);
    }
    const places = await resultPlaces(output, wanted, values);
    const client = await clientFrom(values);
    const recipe = places.recipe as RecipeWish;
    const progress = progressLine(process.stderr);
    const { id: job } = await client.assets.optimize(id, recipe);
    const done = client.jobs.wait(job, { onProgress: (now) => progress.show(now.progress) });
    await sayWhenInterrupted(jobGoesOn(job), done).finally(() => progress.clear());
    // The same recipe answers with what it made.
    const { derivatives, error } = await client.assets.optimize(id, recipe);
    if (error) throw failureOf(error);
    if (derivatives.length === 0) throw new MaquetteError('canceled', `The job ${job} was canceled.`);

    const results: Record<string, Derivative['report'] & { files: { path: string; bytes: number }[] }> = {};
    for (const derivative of derivatives) {
      const { name, format } = resultOf(derivative);
      const result = results[name] ?? { ...(derivative.report as NonNullable<Derivative['report']>), files: [] };
      results[name] = result;
      const path = pathOf(places, derivative, name, EXPORT_FORMATS[format].ending, result.files.length);
      const bytes = await saveAnswer(await client.assets.download(derivative), path);
      result.files.push({ path, bytes });
      if (!values.json) console.error(`${path}: ${derivative.report?.input.bytes} → ${bytes} bytes (${derivative.id})`);
    }
    if (values.json) console.log(JSON.stringify(isGraph(places.recipe) ? { results } : results['']));
  },
};

const OutputOfList = z.tuple([RecipeOutput]);
const OutputOfGraph = z.record(z.string(), z.object({ formats: OutputOfList }));

/** Which result of its recipe a derivative is, and in which format: its parameters name it alone. */
function resultOf({ id, parameters }: Derivative) {
  const list = OutputOfList.safeParse(parameters.outputs);
  if (list.success) return { name: '', format: outputOptions(list.data[0]).format };
  const [[name, output] = []] = Object.entries(OutputOfGraph.parse(parameters.outputs));
  if (name === undefined || output === undefined)
    throw new MaquetteError('internal', `${id} is the result of nothing.`);
  return { name, format: outputOptions(output.formats[0]).format };
}

function pathOf(places: ResultPlaces, { contentType }: Derivative, name: string, ending: string, index: number) {
  const { path, zipped } = places.placeOf(name, ending, index);
  return contentType === 'application/zip' && !zipped ? `${path}.zip` : path;
}
