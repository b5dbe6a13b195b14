import { ImageFormat } from '../render/image-request.ts';
import { REQUEST_FIELDS, type TextForm } from '../render/request-text.ts';
import { valueText } from '../render/value-text.ts';
import { API_TAGS } from './openapi.ts';
import { PUBLIC_API } from './public-api.ts';
import type { PublicEndpoint } from './public-endpoint.ts';

const INTRODUCTION = `# The API

REST and events, all under one address. The whole description is the OpenAPI 3.1 document at \`/openapi.json\`; the server shows it as a page at \`/docs\`, which asks nobody else. This page says how the parts fit together.

The table of operations is generated from \`contracts/rest\` by \`npm run docs\`.

## From a file to a picture

\`\`\`sh
export MAQUETTE=http://127.0.0.1:3000 KEY=mq_live_…

# Upload. Several files make one model: repeat -F, with relative names.
curl -H "Authorization: Bearer $KEY" -F file=@chair.glb -F name=Chair $MAQUETTE/v1/assets
curl -H "Authorization: Bearer $KEY" -F 'file=@chair.obj' -F 'file=@wood.png;filename=textures/wood.png' $MAQUETTE/v1/assets

# Or the bare bytes, in constant memory on both sides.
curl -H "Authorization: Bearer $KEY" -H 'Content-Type: application/octet-stream' -T chair.glb -X POST "$MAQUETTE/v1/assets?name=chair.glb"

# Wait for its job, then read what was measured.
curl -H "Authorization: Bearer $KEY" -H 'Prefer: wait=60' $MAQUETTE/v1/jobs/job_…
curl -H "Authorization: Bearer $KEY" $MAQUETTE/v1/assets/ast_…

# A picture. The first request has it rendered, later ones find it.
curl -H "Authorization: Bearer $KEY" "$MAQUETTE/v1/assets/ast_…/render.png?width=1200&height=900&view=45,20&background=f4f4f5" -o chair.png

# Everything that happens, as it happens.
curl -N -H "Authorization: Bearer $KEY" $MAQUETTE/v1/events
\`\`\`

An upload is answered as soon as its bytes are stored: 201, state \`processing\`. The asset becomes \`ready\` when it was processed and its preview made (or the preview failed: then \`preview\` is null), or \`failed\` with an \`error\` that says what is wrong and what to do. The original file stays downloadable either way.

## Conventions

| Matter | Rule |
| --- | --- |
| Keys | \`Authorization: Bearer mq_live_…\`. Each operation needs one scope of the key. A revoked key stops working within 5 seconds, and its event streams within 25 |
| Bodies | JSON in camelCase, up to 1 MiB; times RFC 3339 in UTC, lengths in metres, angles in degrees. A field that the operation does not have is refused, not ignored: a misspelt \`expiresAt\` makes no key without an end. Uploads up to \`MAQUETTE_UPLOAD_LIMIT\`; \`Expect: 100-continue\` is answered before the body, with the refusal if there is one |
| Errors | Problem documents (RFC 9457), see [errors.md](errors.md): \`code\`, \`detail\`, \`fault\`, \`remedy\`, \`errors[]\` with a pointer for each wrong field, and \`requestId\` (also the header \`X-Request-Id\`, which a request may bring along) |
| Lists | \`?limit=&cursor=\`; \`{ "data": […], "nextCursor": … }\` and \`Link: <…>; rel="next"\`. Newest first where nothing else is said; what is added meanwhile shifts nothing |
| Queries | What an operation does not know is refused (400), not ignored: a misspelt filter would list everything |
| Reading again | Every resource has an \`ETag\`; \`If-None-Match\` answers 304. A read finds what was changed before it was sent, through whichever gateway |
| Changing safely | \`If-Match\` on PATCH, PUT and DELETE: 412 when somebody else was faster. What happens by itself, such as the use of a key, changes its \`ETag\` and does not get in the way. Uploads under way are their sender's alone, and take none |
| Repeating safely | \`Idempotency-Key\` on every POST that makes, starts or ends something, kept for 24 hours |
| Long work | 202 with \`Location\` of the job; \`Prefer: wait=N\` (up to 60 s) waits for the end and says \`Preference-Applied\` |
| Files | \`Range\` (one, or several as \`multipart/byteranges\`), \`If-Range\`, HEAD; the \`ETag\` is the SHA-256 of the bytes. Originals and derivatives never change and may be cached for ever; pictures and models by asset are asked for again and mostly answered 304 |
| Rates | Requests of a key are counted by what they are: read, write, work. \`RateLimit-Policy\` and \`RateLimit\` (draft-ietf-httpapi-ratelimit-headers) say the limit and what is left; beyond it 429 with \`Retry-After\`. Gateways count together: each lets in by what it knows, and hears within a second, or as soon as a tenth of a quota is used, what the others let in. Who spreads requests over several can have a tenth for each more at once; it is missing afterwards |
| Pages | A page of another origin may use the API with a key or token when the operator or the organisation allows its origin: [access.md](access.md#pages-of-other-origins) |
| Methods | 405 with \`Allow\`; OPTIONS lists them |

## Pictures by URL

\`GET /v1/assets/{assetId}/render.{${ImageFormat.options.join(',')}}\` takes the fields of an image request as a query (see [Options of a render](#options-of-a-render)). An unknown or impossible one is refused, not ignored. Lists are written with commas between their items, structures in a short form (\`view=45,20\`) or as JSON; colours need no \`#\`. The request waits up to 60 seconds, for the picture and for a model that was just uploaded; after that it answers 503 with \`Retry-After\`, and the same request later finds the picture. The same version of a model with the same parameters is rendered once, whoever asks.

## Options of a render

The fields of the body of \`POST /v1/renders\`, of the query of a picture by URL (where the ending of the path is the format) and, with dashes (\`--field-of-view\`), of \`maquette render\` (where the ending of the file is). How they look is told in [rendering.md](rendering.md).

${optionTable()}

## Events

\`GET /v1/events\` is a WebSocket when the request asks for the upgrade, server-sent events otherwise: the same events with the same ids. Send the last id you have seen as \`Last-Event-ID\` (or \`?lastEventId=\`) and you get everything after it, then what happens. Events are kept for 30 days: whoever asks for older ones gets a \`gap\` first, and reads anew what they follow. Filters: \`project\`, \`asset\`, \`job\`, \`types\`. Browsers, which cannot set headers on a WebSocket, send \`{ "type": "authenticate", "key": … }\` as the first message. The rules, numbered and tested, are in [contracts/socket/SPEC.md](../contracts/socket/SPEC.md).

For each model: \`model_uploaded\`, \`model_processed\` (or \`model_rejected\`), \`render_requested\`, \`render_complete\` (or \`render_failed\`), with \`job_progress\` between them, and \`render_progress\` for a render that was asked for with \`progressPictures\`. For each recipe: \`recipe_complete\` or \`recipe_failed\`.

## From TypeScript

A typed client for Node and browsers without dependencies; [its README](../sdk/README.md) says how it is installed, and more:

\`\`\`ts
const maquette = createClient({ baseUrl: 'http://127.0.0.1:3000', key });
const { id } = await maquette.assets.upload(await openAsBlob('chair.glb'), { name: 'Chair' });
const asset = await maquette.assets.waitUntilReady(id);
const picture = await maquette.assets.picture(id, 'png', { width: 1200, height: 900 });
for await (const event of maquette.events({ asset: id })) console.log(event.type);
\`\`\`

## Operations
`;

