import { describe, expect, it } from 'vitest';
import { RecordedEvent } from '#contracts/events/events.ts';
import { JOB_KINDS, type JobKind } from '#contracts/jobs/job-kinds.ts';
import { FLOW, PREVIEW_REQUEST, REACTIONS } from './flow.ts';

/** Recorded by what clients do, not by the flow. */
const BESIDE_THE_FLOW = ['asset_deleted', 'job_canceled', 'job_retried'];

describe('the flow', () => {
  it('records every event', () => {
    const types = RecordedEvent.options.map((option) => option.shape.type.value);
    const recorded = FLOW.flatMap(({ records }) => records);
    expect([...new Set([...recorded, ...BESIDE_THE_FLOW])].sort()).toEqual([...types].sort());
  });

  it('starts every kind of job, and has a later step that runs it', () => {
    for (const kind of Object.keys(JOB_KINDS) as JobKind[]) {
      const starts = FLOW.findIndex((step) => step.starts === kind);
      const runs = FLOW.findIndex(({ on }) => typeof on === 'object' && 'job' in on && on.job === kind);
      expect(starts, kind).toBeGreaterThanOrEqual(0);
      expect(runs, kind).toBeGreaterThan(starts);
    }
  });

  it('waits only for events that an earlier step records', () => {
    FLOW.forEach(({ on }, index) => {
      if (typeof on !== 'object' || !('event' in on)) return;
      expect(FLOW.slice(0, index).flatMap(({ records }) => records)).toContain(on.event);
    });
  });

  it('has a reaction for each step that the data service takes on an event, and no other', () => {
    const steps = FLOW.flatMap(({ by, on }) =>
      by === 'data' && typeof on === 'object' && 'event' in on ? [on.event] : [],
    );
    expect(Object.keys(REACTIONS).sort()).toEqual(steps.sort());
  });

  it('makes previews of 512 × 512 in WebP', () => {
    expect(PREVIEW_REQUEST).toMatchObject({ width: 512, height: 512, format: 'webp', background: 'transparent' });
  });
});
