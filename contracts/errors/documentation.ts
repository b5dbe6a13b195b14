import { ERROR_ADVICE } from './advice.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';
import { ERROR_PAGE } from './error-page.ts';

/** `docs/errors.md`, made of the table of codes; a test keeps the file up to date. */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, fault, title }]) =>
      `| \`${code}\` | ${status} | ${fault} | ${title} | ${ERROR_ADVICE[code as ErrorCode]} |`,
  );
  return [
    '# Errors\n',
    'Every error answer is a problem document (RFC 9457) with a `code` out of this closed set, a `detail` with the figures and names at hand, a `fault` (`input`: the request or the model has to change; `system`: the operator has to look) and, where there is something to do, a `remedy`. Failed assets, jobs and renders carry the same `code`, `message`, `fault` and `remedy`.\n',
    `The \`type\` of a problem document is \`${ERROR_PAGE}#\` and the code: a running server explains it there.\n`,
    'This page is generated from `contracts/errors/codes.ts` and `advice.ts` by `npm run docs`.\n',
    '| Code | HTTP status | Fault | Meaning | What to do |\n| --- | --- | --- | --- | --- |',
    `${rows.join('\n')}\n`,
  ].join('\n');
}
