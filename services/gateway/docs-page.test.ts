import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_CODES } from '#contracts/errors/codes.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

const CHROMIUM = process.env.MAQUETTE_CHROMIUM ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) console.warn(`The reference page is not looked at in a browser: there is no ${CHROMIUM}.`);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('the reference page', () => {
  it('comes from this server with a policy that keeps it there', async () => {
    const page = await gateway.request('/docs', { key: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'");
    expect(page.text).not.toMatch(/https?:\/\//);
    const sources = [...page.text.matchAll(/src="([^"]+)"/g)].map(([, source]) => source as string);
    expect(sources.length).toBe(2);
    for (const source of sources) {
      const script = await gateway.request(source, { key: null });
      expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    }
    const slash = await gateway.request('/docs/', { key: null });
    expect([slash.status, slash.headers.get('location')]).toEqual([308, '/docs']);
  });

  it('explains each error where the `type` of its problem documents leads', async () => {
    const { json } = await gateway.request('/v1/assets', { key: null });
    const url = new URL((json as { type: string }).type, gateway.url);
    const page = await gateway.request(url.pathname, { key: null });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(url.hash).toBe('#unauthenticated');
    for (const code of Object.keys(ERROR_CODES)) expect(page.text).toContain(`id="${code}"`);
  });

  it.skipIf(!hasChromium)(
    'shows every operation in a browser, and asks nobody else',
    { timeout: 120_000 },
    async () => {
      const browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      });
      try {
        const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
        const asked: string[] = [];
        const complaints: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text());
        });
        page.on('pageerror', (error) => complaints.push(error.message));
        await page.goto(`${gateway.url}/docs`);
        await page.getByText('The self-hosted 3D API').or(page.getByText('Upload a 3D model; it is')).first().waitFor();
        await page.getByText(PUBLIC_API.createAsset.summary).first().waitFor();
        await page.waitForTimeout(1000);
        if (process.env.MAQUETTE_SCREENSHOT) await page.screenshot({ path: process.env.MAQUETTE_SCREENSHOT });
        const foreign = asked.filter((url) => !url.startsWith(gateway.url) && !/^(data|blob):/.test(url));
        expect(foreign).toEqual([]);
        expect(complaints).toEqual([]);
        const text = ((await page.locator('body').textContent()) ?? '').toLowerCase();
        for (const tag of new Set(Object.values(PUBLIC_API).map((endpoint) => endpoint.tag.toLowerCase()))) {
          expect(text).toContain(tag);
        }
      } finally {
        await browser.close();
      }
    },
  );
});
