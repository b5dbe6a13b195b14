import { expect } from 'vitest';
import { Problem } from '#contracts/rest/problem.ts';
import type { TestAnswer } from './open-gateway.ts';

/** Expects a problem document of a status and a code. @returns it */
export function expectProblem(answer: TestAnswer, status: number, code: string): Problem {
  expect(answer.headers.get('content-type'), answer.text).toContain('application/problem+json');
  const problem = Problem.parse(answer.json);
  expect([answer.status, problem.status, problem.code], answer.text).toEqual([status, status, code]);
  expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return problem;
}
