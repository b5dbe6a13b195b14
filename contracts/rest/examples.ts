import { exampleIds as ids, exampleSha256 as sha256, exampleTime as time } from './examples/ids.ts';

/** With what follows one consistent set of resources for the examples of the reference page. */
export const exampleProject = {
  id: ids.project,
  name: 'Spring catalogue',
  revision: 1,
  createdAt: time,
  updatedAt: time,
};

export const exampleReport = {
  format: 'glb',
  generator: 'Blender 4.5',
  triangles: 15452,
  vertices: 14556,
  points: 0,
  lines: 0,
  splats: 0,
  drawCalls: 1,
  nodes: 1,
  meshes: 1,
  bounds: { min: [-0.94, -0.9, -0.94], max: [0.94, 0.9, 0.94] },
  watertight: false,
  materials: [{ name: 'Shell', alphaMode: 'OPAQUE', doubleSided: false, extensions: [], triangles: 15452 }],
  textures: [
    {
      name: 'albedo',
      mimeType: 'image/jpeg',
      width: 2048,
      height: 2048,
      bytes: 935629,
      gpuBytes: 22369621,
      slots: ['baseColorTexture'],
    },
  ],
  textureGpuBytes: 22369621,
  animations: [],
  skins: [],
  morphTargets: 0,
  cameras: 0,
  lights: 0,
  variants: [],
  extensionsUsed: [],
  fileBytes: 3773916,
  glbBytes: 3773900,
  corrections: [],
  validation: { errors: 0, warnings: 0, infos: 1, issues: [], truncated: false },
};

export const exampleUploadedAsset = {
  id: ids.asset,
  projectId: ids.project,
  name: 'Knight.glb',
  state: 'processing',
  format: null,
  version: 1,
  versionId: ids.version,
  revision: 1,
  createdAt: time,
  updatedAt: time,
  report: null,
  preview: null,
  duplicateOf: null,
  error: null,
  job: ids.job,
};

export const exampleAsset = {
  ...exampleUploadedAsset,
  state: 'ready',
  format: 'glb',
  revision: 3,
  report: exampleReport,
  preview: { url: `/v1/derivatives/${ids.derivative}/file`, width: 512, height: 512 },
};

export const exampleVersion = {
  id: ids.version,
  assetId: ids.asset,
  number: 1,
  state: 'ready',
  format: 'glb',
  bytes: 3773916,
  createdAt: time,
  duplicateOf: null,
  error: null,
  job: ids.job,
};

export const exampleFile = {
  name: 'Knight.glb',
  role: 'original',
  bytes: 3773916,
  sha256,
  url: `/v1/assets/${ids.asset}/versions/1/files/Knight.glb`,
};

export const exampleDerivative = {
  id: ids.derivative,
  assetId: ids.asset,
  versionId: ids.version,
  operation: 'render.image',
  parameters: { width: 512, height: 512, format: 'webp' },
  sources: [{ assetId: ids.asset, versionId: ids.version }],
  key: sha256,
  contentType: 'image/webp',
  width: 512,
  height: 512,
  bytes: 28410,
  sha256,
  createdAt: time,
  url: `/v1/derivatives/${ids.derivative}/file`,
  report: null,
};

export const exampleRecipeInput = {
  operations: [{ type: 'simplify', relativeError: 0.001 }, { type: 'meshopt' }],
  gates: { maxRelativeDeviation: 0.005 },
  target: { bytes: 2000000 },
};

export const exampleRenderInput = {
  assetId: ids.asset,
  width: 1200,
  height: 900,
  view: 'three-quarter',
  format: 'png',
};

export const exampleRender = {
  id: ids.render,
  assetId: ids.asset,
  versionId: ids.version,
  projectId: ids.project,
  purpose: 'request',
  state: 'succeeded',
  request: {
    width: 1200,
    height: 900,
    view: 'three-quarter',
    fieldOfView: 35,
    margin: 0.06,
    background: 'transparent',
    environment: 'studio',
    environmentRotation: 0,
    exposure: 0,
    samples: 8,
    format: 'png',
    quality: 85,
  },
  job: ids.renderJob,
  image: {
    url: `/v1/derivatives/${ids.derivative}/file`,
    derivativeId: ids.derivative,
    contentType: 'image/png',
    width: 1200,
    height: 900,
    bytes: 412032,
  },
  files: [
    {
      role: 'beauty',
      url: `/v1/derivatives/${ids.derivative}/file`,
      derivativeId: ids.derivative,
      contentType: 'image/png',
      width: 1200,
      height: 900,
      bytes: 412032,
      media: null,
      meaning: null,
    },
  ],
  progressPicture: null,
  estimate: { seconds: 0.9, rays: 4104000, peakBytes: 301989888, memoryLimit: 2147483648 },
  cost: { seconds: 0.8, rays: 17280000, triangles: 15452, peakBytes: 221249536, warnings: [], cached: false },
  error: null,
  createdAt: time,
  finishedAt: '2026-11-20T09:30:01.000Z',
};

export const exampleEstimate = {
  ...exampleRender.estimate,
  fits: true,
  parts: { geometry: 3473408, tree: 9961472, textures: 22369621, image: 43200000, process: 167772160 },
};

