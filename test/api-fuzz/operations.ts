import type { Schema } from './schema-arbitrary.ts';

/** One operation of an OpenAPI document. */
export interface Operation {
  id: string;
  method: string;
  /** With `{name}` for each parameter. */
  path: string;
  parameters: { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  /** Body by content type. */
  body: Record<string, { schema: Schema }>;
  /** Answers by status. */
  answers: Record<string, { content?: Record<string, { schema: Schema }>; headers?: Record<string, unknown> }>;
}

/** The operations of an OpenAPI document, in its order. */
export function operationsOf(document: Schema): Operation[] {
  const paths = document.paths as Record<string, Record<string, Schema>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId as string,
      method: method.toUpperCase(),
      path,
      parameters: (operation.parameters ?? []) as Operation['parameters'],
      body: ((operation.requestBody as Schema | undefined)?.content ?? {}) as Operation['body'],
      answers: operation.responses as Operation['answers'],
    })),
  );
}
