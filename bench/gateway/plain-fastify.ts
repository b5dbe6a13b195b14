/** Fastify with nothing around it, that answers 304 as the gateway does: `node bench/gateway/plain-fastify.ts PORT`. */
import fastify from 'fastify';

const app = fastify();
app.get('/healthz', async () => ({ status: 'ok' }));
app.get('/project', async (_request, reply) => reply.code(304).header('etag', '"r1"').send());
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
process.once('SIGTERM', () => app.close());
