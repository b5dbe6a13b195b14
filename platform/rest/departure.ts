import type { FastifyReply } from 'fastify';

/** Aborts when the client of an answer hangs up before it has it. */
export function departure(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  const left = () => {
    if (!reply.raw.writableFinished) controller.abort();
  };
  if (reply.raw.destroyed) left();
  else reply.raw.once('close', left);
  return controller.signal;
}
