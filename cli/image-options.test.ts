import { describe, expect, it } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { UsageError } from './command.ts';
import { IMAGE_OPTIONS, imageRequestFrom } from './image-options.ts';

describe('the options of an image', () => {
  it('are one for each field of the request, but for the format', () => {
    expect(Object.keys(IMAGE_OPTIONS)).toHaveLength(Object.keys(ImageRequest.shape).length - 1);
    expect(IMAGE_OPTIONS).toHaveProperty('field-of-view');
    expect(IMAGE_OPTIONS.width).toEqual({ type: 'string', value: 'N', help: 'in pixels (800 by default)' });
    expect(IMAGE_OPTIONS.environment?.help).toContain('warehouse');
    for (const [name, { help }] of Object.entries(IMAGE_OPTIONS)) expect(help.length, name).toBeGreaterThan(8);
  });

  it('make a request with the format of the output', () => {
    const values = { width: '64', view: '45,20', background: 'ff0000', exposure: '-1', ground: 'shadow' };
    expect(imageRequestFrom(values, 'a/b.JPEG')).toEqual(
      ImageRequest.parse({
        width: 64,
        view: { azimuth: 45, elevation: 20 },
        background: '#ff0000',
        exposure: -1,
        ground: 'shadow',
        samples: 8,
        format: 'jpg',
      }),
    );
    expect(imageRequestFrom({}, 'x.png')).toEqual(ImageRequest.parse({ background: 'transparent', samples: 8 }));
    expect(imageRequestFrom({}, 'x.jpg').background).toBe('#ffffff');
    expect(() => imageRequestFrom({ background: 'transparent' }, 'x.jpg')).toThrow(/JPEG has no alpha/);
  });

  it('are refused together, each by its name', () => {
    const attempt = () => imageRequestFrom({ 'field-of-view': 'wide', samples: '0', view: 'above' }, 'x.bmp');
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(/--field-of-view: .*number[\s\S]*--samples: [\s\S]*x\.bmp: the name has to end in \.png/);
    expect(attempt).toThrow(/--view: give one of front/);
    expect(() => imageRequestFrom({ environment: 'nowhere' }, 'x.png')).toThrow(/^--environment: give one of studio/);
  });
});
