import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { MaquetteClient } from '#sdk/client.ts';

/** What a tool answers with: texts for the model to read, pictures for it to see. */
export type ToolContent = { type: 'text'; text: string } | { type: 'image'; data: string; mimeType: string };

/** What a call of a tool may use besides its arguments. */
export interface ToolCall {
  /** Aborted when the caller gives the call up. */
  signal: AbortSignal;
  /** Tells the caller how much is done, where it wants to know. */
  onProgress(share: number, message: string): void;
}

/** One tool of the MCP server. */
export interface Tool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  name: string;
  title: string;
  description: string;
  input: Shape;
  annotations: ToolAnnotations;
  /** @throws MaquetteError what could not be done, which is told the caller as text */
  run(input: z.output<z.ZodObject<Shape>>, call: ToolCall): Promise<ToolContent[]>;
}

/** A tool with its arguments typed by its own schema. */
export function tool<Shape extends z.ZodRawShape>(definition: Tool<Shape>): Tool {
  return definition as unknown as Tool;
}

/** Tools of a server are made with a client in the name of the caller. */
export type ServerTool = (client: MaquetteClient) => Tool;

/** Hints of a tool that changes nothing. */
export const READS = { readOnlyHint: true, openWorldHint: false } as const;
/** Hints of a tool that adds something, the same once however often it is asked for. */
export const ADDS = { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const;

/** A value as text. */
export function textOf(value: unknown): ToolContent {
  return { type: 'text', text: JSON.stringify(value) };
}
