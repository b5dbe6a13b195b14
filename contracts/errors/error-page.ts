import { ERROR_ADVICE } from './advice.ts';
import { ERROR_CODES, type ErrorCode } from './codes.ts';

/** Where a server explains its error codes; `#` and a code is the `type` of problem documents. */
export const ERROR_PAGE = '/docs/errors';

/** The `type` of the problem documents of a code: a reference that the server resolves to its explanation (RFC 9457, 3.1.1). */
export function errorType(code: ErrorCode): string {
  return `${ERROR_PAGE}#${code}`;
}

const STYLE = [
  ':root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }',
  'body { max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }',
  'section { border-top: 1px solid #8884; padding: 0.5rem 0; }',
  'section:target { background: #fc03; }',
  'h2 { font-size: 1.1rem; margin: 0.5rem 0 0; }',
  'p { margin: 0.25rem 0; }',
].join('\n');

/** The page at `ERROR_PAGE`: each code with its meaning and what to do. It asks for nothing else and runs nothing. */
export function errorPage(): string {
  const sections = Object.entries(ERROR_CODES).map(([code, { status, fault, title }]) =>
    [
      `<section id="${code}">`,
      `<h2><a href="#${code}"><code>${code}</code></a> ${status}</h2>`,
      `<p>${escapeHtml(title)}. ${fault === 'input' ? 'The request or the model has to change.' : 'The operator has to look.'}</p>`,
      `<p>${codeSpans(escapeHtml(ERROR_ADVICE[code as ErrorCode]))}</p>`,
      '</section>',
    ].join('\n'),
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>Errors of Maquette</title>',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<h1>Errors</h1>',
    '<p>What each <code>code</code> of an error means, and what to do. <a href="/docs">The reference of the API</a></p>',
    ...sections,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function codeSpans(html: string): string {
  return html.replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
