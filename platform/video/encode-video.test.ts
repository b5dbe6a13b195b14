import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SequenceFormat } from '#contracts/render/sequence-request.ts';
import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { decodeImage, encodeImage } from '#platform/images/sharp-codec.ts';
import { encodeVideo, type VideoInput } from './encode-video.ts';
import { loadLibav } from './libav.ts';
import { decodeVideo } from './testing/decode-video.ts';

const WIDTH = 96;
const HEIGHT = 64;
const FRAMES = 12;
/** A disc of this colour moves over ground of that one. */
const DISC = [214, 62, 40] as const;
const GROUND = [38, 92, 180] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-video-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Where the disc's middle is in a frame. */
const centre = (index: number) => 20 + index * 5;

/** A frame: outside of the disc transparent, or of the ground's colour. */
function picture(index: number, transparent: boolean): RgbaImage {
  const data = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const disc = Math.hypot(x - centre(index), y - HEIGHT / 2) < 16;
      data.set(disc ? DISC : transparent ? [0, 0, 0] : GROUND, (y * WIDTH + x) * 4);
      data[(y * WIDTH + x) * 4 + 3] = disc || !transparent ? 255 : 0;
    }
  }
  return { width: WIDTH, height: HEIGHT, data };
}

function input(format: SequenceFormat, options: { codec?: 'vp9' | 'av1'; transparent?: boolean } = {}): VideoInput {
  const { codec = 'vp9', transparent = false } = options;
  return {
    format,
    codec,
    quality: 85,
    background: transparent ? 'transparent' : '#265cb4',
    width: WIDTH,
    height: HEIGHT,
    fps: 24,
    frames: FRAMES,
    readFrame: (index) => encodeImage(picture(index, transparent), 'png', 100),
  };
}

async function encode(name: string, video: VideoInput): Promise<string> {
  const path = join(folder, name);
  await encodeVideo(path, video, { decodeImage });
  return path;
}

