import { Document, NodeIO } from '@gltf-transform/core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import { newId } from '#contracts/ids/ids.ts';
import type { JobResult } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { putBytes, readBytes } from '#platform/objects/testing/bytes.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { openRendering, type TestRendering } from './testing/open-rendering.ts';

let rendering: TestRendering;
beforeAll(async () => {
  rendering = await openRendering({ memoryBytes: 2 ** 30, seconds: 60 });
});
afterAll(() => rendering?.close());

/** A tetrahedron with a red material, which may have a texture; or nothing at all. */
async function model(options: { empty?: boolean; texture?: Uint8Array } = {}): Promise<Uint8Array> {
  const document = new Document();
  const buffer = document.createBuffer();
  const corners = new Float32Array([0, 0, 0, 1, 0, 0, 0.5, 1, 0.3, 0.5, 0, 1]);
  const indices = new Uint16Array([0, 2, 1, 0, 1, 3, 1, 2, 3, 0, 3, 2]);
  const material = document.createMaterial().setBaseColorFactor([0.8, 0.05, 0.05, 1]).setMetallicFactor(0);
  if (options.texture) {
    material.setBaseColorTexture(document.createTexture().setImage(options.texture).setMimeType('image/png'));
  }
  const places = new Float32Array(8);
  const primitive = document
    .createPrimitive()
    .setMaterial(material)
    .setAttribute('TEXCOORD_0', document.createAccessor().setType('VEC2').setArray(places).setBuffer(buffer))
    .setAttribute('POSITION', document.createAccessor().setType('VEC3').setArray(corners).setBuffer(buffer))
    .setIndices(document.createAccessor().setArray(indices).setBuffer(buffer));
  const mesh = document.createMesh();
  if (!options.empty) mesh.addPrimitive(primitive);
  document.createScene().addChild(document.createNode().setMesh(mesh));
  return new NodeIO().writeBinary(document);
}

const stored = async (bytes: Uint8Array) => ({ glb: await putBytes(rendering.objects, bytes) });

async function picture(bytes: Uint8Array, request: Partial<ImageRequest>): Promise<JobResult<'render.image'>> {
  const outcome = await rendering.render(await stored(bytes), request);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.result;
}

async function refusal(
  bytes: Uint8Array,
  request: Partial<ImageRequest>,
): Promise<ErrorValue & { retryable: boolean }> {
  const outcome = await rendering.render(await stored(bytes), request);
  if (outcome.ok) throw new Error('it was accepted');
  return outcome.error;
}

const blobOf = (made: JobResult<'render.image'>) => made.files[0]!.blob.sha256;

async function pixels(made: JobResult<'render.image'>) {
  const image = sharp(await readBytes(rendering.objects, blobOf(made)));
  const { format } = await image.metadata();
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4)];
  return { format, width: info.width, height: info.height, at };
}

describe('renders', () => {
  it('an image in each format', async () => {
    for (const [format, contentType, read] of [
      ['png', 'image/png', 'png'],
      ['jpg', 'image/jpeg', 'jpeg'],
      ['webp', 'image/webp', 'webp'],
      ['avif', 'image/avif', 'heif'],
    ] as const) {
      const made = await picture(await model(), { width: 64, height: 48, format });
      expect(made.files).toMatchObject([{ role: 'beauty', width: 64, height: 48, contentType }]);
      expect(made.stats).toMatchObject({ triangles: 4, warnings: [] });
      expect(made.stats.rays).toBeGreaterThan(64 * 48);
      const seen = await pixels(made);
      expect([seen.format, seen.width, seen.height]).toEqual([read, 64, 48]);
      const [r, g, b] = seen.at(32, 24) as [number, number, number];
      expect(r).toBeGreaterThan(1.5 * Math.max(g, b));
      // A corner is background: transparent, or white where the format has no alpha.
      if (format === 'jpg') expect(Math.min(...seen.at(0, 0))).toBeGreaterThan(250);
      else expect(seen.at(0, 0)[3]).toBe(0);
    }
  });

  it('passes as files of their own, or as layers of one EXR', async () => {
    const passes: ImageRequest['passes'] = ['beauty', 'depth', 'object'];
    const files = (await picture(await model(), { width: 32, height: 32, format: 'webp', passes })).files;
    expect(files.map(({ role, contentType }) => [role, contentType])).toEqual([
      ['beauty', 'image/webp'],
      ['depth', 'image/png'],
      ['object', 'image/png'],
    ]);
    const [beauty, depth, object] = files.map(({ meaning }) => meaning);
    expect([beauty, Object.values(object && 'colors' in object ? object.colors : {})]).toEqual([null, ['node 0']]);
    if (!depth || !('near' in depth)) throw new Error('depth has no range');
    expect(depth.near).toBeGreaterThan(0);
    expect(depth.far).toBeGreaterThan(depth.near);
    const [layers, ...more] = (await picture(await model(), { width: 32, height: 32, format: 'exr', passes })).files;
    expect([layers?.role, layers?.contentType, more.length]).toEqual(['layers', 'image/x-exr', 0]);
  });

  it('the same bytes for the same request', async () => {
    const request = { width: 64, height: 64 };
    const first = await picture(await model(), request);
    expect(blobOf(await picture(await model(), request))).toBe(blobOf(first));
    expect(blobOf(await picture(await model(), { ...request, view: 'back' }))).not.toBe(blobOf(first));
  });

  it('nothing of a model without geometry or of bytes that are no model, and goes on', async () => {
    expect(await refusal(await model({ empty: true }), {})).toMatchObject({ code: 'model_empty', retryable: false });
    expect(await refusal(new TextEncoder().encode('nonsense'), {})).toMatchObject({ fault: 'input', retryable: false });
    await picture(await model(), { width: 32, height: 32 });
  });

  it('nothing that would need more memory than it may have', async () => {
    // It says 12,288 × 12,288 pixels in its header and holds one: nothing may be allocated for what it says.
    const texture = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
    texture.writeUInt32BE(12_288, 16);
    texture.writeUInt32BE(12_288, 20);
    const error = await refusal(await model({ texture }), { width: 64, height: 64 });
    expect(error).toMatchObject({ code: 'render_too_large', retryable: false });
    expect(error.message).toMatch(/MiB/);
    await picture(await model(), { width: 32, height: 32 });
  });

  it('stops when its job is canceled', async () => {
    const { office } = rendering;
    office.state = 'canceled';
    const jobId = rendering.begin(await stored(await model()), { width: 2048, height: 2048, samples: 64 });
    await expect.poll(() => office.beats.some((beat) => beat.jobId === jobId), { timeout: 10_000 }).toBe(true);
    office.state = 'running';
    const startedAt = performance.now();
    await picture(await model(), { width: 32, height: 32 });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(office.settled.has(jobId)).toBe(false);
  });
});

