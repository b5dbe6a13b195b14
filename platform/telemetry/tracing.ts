/** Variables that switch tracing on: the standard ones of OpenTelemetry. */
const SWITCHES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_TRACES_EXPORTER'];

/**
 * Starts OpenTelemetry when one of its standard variables asks for it; the SDK reads the rest of them itself.
 * Nothing is loaded otherwise: the SDK costs about 0.3 s of start-up.
 *
 * @returns a function that flushes and stops it.
 */
export async function startTracing(environment: NodeJS.ProcessEnv, service: string): Promise<() => Promise<void>> {
  const wanted = SWITCHES.some((name) => environment[name] !== undefined && environment[name] !== 'none');
  if (!wanted || environment.OTEL_SDK_DISABLED === 'true') return async () => {};
  const sdk = await import('@opentelemetry/sdk-node');
  const node = new sdk.NodeSDK({ serviceName: environment.OTEL_SERVICE_NAME ?? service });
  node.start();
  return () => node.shutdown();
}
