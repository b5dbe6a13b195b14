import { describe, expect, it } from 'vitest';
import { ImageRequest } from '../render/image-request.ts';
import { REQUEST_FIELDS } from '../render/request-text.ts';
import { valueText } from '../render/value-text.ts';
import { openApiDocument } from './openapi.ts';
import { PUBLIC_API } from './public-api.ts';
import { imageRequestOf, RenderQuery } from './render-query.ts';

const requestOf = (query: Record<string, string>) => imageRequestOf(RenderQuery.parse(query), 'png');
const issuesOf = (query: Record<string, unknown>) =>
  RenderQuery.safeParse(query).error?.issues.map(({ path, code }) => `${path.join('/')} ${code}`) ?? [];

describe('the query of a render by URL', () => {
  it('has every field of an image request, and the two angles', () => {
    const fields = Object.keys(ImageRequest.shape).filter((name) => name !== 'format');
    expect(Object.keys(RenderQuery.shape).sort()).toEqual([...fields, 'azimuth', 'elevation'].sort());
  });

  it('is the request with all its defaults when it is empty', () => {
    expect(requestOf({})).toEqual(ImageRequest.parse({}));
  });

  it('reads back every default as it is written', () => {
    const written = REQUEST_FIELDS.filter((field) => field.default !== undefined && field.name !== 'format').map(
      (field): [string, string] => [field.name, valueText(field.default)],
    );
    expect(written.length).toBeGreaterThan(10);
    expect(requestOf(Object.fromEntries(written))).toEqual(ImageRequest.parse({}));
  });

  it('reads numbers, words, colours without a hash, and views as a name, as angles or as JSON', () => {
    expect(
      requestOf({ width: '40', exposure: '-1.5', background: 'Ff0000', ground: 'shadow', view: '45,-20.5' }),
    ).toMatchObject({
      width: 40,
      exposure: -1.5,
      background: '#Ff0000',
      ground: 'shadow',
      view: { azimuth: 45, elevation: -20.5 },
    });
    expect(requestOf({ view: 'top' }).view).toBe('top');
    expect(requestOf({ view: '{"azimuth":1,"elevation":2}' }).view).toEqual({ azimuth: 1, elevation: 2 });
    expect(requestOf({ view: 'top', azimuth: '10' }).view).toEqual({ azimuth: 10, elevation: 0 });
  });

  it.each([
    [{ widht: '40' }, ' unrecognized_keys'],
    [{ format: 'png' }, ' unrecognized_keys'],
    [{ width: '' }, 'width invalid_type'],
    [{ width: 'wide' }, 'width invalid_type'],
    [{ width: '40.5' }, 'width invalid_type'],
    [{ width: '8193' }, 'width too_big'],
    [{ width: ['40', '50'] }, 'width invalid_type'],
    [{ exposure: 'Infinity' }, 'exposure invalid_type'],
    [{ view: 'above' }, 'view invalid_union'],
    [{ view: '10,100' }, 'view/elevation too_big'],
    [{ view: '10,20,30' }, 'view invalid_union'],
    [{ view: '{"azimuth":' }, 'view invalid_union'],
    [{ background: 'red' }, 'background invalid_format'],
    [{ azimuth: 'x' }, 'azimuth invalid_type'],
  ])('refuses %j', (query, issue) => {
    expect(issuesOf(query)).toEqual([issue]);
  });

  it('stands in the OpenAPI document with types, choices and defaults', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the document is looked into as JSON
    const document: any = openApiDocument(PUBLIC_API, '1.0.0');
    const { parameters } = document.paths['/v1/assets/{assetId}/render.{ending}'].get;
    const named = (name: string) => parameters.find((parameter: { name: string }) => parameter.name === name);
    for (const name of Object.keys(RenderQuery.shape)) expect(named(name), name).toMatchObject({ in: 'query' });
    expect(named('ground').schema.enum).toEqual(expect.arrayContaining(['none', 'shadow']));
    expect(named('view')).toMatchObject({ schema: { type: 'string' } });
    expect(named('view').description).toContain('three-quarter');
    expect(named('width').schema).toMatchObject({ type: 'integer', maximum: 8192 });
  });
});
