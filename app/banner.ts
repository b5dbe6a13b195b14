/** What is printed when the server is up: the address, the key, and one line to try. */
export function banner(start: { url: string; key: string | undefined; seconds: number }): string {
  const key = start.key ?? '$MAQUETTE_KEY';
  return [
    '',
    `  Maquette is up (${start.seconds.toFixed(1)} s)`,
    '',
    `  Address    ${start.url}`,
    `  Reference  ${start.url}/docs`,
    `  API key    ${start.key ?? 'made at an earlier start; its secret was shown then'}`,
    '',
    '  Upload a model:',
    '',
    `  curl -H 'Authorization: Bearer ${key}' -F file=@model.glb ${start.url}/v1/assets`,
    '',
  ].join('\n');
}
