/** Channels of NOTIFY. A notification only wakes; what happened is read from the tables. */
export const CHANNELS = {
  /** `<kind>` when a job can be leased, `<kind> <milliseconds>` when one can be in so long. */
  work: 'maquette_work',
  /** The id of a job that has ended. */
  end: 'maquette_end',
  /** Nothing: there are new events. Also named in `migrations.ts`. */
  events: 'maquette_events',
  /** A transient event as JSON: it exists nowhere else. */
  transient: 'maquette_transient',
} as const;
