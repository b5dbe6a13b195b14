import { extname } from 'node:path';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { failureOf } from '#sdk/errors.ts';
import type { RenderWish } from '#sdk/renders.ts';
import { type Command, UsageError } from '../../command.ts';
import { IMAGE_OPTIONS, imageRequestFrom } from '../../image-options.ts';
import { prepareOutput } from '../../prepare-output.ts';
import { progressLine } from '../../progress-line.ts';
import { SEQUENCE_OPTIONS, sequenceRequestFrom } from '../../sequence-options.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { jobGoesOn, sayWhenInterrupted } from '../../server/on-interrupt.ts';
import { saveAnswer } from '../../server/save-answer.ts';

/** `maquette render ASSET -o OUT`: the same as of a file, made by a server. */
export const renderAsset: Command = {
  name: 'render',
  summary: 'Has a server render an asset to an image or a sequence, and writes what it made.',
  usage: 'ASSET -o OUT [options]',
  positionals: [1, 1],
  options: {
    output: { type: 'string', short: 'o', value: 'OUT', help: 'the file to write' },
    ...IMAGE_OPTIONS,
    ...SEQUENCE_OPTIONS,
    ...SERVER_OPTIONS,
  },
  async run({ values: given, positionals }) {
    // The connection's options are no fields of a picture.
    const { url: _url, key: _key, profile: _profile, output, json, ...values } = given;
    if (typeof output !== 'string') throw new UsageError('Say where to write the image: -o OUT.png');
    const assetId = idFrom('asset', positionals[0]);
    const sequence = await sequenceRequestFrom(values, output);
    if (sequence?.kind === 'dataset' && extname(output).toLowerCase() !== '.zip') {
      throw new UsageError('A dataset of a server is a file: -o OUT.zip');
    }
    const request = sequence ?? { kind: 'image' as const, ...imageRequestFrom(values, output) };
    await prepareOutput(output);
    const client = await clientFrom(given);
    const progress = progressLine(process.stderr);
    const render = await client.renders.create({ ...request, assetId } as RenderWish);
    const made = client.renders.wait(render, { onProgress: (job) => progress.show(job.progress) });
    const done = await sayWhenInterrupted(jobGoesOn(render.job), made).finally(() => progress.clear());
    if (done.error) throw failureOf(done.error);
    const [main, ...others] = done.files;
    if (main === undefined) throw new MaquetteError('canceled', `The render ${done.id} was canceled.`);
    const stem = output.slice(0, output.length - extname(output).length);
    const written = [];
    for (const file of [main, ...others.filter(({ role }) => role !== 'poster')]) {
      const path = file === main ? output : `${stem}.${file.role}.png`;
      written.push({ path, bytes: await saveAnswer(await client.assets.download(file), path) });
    }
    if (json) console.log(JSON.stringify({ output, files: written, render: done }));
    else for (const { path, bytes } of written) console.error(`${path}: ${bytes} bytes (${done.id})`);
  },
};
