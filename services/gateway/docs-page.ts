import { gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { ERROR_PAGE, errorPage } from '#contracts/errors/error-page.ts';

/**
 * Nothing but this server may be asked by the page, whatever the viewer would like to load. Its own styles are inline, and
 * it compiles templates of the document's examples.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of a page that has its style in it, and nothing else. */
const PLAIN_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** Off is everything that would leave this machine: fonts, telemetry, proxy, hosted clients and assistants. */
const CONFIGURATION = {
  url: '/openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: '',
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  hideModels: false,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  theme: 'default',
  // The viewer moves the focus to the section that a link leads to, and would draw a frame around all of it.
  customCss: 'section.section:focus-visible { outline: none }',
  metaData: { title: 'Maquette API' },
};

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Maquette API</title>
    <link rel="icon" href="data:,">
  </head>
  <body>
    <noscript>This page needs JavaScript. The document that it shows is at <a href="/openapi.json">/openapi.json</a>.</noscript>
    <div id="reference"></div>
    <script src="/docs/viewer.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `Scalar.createApiReference('#reference', ${JSON.stringify(CONFIGURATION)});\n`;

/** Serves the reference page at `/docs`, the OpenAPI document in a viewer that comes from this server, and the page of errors. */
export function addDocsPage(app: FastifyInstance): void {
  let viewer: Promise<{ plain: Buffer; packed: Buffer }> | undefined;

  app.get('/docs', (_request, reply) =>
    reply.headers({ 'content-security-policy': CONTENT_SECURITY_POLICY }).type('text/html; charset=utf-8').send(PAGE),
  );
  app.get('/docs/', (_request, reply) => reply.redirect('/docs', 308));
  app.get(ERROR_PAGE, (_request, reply) =>
    reply.headers({ 'content-security-policy': PLAIN_PAGE_POLICY }).type('text/html; charset=utf-8').send(errorPage()),
  );
  app.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(START));
  app.get('/docs/viewer.js', async (request, reply) => {
    viewer ??= loadViewer();
    const { plain, packed } = await viewer;
    const packs = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    reply
      .type('text/javascript; charset=utf-8')
      .headers({ 'cache-control': 'private, max-age=3600', vary: 'accept-encoding' });
    return packs ? reply.header('content-encoding', 'gzip').send(packed) : reply.send(plain);
  });
}

/**
 * The viewer's bundle. It lies inside of a Fastify plugin as a string, so the plugin is asked for it, once, when somebody
 * opens the page: 4 MB that a server whose page nobody opens need not hold.
 */
async function loadViewer(): Promise<{ plain: Buffer; packed: Buffer }> {
  const { default: plugin } = await import('@scalar/fastify-api-reference');
  const app = fastify();
  await app.register(plugin, { routePrefix: '/docs', configuration: { url: '/openapi.json' } });
  const { rawPayload } = await app.inject('/docs/js/scalar.js');
  await app.close();
  return { plain: rawPayload, packed: gzipSync(rawPayload) };
}