function optionTable(): string {
  const rows = REQUEST_FIELDS.map(({ name, form, description = '', default: fallback }) => {
    const standard = fallback === undefined ? '' : `\`${valueText(fallback)}\``;
    return `| \`${name}\` | ${valuesText(form)} | ${standard} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| Option | Values | Default | What it does |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function valuesText(form: TextForm): string {
  switch (form.kind) {
    case 'text':
      return [...form.choices.map((choice) => `\`${choice}\``), ...(form.open ? ['text'] : [])].join(', ');
    case 'number':
      return `${form.whole ? 'a whole number' : 'a number'}, ${form.range}`;
    case 'boolean':
      return '`true`, `false`';
    case 'list':
      return `a list of ${valuesText(form.item)}`;
    case 'structure':
      return [...form.choices.map((choice) => `\`${choice}\``), 'a structure'].join(', ');
  }
}

/** `docs/api.md`: how the API is used, and the table of its operations. A test keeps the file up to date. */
export function apiDocumentation(): string {
  const sections = API_TAGS.map(({ name, description }) => {
    const rows = Object.values<PublicEndpoint>(PUBLIC_API)
      .filter(({ tag }) => tag === name)
      .map(({ method, path, scope, summary }) => `| \`${method} ${path}\` | ${summary} | ${scopeText(scope)} |`);
    return `### ${name}\n\n${description}\n\n| Operation | What it does | Scope |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

function scopeText(scope: PublicEndpoint['scope']): string {
  if (scope === 'public') return 'no key';
  return scope === 'authenticated' ? 'any key' : `\`${scope}\``;
}