export const exampleJob = {
  id: ids.renderJob,
  kind: 'render.image',
  state: 'running',
  progress: 0.42,
  stage: 'rendering',
  priority: 0,
  attempt: 1,
  projectId: ids.project,
  assetId: ids.asset,
  createdAt: time,
  startedAt: time,
  finishedAt: null,
  etaSeconds: 0.6,
  result: null,
  error: null,
};

export const exampleRecipeJob = {
  ...exampleJob,
  kind: 'geometry.recipe',
  stage: 'simplify',
  derivative: null,
  derivatives: [],
};

/** What an optimised model cost and lost. */
const exampleOptimizeReport = {
  input: { triangles: 15452, vertices: 9108, drawCalls: 4, bytes: 3773916, gpuBytes: 22806528 },
  output: { triangles: 8210, vertices: 5377, drawCalls: 4, bytes: 1291344, gpuBytes: 22606464 },
  outputs: [{ format: 'glb', bytes: 1291344, files: 1, warnings: [] }],
  deviation: { max: 0.0031, mean: 0.0002, relativeMax: 0.0009, samples: 112901 },
  picture: null,
  operations: [],
  gates: [{ gate: 'maxRelativeDeviation', limit: 0.005, value: 0.0009, passed: true }],
  attempts: 1,
  seconds: 2.4,
};

const exampleOptimized = {
  ...exampleDerivative,
  operation: 'geometry.recipe',
  parameters: exampleRecipeInput,
  contentType: 'model/gltf-binary',
  width: null,
  height: null,
  bytes: 1291344,
  report: exampleOptimizeReport,
};

export const exampleDoneRecipeJob = {
  ...exampleRecipeJob,
  state: 'succeeded',
  progress: 1,
  stage: 'done',
  finishedAt: '2026-11-20T09:30:03.000Z',
  etaSeconds: null,
  derivative: exampleOptimized,
  derivatives: [exampleOptimized],
};

/** A render that an earlier request had made. */
export const exampleReusedRender = { ...exampleRender, cost: { ...exampleRender.cost, cached: true } };

/** An event as listeners get it. */
export const exampleEvent = {
  id: '42',
  type: 'asset_deleted',
  time,
  organizationId: ids.organization,
  projectId: ids.project,
  subject: { type: 'asset', id: ids.asset },
  data: { assetId: ids.asset },
};

export const exampleRenderJob = {
  ...exampleJob,
  render: { ...exampleRender, state: 'running', image: null, files: [], cost: null, finishedAt: null },
};

export const exampleEnvironment = {
  id: ids.environment,
  name: 'Courtyard.hdr',
  format: 'hdr',
  width: 2048,
  height: 1024,
  bytes: 6291456,
  sha256,
  createdAt: time,
};

export const exampleProfileInput = {
  description: 'What fits our configurator',
  rules: [{ of: 'triangles', max: 50000, severity: 'error', why: 'Half of our visitors come by telephone.' }],
};

export const exampleProfile = {
  ...exampleProfileInput,
  name: 'configurator',
  builtIn: false,
  updatedAt: time,
};

export const exampleApiKey = {
  id: ids.apiKey,
  name: 'build server',
  mode: 'live',
  prefix: 'mq_live_4fQ9',
  scopes: ['assets:read', 'assets:write'],
  createdAt: time,
  expiresAt: null,
  lastUsedAt: null,
  revokedAt: null,
  serviceAccountId: null,
};

export const exampleMe = {
  organization: { id: ids.organization, name: 'Maquette' },
  user: null,
  apiKeyId: ids.apiKey,
  serviceAccountId: null,
  role: 'owner',
  mode: 'live',
  scopes: ['assets:read', 'assets:write'],
  projectRoles: {},
};

export const exampleBatchInput = {
  projectId: ids.project,
  items: [{ render: exampleRenderInput }, { assetId: ids.asset, recipe: { preset: 'web' } }],
};

const noItems = { queued: 0, running: 0, succeeded: 0, failed: 0, canceled: 0, refused: 0 };

export const exampleBatchSummary = {
  id: ids.batch,
  projectId: ids.project,
  state: 'running',
  counts: { ...noItems, running: 1, refused: 1 },
  progress: 0.71,
  createdAt: time,
};

export const exampleBatch = {
  ...exampleBatchSummary,
  items: [
    { index: 0, state: 'running', job: ids.renderJob, render: ids.render, error: null },
    {
      index: 1,
      state: 'refused',
      job: null,
      render: null,
      error: {
        code: 'not_found',
        message: `There is no asset ${ids.asset}.`,
        fault: 'input',
        remedy: 'Check the id, and that the API key belongs to the organisation which owns it.',
      },
    },
  ],
};

export const exampleUsage = {
  storage: { used: 18253611008, limit: 107374182400 },
  renderSeconds: { used: 4120.5, limit: null },
  jobsQueued: { used: 12, limit: 1000 },
  jobsRunning: { used: 2, limit: 4 },
  days: [
    {
      day: '2026-11-20',
      renderSeconds: 310.2,
      workSeconds: 402.9,
      jobs: 118,
      uploadedBytes: 734003200,
      storageBytes: 18253611008,
    },
  ],
};

/** One page with one item on it. */
export function examplePage(item: unknown): unknown {
  return { data: [item], nextCursor: null };
}
