import type { EventType } from '#contracts/events/events.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { completeImage } from '#contracts/render/image-rules.ts';
import type { Role } from '#platform/service/service.ts';
import type { Reactions } from '#services/data/reactions.ts';

/** One step of the asynchronous path. */
export interface FlowStep {
  /** What people call the step. */
  step: string;
  /** The service that takes it. */
  by: Role;
  /** What it waits for: a request from outside, a recorded event, or a job of its kind. */
  on: 'upload' | 'request' | 'every event' | { event: EventType } | { job: JobKind };
  /** Events it records, each in the transaction of the change that it announces. */
  records: EventType[];
  /** The job it starts, in that same transaction. */
  starts?: JobKind;
}

/**
 * The asynchronous path from an upload to a picture and a notification, in order; and that of a sequence, whose frames
 * are made side by side before they become one file; and that of a recipe. This is the only place that says it;
 * the end-to-end tests check that the services do what it says.
 */
export const FLOW: readonly FlowStep[] = [
  { step: 'upload', by: 'gateway', on: 'upload', records: ['model_uploaded'], starts: 'geometry.process' },
  { step: 'ask for an upload from elsewhere', by: 'gateway', on: 'request', records: [], starts: 'asset.ingest' },
  {
    step: 'ingest',
    by: 'geometry',
    on: { job: 'asset.ingest' },
    records: ['model_uploaded', 'model_rejected'],
    starts: 'geometry.process',
  },
  { step: 'process', by: 'geometry', on: { job: 'geometry.process' }, records: ['model_processed', 'model_rejected'] },
  {
    step: 'ask for a preview',
    by: 'data',
    on: { event: 'model_processed' },
    records: ['render_requested'],
    starts: 'render.image',
  },
  { step: 'render', by: 'rendering', on: { job: 'render.image' }, records: ['render_complete', 'render_failed'] },
  { step: 'ask for a sequence', by: 'gateway', on: 'request', records: ['render_requested'], starts: 'render.frames' },
  { step: 'draw frames', by: 'rendering', on: { job: 'render.frames' }, records: [], starts: 'render.sequence' },
  {
    step: 'encode the frames',
    by: 'rendering',
    on: { job: 'render.sequence' },
    records: ['render_complete', 'render_failed'],
  },
  { step: 'ask for a recipe', by: 'gateway', on: 'request', records: [], starts: 'geometry.recipe' },
  {
    step: 'carry the recipe out',
    by: 'geometry',
    on: { job: 'geometry.recipe' },
    records: ['recipe_complete', 'recipe_failed'],
  },
  { step: 'announce', by: 'gateway', on: 'every event', records: [] },
  { step: 'queue for webhooks', by: 'data', on: 'every event', records: [], starts: 'webhook.deliver' },
  { step: 'deliver to a webhook', by: 'gateway', on: { job: 'webhook.deliver' }, records: ['webhook_disabled'] },
];

/** The preview that every processed model gets. */
export const PREVIEW_REQUEST: ImageRequest = completeImage(
  ImageRequest.parse({ width: 512, height: 512, format: 'webp', samples: 8 }),
);

/** What the data service does by itself on recorded events: the steps of the flow that it takes. */
export const REACTIONS: Reactions = {
  model_processed: { render: PREVIEW_REQUEST, purpose: 'preview', priority: 10 },
};
