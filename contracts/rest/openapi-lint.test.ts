import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import * as parsers from '@stoplight/spectral-parsers';
import spectralRules from '@stoplight/spectral-rulesets';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_API } from './public-api.ts';
import { API_VERSION } from './version.ts';

const source = JSON.stringify(openApiDocument(PUBLIC_API, API_VERSION));

describe('the OpenAPI document passes', () => {
  it("Redocly's linter with all that it recommends, warnings included", { timeout: 600_000 }, async () => {
    const config = await createConfig({ extends: ['recommended-strict'] });
    const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
    const found = problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer ?? '']);
    // These two send a browser on, and answer nothing else.
    const redirects = /oidc~1(start|callback)\/get/;
    const isRedirect = ([rule, , pointer = '']: string[]) =>
      rule === 'operation-2xx-response' && redirects.test(pointer);
    expect(found.filter((one) => !isRedirect(one))).toEqual([]);
  });

  it("Spectral's with all that it recommends", { timeout: 600_000 }, async () => {
    const spectral = new spectralCore.Spectral();
    spectral.setRuleset({
      extends: [[spectralRules.oas as RulesetDefinition, 'recommended']],
      rules: {
        // Whom to ask is not known of a server that anybody can run.
        'info-contact': 'off',
        // Examples are held against their schemas by Redocly's rules and by openapi.test.ts; here it takes ten seconds more.
        'oas3-valid-media-example': 'off',
      },
    });
    const findings = await spectral.run(new spectralCore.Document(source, parsers.Json, '/openapi.json'));
    expect(findings.map(({ code, message, path }) => [code, message, path.join('/')])).toEqual([]);
  });
});
