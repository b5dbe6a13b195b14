import { registerHooks, syncBuiltinESMExports } from 'node:module';
import worker from 'node:worker_threads';

/** Modules of Node that no task needs: ways to a network, to other processes, to a debugger. */
const REFUSED = new Set([
  ...['net', 'dgram', 'tls', 'http', 'https', 'http2', 'dns', 'dns/promises', 'quic'],
  ...['inspector', 'inspector/promises', 'cluster', 'repl', 'wasi', 'sqlite', 'trace_events', 'test'],
  ...['_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server'],
  ...['_tls_common', '_tls_wrap', '_stream_wrap'],
]);

/**
 * Takes away from JavaScript what Node's permission model leaves open: network modules, signals to other processes, and
 * worker threads without the permission model (`new Worker(…, { execArgv: [] })` runs without it). It is a second line:
 * where the system allows namespaces they do the same against native code.
 */
export function lockDown(): void {
  const refuse = (what: string): never => {
    throw Object.assign(new Error(`${what} is not available in a sandbox`), { code: 'ERR_ACCESS_DENIED' });
  };
  const isRefused = (name: string) => REFUSED.has(name.replace(/^node:/, ''));

  registerHooks({
    resolve(specifier, context, next) {
      if (isRefused(specifier)) refuse(specifier);
      return next(specifier, context);
    },
  });
  const getBuiltinModule = process.getBuiltinModule;
  fix(process, 'getBuiltinModule', (name: string) => (isRefused(name) ? refuse(name) : getBuiltinModule(name)));
  for (const name of ['kill', '_kill', '_debugProcess', '_debugEnd', '_startProfilerIdleNotifier', 'execve']) {
    fix(process, name, () => refuse(`process.${name}`));
  }
  for (const name of ['fetch', 'WebSocket', 'EventSource']) {
    Reflect.deleteProperty(globalThis, name);
  }

  const { Worker } = worker;
  class PermittedWorker extends Worker {
    constructor(file: string | URL, options: worker.WorkerOptions = {}) {
      // Code in a string runs before the modules that flags import, `lock-down-threads.ts` among them.
      if (options.eval) refuse('a thread from a string');
      // Without `execArgv` a thread inherits the flags of the process, the permission model among them.
      const { execArgv: _, ...rest } = options;
      super(file, { ...rest, env: {} });
    }
  }
  fix(worker, 'Worker', PermittedWorker);
  syncBuiltinESMExports();
}

function fix(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true });
}
