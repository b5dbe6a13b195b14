import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { imageRequestFrom } from './image-options.ts';
import { sequenceRequestFrom } from './sequence-options.ts';

describe('options that change nothing', () => {
  it.each<[Record<string, string>, string, RegExp]>([
    [{ denoise: 'high' }, 'x.png', /^--denoise: .*--integrator path$/],
    [{ bounces: '3', seed: '1' }, 'x.png', /^--bounces: .*\n--seed: /],
    [{ 'line-width': '2' }, 'x.png', /--display wireframe/],
    [{ 'environment-blur': '0.5' }, 'x.png', /--background environment/],
    [{ 'focus-distance': '2' }, 'x.png', /--f-stop/],
    [{ shutter: '0.5' }, 'x.png', /--time or --animation/],
    [{ 'frames-per-second': '30', time: '0' }, 'x.png', /--shutter/],
    [{ camera: 'Front', view: 'back' }, 'x.png', /^--view: changes nothing beside --camera$/],
    [{ quality: '90' }, 'x.png', /jpg, webp, avif/],
    [{ 'exr-depth': 'float' }, 'x.png', /exr/],
  ])('%j of %s is wrong usage', (values, output, message) => {
    const attempt = () => imageRequestFrom(values, output);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(message);
  });

  it('are fine beside what makes them count', () => {
    const path = { integrator: 'path', denoise: 'off', bounces: '2', seed: '3', 'noise-threshold': '0' };
    expect(imageRequestFrom(path, 'x.png')).toMatchObject({ denoise: 'off', bounces: 2, seed: 3 });
    const blurred = { time: '1', shutter: '0.5', 'frames-per-second': '30' };
    expect(imageRequestFrom(blurred, 'x.png')).toMatchObject({ shutter: 0.5, framesPerSecond: 30 });
    expect(imageRequestFrom({ quality: '90' }, 'x.jpg').quality).toBe(90);
    expect(imageRequestFrom({ 'f-stop': '2.8', 'focus-distance': '2' }, 'x.png').focusDistance).toBe(2);
    expect(imageRequestFrom({ background: 'environment', 'environment-blur': '1' }, 'x.png').environmentBlur).toBe(1);
    expect(imageRequestFrom({ display: 'wireframe', 'line-width': '2' }, 'x.png').lineWidth).toBe(2);
  });

  it('of sequences too', async () => {
    await expect(sequenceRequestFrom({ turntable: true, quality: '90' }, 'x.gif')).rejects.toThrow(/^--quality: /);
    await expect(sequenceRequestFrom({ turntable: true, seed: '2' }, 'x.mp4')).rejects.toThrow(/^--seed: /);
    expect(await sequenceRequestFrom({ dataset: '4', seed: '2' }, 'x.zip')).toMatchObject({ seed: 2 });
    expect(await sequenceRequestFrom({ turntable: true, quality: '90' }, 'x.mp4')).toMatchObject({ quality: 90 });
    const clip = { animation: 'walk', shutter: '0.5' };
    expect(await sequenceRequestFrom(clip, 'x.mp4')).toMatchObject({ shutter: 0.5 });
  });
});
