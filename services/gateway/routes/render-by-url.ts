import type { FastifyRequest } from 'fastify';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { idSchema } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { Endpoint } from '#contracts/rest/endpoint.ts';
import { imageRequestOf } from '#contracts/rest/render-query.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import { Render } from '#contracts/rest/resources/render.ts';
import { departure } from '#platform/rest/departure.ts';
import type { EndpointCall } from '#platform/rest/endpoint-types.ts';
import { patience, withModel } from '../await-model.ts';
import { endingOf } from '../download/content-types.ts';
import { sendBlob } from '../download/send-blob.ts';
import { failureOf, notYet } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { fileNameAfter } from '../upload/file-name.ts';
import type { Routes } from './route.ts';

/** How long a request waits for its picture. */
const WAIT_SECONDS = 60;
/** Pictures whose place is remembered; each takes some 500 bytes. */
const REMEMBERED = 20_000;

/** A request and its answer. */
type Exchange = Pick<EndpointCall<Endpoint>, 'request' | 'reply'>;

/** A picture that is stored. */
interface Picture {
  sha256: Sha256;
  bytes: number;
  contentType: string;
}

export function renderByUrlRoutes({ data, rendering, objects }: Gateway): Routes<'renderByUrl'> {
  /**
   * Where pictures are, by version of the model and request. Both are immutable, so an entry is never wrong; it is
   * used only after the asset, and the environment, were read in the name of the organisation that asks.
   */
  const known = new Map<string, Picture>();

  /** Has the picture made, or finds it, and waits for it as long as a request may. */
  async function makePicture({ request, reply }: Exchange, asset: Asset, image: ImageRequest): Promise<Picture> {
    const waiting = patience(WAIT_SECONDS, departure(reply));
    const headers = tenant(request);
    let render = await withModel(data, headers, asset, waiting, () => requestUrlRender(request, asset, image));
    if (!hasEnded(render)) {
      const asked = { headers, params: { jobId: render.job }, query: { wait: waiting.left() } };
      await data.getJob(asked, { signal: waiting.signal });
      render = await data.getRender({ headers, params: { renderId: render.id } });
    }
    if (render.image) {
      const params = { derivativeId: render.image.derivativeId };
      const { sha256, bytes, contentType } = await data.getDerivative({ headers, params });
      return { sha256, bytes, contentType };
    }
    if (render.error) throw failureOf(render.error);
    if (render.state === 'canceled') throw new MaquetteError('canceled', `The render ${render.id} was canceled.`);
    throw notYet(`The picture of ${asset.id}`, WAIT_SECONDS);
  }

  async function requestUrlRender(request: FastifyRequest, asset: Asset, image: ImageRequest): Promise<Render> {
    const { renderJson } = await rendering.requestImage({
      organizationId: tenant(request)['x-maquette-organization'],
      assetId: asset.id,
      requestJson: JSON.stringify(image),
      purpose: 'url',
    });
    return Render.parse(JSON.parse(renderJson));
  }

  /** An environment that was deleted is named by no URL any more, whatever was made with it. @throws `not_found` */
  async function requireEnvironment(headers: ReturnType<typeof tenant>, { environment }: ImageRequest): Promise<void> {
    const id = idSchema('environment').safeParse(environment);
    if (id.success) await data.getEnvironment({ headers, params: { environmentId: id.data } });
  }

  return {
    async renderByUrl(call) {
      const { request, params, query } = call;
      const image = imageRequestOf(query, params.ending === 'jpeg' ? 'jpg' : params.ending);
      const headers = tenant(request);
      const [asset] = await Promise.all([
        data.getAsset({ headers, params: { assetId: params.assetId } }),
        requireEnvironment(headers, image),
      ]);
      const key = `${asset.versionId} ${JSON.stringify(image)}`;
      let picture = known.get(key);
      if (!picture) {
        picture = await makePicture(call, asset, image);
        known.set(key, picture);
        if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
      }
      return sendBlob(call, objects, {
        ...picture,
        fileName: fileNameAfter(asset.name, endingOf(picture.contentType)),
        disposition: 'inline',
        // A further version of the asset changes the picture.
        immutable: false,
      });
    },
  };
}
