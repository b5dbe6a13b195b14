import type { ConnectRouter } from '@connectrpc/connect';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { JobService, type SettleRequest } from '#contracts/generated/data_pb.js';
import { newId } from '#contracts/ids/ids.ts';
import { type JobKind, JobPicture } from '#contracts/jobs/job-kinds.ts';
import { createRpcClient } from '../../rpc/client.ts';
import { createMemoryTransport } from '../../rpc/transports.ts';
import type { JobClient } from '../lease.ts';

type Outcome = SettleRequest['outcome'];

/**
 * A JobService in memory, for tests of workers without a database: hands out each queued job once, answers heartbeats
 * as it is told, notes everything, and can be away.
 */
export class JobOffice {
  readonly client: JobClient;
  /** Jobs that nobody has yet. */
  readonly queue: { jobId: string; kind: JobKind; payload: unknown }[] = [];
  /** What each job was settled with, each time. */
  readonly settled = new Map<string, Outcome[]>();
  /** Capacities that were asked for. */
  readonly capacities: number[] = [];
  readonly beats: { jobId: string; progress: number; stage: string }[] = [];
  /** Pictures in the making that came with heartbeats. */
  readonly pictures: { jobId: string; picture: JobPicture }[] = [];
  /** The answer to heartbeats: `running`, `canceled` or `lost`. */
  state = 'running';
  /** How many calls of each method will fail as if nobody were there. */
  readonly outage = { lease: 0, heartbeat: 0, settle: 0 };
  settleError: MaquetteError | null = null;
  readonly #changes = new EventTarget();

  constructor() {
    this.client = createRpcClient(
      JobService,
      createMemoryTransport((router) => this.#routes(router)),
    );
  }

  /** Queues a job. */
  add(kind: JobKind, payload: unknown): string {
    const jobId = newId('job');
    this.queue.push({ jobId, kind, payload });
    this.#changes.dispatchEvent(new Event('queued'));
    return jobId;
  }

  /** Queues a job and waits for its end. */
  async finished(kind: JobKind, payload: unknown): Promise<Outcome> {
    const jobId = this.add(kind, payload);
    for (;;) {
      const outcome = this.settled.get(jobId)?.[0];
      if (outcome) return outcome;
      await new Promise((resolve) => this.#changes.addEventListener('settled', resolve, { once: true }));
    }
  }

  #routes(router: ConnectRouter): void {
    const away = (method: keyof typeof this.outage) => {
      if (this.outage[method]-- > 0) throw new MaquetteError('unavailable', 'away');
    };
    router.service(JobService, {
      lease: async (request, context) => {
        away('lease');
        this.capacities.push(request.capacity);
        const isWanted = ({ kind }: { kind: JobKind }) => request.kinds.includes(kind);
        if (!this.queue.some(isWanted)) {
          await new Promise((resolve) => {
            this.#changes.addEventListener('queued', resolve, { once: true });
            context.signal.addEventListener('abort', resolve, { once: true });
          });
        }
        if (context.signal.aborted) return { jobs: [] };
        const wanted = this.queue.filter(isWanted).slice(0, request.capacity);
        for (const job of wanted) this.queue.splice(this.queue.indexOf(job), 1);
        return {
          jobs: wanted.map(({ jobId, kind, payload }) => ({
            jobId,
            kind,
            organizationId: newId('organization'),
            payloadJson: JSON.stringify(payload),
            token: 7n,
            attempt: 1,
            maxAttempts: 3,
            traceParent: '',
          })),
        };
      },
      heartbeat: (request) => {
        away('heartbeat');
        this.beats.push({ jobId: request.jobId, progress: request.progress, stage: request.stage });
        if (request.pictureJson !== '') {
          this.pictures.push({ jobId: request.jobId, picture: JobPicture.parse(JSON.parse(request.pictureJson)) });
        }
        return { state: this.state };
      },
      settle: (request) => {
        away('settle');
        if (this.settleError) throw this.settleError;
        if (request.token !== 7n) throw new MaquetteError('lease_lost', `token ${request.token}`);
        this.settled.set(request.jobId, [...(this.settled.get(request.jobId) ?? []), request.outcome]);
        this.#changes.dispatchEvent(new Event('settled'));
        return {};
      },
    });
  }
}
