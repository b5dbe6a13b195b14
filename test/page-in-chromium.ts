import { createServer } from 'node:http';
import { extname } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** Where Debian puts Chromium, unless `CHROMIUM` names another. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Switches of Chromium for WebGL without a GPU, by SwiftShader. */
export const SOFTWARE_WEBGL: readonly string[] = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

const TYPES: Record<string, string> = {
  '': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.ts': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** A page and what it may ask for. */
export interface PageFiles {
  /** The body of a path such as `/` or `/model.glb`; undefined or a rejection where there is none. */
  bodyOf(path: string): Promise<string | Uint8Array | undefined>;
  /** Switches of Chromium beside those that it needs to run here. */
  switches?: readonly string[];
  /** Hears of errors of the page and of what it writes to its console. */
  onMessage(text: string, isError: boolean): void;
}

/** Opens `/` in headless Chromium, served by this process alone, and closes both when `use` has ended. */
export async function withPage<T>(
  { bodyOf, switches = [], onMessage }: PageFiles,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname);
    // Chromium asks for an icon by itself.
    if (path === '/favicon.ico') return response.writeHead(204).end();
    const body = await bodyOf(path).catch(() => undefined);
    if (body === undefined) return response.writeHead(404).end();
    return response
      .writeHead(200, {
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        // Memory is shared between threads only on pages that no other origin reaches.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--headless', ...quiet, ...switches],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => onMessage(error.message, true));
    page.on('console', (message) => onMessage(message.text(), message.type() === 'error'));
    await page.goto(`http://127.0.0.1:${port}/`);
    return await use(page);
  } finally {
    await browser.close();
    server.close();
  }
}
