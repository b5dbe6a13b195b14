import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { PublicError } from '#contracts/events/envelope.ts';
import type { AssetId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { formatBytes } from '#engine/formats/errors.ts';
import { createClient, type MaquetteClient } from '#sdk/client.ts';
import { type Command, type CommandCall, EXIT, UsageError } from '../../command.ts';
import { progressLine } from '../../progress-line.ts';
import { connectionFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { KeptUploads } from '../../server/kept-uploads.ts';
import { modelPaths } from '../../server/model-paths.ts';
import { sayWhenInterrupted } from '../../server/on-interrupt.ts';
import { projectIdFrom } from '../../server/project-option.ts';
import { type Send, sendModel } from '../../server/send-model.ts';
import { UnfinishedFolder } from '../../server/unfinished-folders.ts';

/** `maquette upload PATH|URL…`: models to a server. */
export const upload: Command = {
  name: 'upload',
  summary:
    'Uploads models to a server, each with the files beside it that it refers to. Of a folder, every model in it and below; of a URL, what the server itself fetches there. Large ones go in parts: a command that was stopped goes on where it was. Prints an id a line.',
  usage: 'PATH|URL… [options]',
  positionals: [1, 10_000],
  options: {
    name: { type: 'string', value: 'NAME', help: 'name of the asset, of a single model; that of the file without it' },
    project: { type: 'string', value: 'PROJECT', help: 'into this project, by id or name; the first one without it' },
    asset: { type: 'string', value: 'ASSET', help: 'as a further version of this asset, of a single model' },
    priority: { type: 'string', value: 'N', help: 'of its jobs, -10 to 10: below 0 lets others pass' },
    wait: { type: 'boolean', help: 'wait until the models are processed, and fail when one cannot be' },
    ...SERVER_OPTIONS,
  },
  async run(call) {
    const stage = { sending: true };
    const whenStopped = () =>
      stage.sending
        ? 'Stopped. The same command again goes on with what is not there yet.'
        : 'Stopped waiting: what was uploaded is processed all the same.';
    await sayWhenInterrupted(whenStopped, uploadAll(call, stage));
  },
};

/** @param stage told when the models are there and are waited for */
async function uploadAll({ values, positionals }: CommandCall, stage: { sending: boolean }): Promise<void> {
  const { url, key } = await connectionFrom(values);
  const client = createClient({ baseUrl: url, key });
  const kept = new KeptUploads(url);
  const models = (await Promise.all(positionals.map((word) => (isUrl(word) ? [word] : modelPaths([word]))))).flat();
  if (models.length > 1 && (values.name !== undefined || values.asset !== undefined)) {
    throw new UsageError(
      `--${values.name !== undefined ? 'name' : 'asset'}: of a single model; there are ${models.length}`,
    );
  }
  const { send, fetchFrom } = await senderFrom(client, values);
  const project = typeof values.project === 'string' ? values.project : undefined;
  const folder =
    models.length > 1 ? new UnfinishedFolder({ server: url, key, paths: positionals, project }) : undefined;
  const progress = progressLine(process.stderr);
  const uploaded: Asset[] = [];
  const failed: { path: string; error: ErrorValue }[] = [];
  try {
    for (const [index, model] of models.entries()) {
      try {
        const before = isUrl(model) ? undefined : await sentBefore(client, model, folder);
        const asset =
          before ??
          (isUrl(model)
            ? await fetchFrom(model)
            : await sendModel(model, send, kept, {
                onResume: (bytes) => console.error(`${model}: goes on after ${formatBytes(bytes)}`),
                onShare: (share) => progress.show((index + share) / models.length),
              }));
        uploaded.push(asset);
        progress.clear();
        if (!isUrl(model) && before === undefined) await folder?.add(model, asset.id);
        if (values.json) continue;
        console.log(asset.id);
        console.error(`${model}: ${asset.name}, version ${asset.version}${before ? ', uploaded before' : ''}`);
      } catch (thrown) {
        const error = MaquetteError.from(thrown);
        // Of one model, or where the others would fare the same, it is the end of the command.
        if (folder === undefined || (uploaded.length === 0 && failed.length === 0 && endsAll(error))) throw error;
        failed.push({ path: model, error: error.toValue() });
        progress.clear();
        complain(model, error);
        if (endsAll(error)) break;
      }
    }
    if (uploaded.length === models.length) await folder?.forget();
    stage.sending = false;
    const assets = values.wait ? await settle(client, uploaded, (share) => progress.show(share)) : uploaded;
    progress.clear();
    if (values.json) console.log(JSON.stringify({ assets, ...(failed.length > 0 && { failed }) }));
    for (const { id, name, error } of assets) if (error !== null) complain(`${name} (${id})`, error);
    const left = models.length - uploaded.length - failed.length;
    if (left > 0) console.error(`${left} more were not tried: the same command again goes on with them.`);
  } finally {
    progress.clear();
  }
}

/** The asset that a model of the same command became before it was stopped, while it is there. */
async function sentBefore(
  client: MaquetteClient,
  path: string,
  folder: UnfinishedFolder | undefined,
): Promise<Asset | undefined> {
  const id = await folder?.find(path);
  if (id === undefined) return undefined;
  return client.assets.get(id).catch((thrown: unknown) => {
    if (thrown instanceof MaquetteError && thrown.code === 'not_found') return undefined;
    throw thrown;
  });
}

/** Whether what one model met, all would: the server is away, or lets this key do nothing more. */
function endsAll({ code, fault }: MaquetteError): boolean {
  return fault === 'system' || ['unauthenticated', 'forbidden', 'quota_exceeded', 'rate_limited'].includes(code);
}

/** Says what went wrong with one of several, and keeps its status for the end. */
function complain(what: string, { code, message, remedy, fault }: PublicError | MaquetteError): void {
  console.error(`${what}: ${code}: ${message}`);
  if (remedy) console.error(`  ${remedy}`);
  if (process.exitCode !== EXIT.system) process.exitCode = fault === 'input' ? EXIT.input : EXIT.system;
}

function isUrl(word: string): boolean {
  return /^https?:\/\//i.test(word);
}

/** How models are sent, and those fetched that URLs lead to: as the options ask for. */
async function senderFrom(
  client: MaquetteClient,
  values: CommandCall['values'],
): Promise<{ send: Send; fetchFrom: (url: string) => Promise<Asset> }> {
  const priority = values.priority === undefined ? 0 : Number(values.priority);
  if (!Number.isInteger(priority)) throw new UsageError('--priority: give a whole number from -10 to 10');
  const common = { ...(typeof values.name === 'string' && { name: values.name }), priority };
  if (typeof values.asset === 'string') {
    const id: AssetId = idFrom('asset', values.asset);
    return {
      send: (source, options) => client.assets.uploadVersion(id, source, { ...options, ...common }),
      fetchFrom: (url) => client.assets.fetchVersionFrom(id, url, common),
    };
  }
  const projectId = await projectIdFrom(client, values.project);
  const place = { ...common, ...(projectId !== undefined && { projectId }) };
  return {
    send: (source, options) => client.assets.upload(source, { ...options, ...place }),
    fetchFrom: (url) => client.assets.fetchFrom(url, place),
  };
}

/** The assets as they are when they are processed, one after the other. */
async function settle(client: MaquetteClient, assets: readonly Asset[], onShare: (share: number) => void) {
  const settled: Asset[] = [];
  for (const { id } of assets) {
    const onProgress = ({ progress }: { progress: number }) => onShare((settled.length + progress) / assets.length);
    settled.push(await client.assets.waitUntilReady(id, { onProgress }));
  }
  return settled;
}