describe('RequestImage', () => {
  const request = (image: unknown, purpose = 'request') =>
    rendering.client.requestImage({
      organizationId: newId('organization'),
      assetId: newId('asset'),
      requestJson: JSON.stringify(image),
      purpose,
    });

  it('fills in the defaults and has the request recorded, more urgent ones first', async () => {
    const { recorded } = rendering;
    recorded.length = 0;
    expect((await request({ width: 100, format: 'jpg' })).renderJson).toBe('{"recorded":true}');
    await request({}, 'url');
    await request({}, 'preview');
    expect(JSON.parse(recorded[0]!.requestJson)).toEqual(
      ImageRequest.parse({ width: 100, format: 'jpg', samples: 8, background: '#ffffff' }),
    );
    const priorities = recorded.map((entry) => entry.priority);
    expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
    expect(new Set(priorities).size).toBe(3);
  });

  it('names every field that is wrong', async () => {
    const error = await request({ width: 4, samples: 100_000 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_request', fault: 'input' });
    expect(error.errors.map((item: { pointer: string }) => item.pointer).sort()).toEqual(['/samples', '/width']);
    await expect(request({}, 'fun')).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('refuses what no format can hold, with the reason', async () => {
    const error = await request({ format: 'jpg', background: 'transparent' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/background' }] });
    expect(error.message).toContain('JPEG has no alpha');
    await expect(request({ format: 'avif', background: 'transparent' })).resolves.toBeDefined();
    await expect(request({ format: 'jpg', passes: ['depth', 'beauty'] })).rejects.toMatchObject({
      errors: [{ pointer: '/format' }],
    });
    await expect(request({ format: 'jpg', passes: ['beauty', 'depth'] })).resolves.toBeDefined();
  });

  it('refuses what would take too long, with the figures and what would do', async () => {
    const error = await request({ width: 8192, height: 8192, samples: 64 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'render_too_large' });
    expect(error.message).toContain('4,294,967,296');
    expect(error.remedy).toContain('at most 8 samples');
    await expect(request({ width: 8192, height: 4096, samples: 8 })).resolves.toBeDefined();
  });

  it('tells what it can do', async () => {
    const capabilities = await rendering.client.getCapabilities({});
    expect(capabilities).toMatchObject({
      formats: ['png', 'jpg', 'webp', 'avif', 'exr'],
      maxWidth: 8192,
      maxHeight: 8192,
    });
    expect(capabilities.environments).toContain('studio');
    expect(capabilities.views).toContain('three-quarter');
    expect(await rendering.service.ready()).toEqual({ ready: true });
  });
});

describe.skipIf(!hasCorpus)('on real models', () => {
  it('renders the previews of real models', async () => {
    for (const path of ['gltf/character.glb', 'gltf/Knight.glb']) {
      const bytes = await corpusFile(path);
      const preview = { width: 512, height: 512, format: 'webp' } as const;
      await picture(bytes, preview);
      const startedAt = performance.now();
      const made = await picture(bytes, preview);
      console.log(`${path}, 512 × 512 WebP, lease to settlement: ${(performance.now() - startedAt).toFixed(0)} ms`);
      const seen = await pixels(made);
      expect(seen.at(256, 256)[3]).toBe(255);
      expect(seen.at(0, 0)[3]).toBe(0);
    }
  });
});