/** The colour at a place, and its alpha. */
const at = ({ data }: RgbaImage, x: number, y: number) => [
  ...data.subarray((y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4),
];

function expectColour(found: number[], wanted: readonly number[], tolerance: number): void {
  for (let c = 0; c < 3; c++) expect(Math.abs(found[c]! - wanted[c]!), `${found}`).toBeLessThanOrEqual(tolerance);
}

const VIDEOS = [
  { name: 'h264.mp4', format: 'mp4', decoder: undefined, alpha: false, tolerance: 6 },
  { name: 'vp9.webm', format: 'webm', decoder: 'libvpx-vp9', alpha: false, tolerance: 8 },
  { name: 'vp9-alpha.webm', format: 'webm', decoder: 'libvpx-vp9', alpha: true, tolerance: 8 },
  { name: 'av1.webm', format: 'webm', codec: 'av1', decoder: undefined, alpha: false, tolerance: 8 },
  { name: 'prores.mov', format: 'mov', decoder: undefined, alpha: false, tolerance: 3 },
  { name: 'prores-alpha.mov', format: 'mov', decoder: undefined, alpha: true, tolerance: 3 },
] as const;

describe('videos', () => {
  it.each(VIDEOS)('$name has every frame, its rate, its colours by BT.709 and its alpha', async (video) => {
    const codec = 'codec' in video ? video.codec : 'vp9';
    const path = await encode(video.name, input(video.format, { codec, transparent: video.alpha }));
    const decoded = decodeVideo(loadLibav(), path, video.decoder);
    expect(decoded).toMatchObject({ width: WIDTH, height: HEIGHT, frameRate: 24, matrix: 'bt709', range: 'limited' });
    expect(decoded.frames).toHaveLength(FRAMES);
    expect(decoded.hasAlpha).toBe(video.alpha);
    decoded.frames.forEach((frame, index) => {
      const middle = at(frame, Math.round(centre(index)), HEIGHT / 2);
      expectColour(middle, DISC, video.tolerance);
      expect(middle[3]).toBeGreaterThan(252);
      const corner = at(frame, index < FRAMES / 2 ? WIDTH - 4 : 3, 3);
      if (video.alpha) expect(corner[3]).toBeLessThan(3);
      else expectColour(corner, GROUND, video.tolerance);
    });
  });

  it('have the same bytes again', async () => {
    for (const { name, format, alpha, ...rest } of VIDEOS) {
      const video = input(format, { codec: 'codec' in rest ? rest.codec : 'vp9', transparent: alpha });
      const [first, second] = await Promise.all([encode(name, video), encode(`again-${name}`, video)]);
      expect((await readFile(first)).equals(await readFile(second)), name).toBe(true);
    }
  });

  it('an MP4 can be played before all of it is there', async () => {
    const bytes = (await readFile(await encode('fast.mp4', input('mp4')))).toString('latin1');
    expect(bytes.indexOf('moov')).toBeGreaterThan(0);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });
});

describe.each(['gif', 'webp'] as const)('animated %s', (format) => {
  it.each([true, false])('has every frame, its rate and its colours (transparent: %s)', async (transparent) => {
    const path = await encode(`${transparent}.${format}`, input(format, { transparent }));
    const metadata = await sharp(path, { animated: true }).metadata();
    expect(metadata).toMatchObject({ format, width: WIDTH, pageHeight: HEIGHT, pages: FRAMES, loop: 0 });
    const milliseconds = metadata.delay!.reduce((sum, delay) => sum + delay, 0);
    // A GIF counts in hundredths of a second.
    expect(Math.abs(milliseconds - (FRAMES * 1000) / 24)).toBeLessThan(format === 'gif' ? 21 : 12);
    for (let page = 0; page < FRAMES; page++) {
      const { data } = await sharp(path, { page }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      const frame = { width: WIDTH, height: HEIGHT, data };
      expectColour(at(frame, Math.round(centre(page)), HEIGHT / 2), DISC, 12);
      // What the disc has left must be gone; WebP stores colours at half the size.
      const corner = at(frame, page < FRAMES / 2 ? WIDTH - 4 : 3, HEIGHT / 2);
      if (transparent) expect(corner[3]).toBe(0);
      else expectColour(corner, GROUND, format === 'gif' ? 4 : 20);
    }
  });
});

describe('a zip of PNG files', () => {
  it('holds the frames as they came, in order', async () => {
    const video = input('zip', { transparent: true });
    const files = unzipSync(await readFile(await encode('frames.zip', video)));
    expect(Object.keys(files)).toEqual(Array.from({ length: FRAMES }, (_, i) => `${String(i).padStart(4, '0')}.png`));
    for (const [index, bytes] of Object.values(files).entries()) {
      expect(Buffer.from(bytes).equals(Buffer.from(await video.readFrame(index)))).toBe(true);
    }
  });
});

describe('encoding', () => {
  it('stops when it is canceled', async () => {
    const stop = new AbortController();
    const video = input('mp4');
    const readFrame: VideoInput['readFrame'] = (index) => {
      if (index === 5) stop.abort();
      expect(index).toBeLessThan(6);
      return video.readFrame(index);
    };
    const encoding = encodeVideo(
      join(folder, 'stopped.mp4'),
      { ...video, readFrame },
      { decodeImage, signal: stop.signal },
    );
    await expect(encoding).rejects.toMatchObject({ code: 'canceled' });
  });

  it('tells how far it is', async () => {
    const shares: number[] = [];
    const onProgress = (share: number) => shares.push(share);
    await encodeVideo(join(folder, 'told.gif'), input('gif'), { decodeImage, onProgress });
    expect(shares).toHaveLength(2 * FRAMES);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('fails when a frame cannot be read', async () => {
    const video = { ...input('webm'), readFrame: async () => Uint8Array.of(1, 2, 3) };
    await expect(encode('broken.webm', video)).rejects.toMatchObject({ code: 'image_malformed' });
  });

  it('uses a build of FFmpeg under the GPL, as the documentation says', () => {
    const { configuration } = loadLibav().getFFmpegInfo();
    expect(configuration).toContain('--enable-gpl');
    expect(configuration).toContain('--enable-version3');
    expect(configuration).not.toContain('--enable-nonfree');
  });
});
