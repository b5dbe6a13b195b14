import { ERROR_CODES } from './codes.ts';

/** `docs/errors.md`, made of the table of codes; a test keeps the file up to date. */
export function errorsDocument(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, fault, title }]) => `| \`${code}\` | ${status} | ${fault} | ${title} |`,
  );
  return [
    '# Errors\n',
    'Every error answer is a problem document (RFC 9457) with a `code` out of this closed set, a `detail` with the figures and names at hand, a `fault` (`input`: the request or the model has to change; `system`: the operator has to look) and, where there is something to do, a `remedy`. Failed assets, jobs and renders carry the same `code`, `message`, `fault` and `remedy`.\n',
    'This page is generated from `contracts/errors/codes.ts` by `npm run docs`.\n',
    '| Code | HTTP status | Fault | Meaning |\n| --- | --- | --- | --- |',
    `${rows.join('\n')}\n`,
  ].join('\n');
}
