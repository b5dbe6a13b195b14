import { z } from 'zod';
import { AssetDeleted } from './asset-deleted.ts';
import { JobCanceled } from './job-canceled.ts';
import { JobProgress } from './job-progress.ts';
import { JobRetried } from './job-retried.ts';
import { ModelProcessed } from './model-processed.ts';
import { ModelRejected } from './model-rejected.ts';
import { ModelUploaded } from './model-uploaded.ts';
import { RecipeComplete } from './recipe-complete.ts';
import { RecipeFailed } from './recipe-failed.ts';
import { RenderComplete } from './render-complete.ts';
import { RenderFailed } from './render-failed.ts';
import { RenderProgress } from './render-progress.ts';
import { RenderRequested } from './render-requested.ts';
import { WebhookDisabled } from './webhook-disabled.ts';

/** Events that are recorded in the transaction of the change they announce, ordered, and replayed on request. */
export const RecordedEvent = z.discriminatedUnion('type', [
  ModelUploaded,
  ModelProcessed,
  ModelRejected,
  RenderRequested,
  RenderComplete,
  RenderFailed,
  RecipeComplete,
  RecipeFailed,
  AssetDeleted,
  JobCanceled,
  JobRetried,
  WebhookDisabled,
]);

/** Events that only reach those who listen at the moment. */
export const TransientEvent = z.discriminatedUnion('type', [JobProgress, RenderProgress]);

/** Every event that a client can receive. */
export const AnyEvent = z.discriminatedUnion('type', [...RecordedEvent.options, ...TransientEvent.options]);

/** Types of the events that are recorded. */
export const RECORDED_TYPES = RecordedEvent.options.map((option) => option.shape.type.value) as [
  RecordedType,
  ...RecordedType[],
];

export type RecordedType = RecordedEvent['type'];
export type RecordedEvent = z.infer<typeof RecordedEvent>;
export type TransientEvent = z.infer<typeof TransientEvent>;
export type AnyEvent = z.infer<typeof AnyEvent>;
export type EventType = AnyEvent['type'];
/** One event type's event. */
export type EventOf<T extends EventType> = Extract<AnyEvent, { type: T }>;
/** A recorded event before the outbox gives it its position and time. */
export type NewEvent = RecordedEvent extends infer E
  ? E extends RecordedEvent
    ? Omit<E, 'id' | 'time'>
    : never
  : never;
