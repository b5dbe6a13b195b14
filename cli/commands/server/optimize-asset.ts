import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { isGraph } from '#contracts/operations/any-recipe.ts';
import { failureOf } from '#sdk/errors.ts';
import { type Command, UsageError } from '../../command.ts';
import { EXPORT_OPTIONS, exportTarget } from '../../export-options.ts';
import { prepareOutput } from '../../prepare-output.ts';
import { progressLine } from '../../progress-line.ts';
import { RECIPE_OPTIONS, recipeOfOptions } from '../../recipe-options.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';

const { profile: _profile, ...RECIPE_WITHOUT_PROFILE } = RECIPE_OPTIONS;

/** `maquette optimize ASSET OUT`: a recipe on an asset, carried out by a server. */
export const optimizeAsset: Command = {
  name: 'optimize',
  summary:
    'Has a server carry a recipe out on an asset, and downloads the result. Of a graph use the API: it has several results.',
  usage: 'ASSET OUT [options]',
  positionals: [2, 2],
  options: { ...RECIPE_WITHOUT_PROFILE, ...EXPORT_OPTIONS, ...SERVER_OPTIONS },
  async run({ values, positionals: [word, output] }) {
    const id = idFrom('asset', word);
    const { profile: _server, ...wishes } = values;
    const recipe = await recipeOfOptions(wishes);
    if (isGraph(recipe)) throw new UsageError('--recipe: a graph has several results: use the API');
    const { options } = exportTarget(output as string, values);
    await prepareOutput(output as string);
    const client = await clientFrom(values);
    const wish = { ...recipe, outputs: [options] };
    const progress = progressLine(process.stderr);
    const { id: job } = await client.assets.optimize(id, wish);
    await client.jobs.wait(job, { onProgress: (now) => progress.show(now.progress) }).finally(() => progress.clear());
    // The same recipe answers with what it made.
    const { derivative, error } = await client.assets.optimize(id, wish);
    if (error) throw failureOf(error);
    if (derivative === null) throw new MaquetteError('canceled', `The job ${job} was canceled.`);
    const isZip = derivative.contentType === 'application/zip';
    if (isZip !== (extname(output as string).toLowerCase() === '.zip')) {
      throw new UsageError(
        `${output}: a server gives ${options.format} ${isZip ? 'with its files as a zip: write OUT.zip' : 'as it is'}`,
      );
    }
    const bytes = new Uint8Array(await (await client.assets.download(derivative)).arrayBuffer());
    await writeFile(output as string, bytes);
    if (values.json)
      return console.log(JSON.stringify({ ...derivative.report, files: [{ path: output, bytes: bytes.byteLength }] }));
    const before = derivative.report?.input.bytes;
    console.error(`${output}: ${before === undefined ? '' : `${before} → `}${bytes.byteLength} bytes`);
  },
};
