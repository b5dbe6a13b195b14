import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type Transport } from '@connectrpc/connect';
import { fromConnectError } from './errors.ts';

type AnyMethod = (input: unknown, options?: unknown) => unknown;

/**
 * A typed client of a gRPC service whose calls reject with the `MaquetteError` that the handler threw. Interceptors
 * cannot do this: Connect wraps whatever they throw in its own error.
 */
export function createRpcClient<S extends DescService>(service: S, transport: Transport): Client<S> {
  const plain = createClient(service, transport) as Record<string, AnyMethod>;
  const wrapped = service.methods.map(({ localName, methodKind }) => {
    const method = plain[localName] as AnyMethod;
    const call: AnyMethod =
      methodKind === 'unary'
        ? (input, options) => (method(input, options) as Promise<unknown>).catch(rethrow)
        : (input, options) => mapStream(method(input, options) as AsyncIterable<unknown>);
    return [localName, call];
  });
  return Object.fromEntries(wrapped) as Client<S>;
}

function rethrow(thrown: unknown): never {
  throw fromConnectError(thrown);
}

async function* mapStream<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (thrown) {
    throw fromConnectError(thrown);
  }
}
