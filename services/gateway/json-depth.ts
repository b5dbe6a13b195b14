import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** No body of the API nests half as deep. */
export const MOST_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses a JSON text whose arrays and objects nest deeper than any the API takes, before it is parsed: a megabyte of
 * brackets would else end some recursive function further on with an overflow of the stack.
 *
 * @throws MaquetteError `invalid_request`
 */
export function refuseDeepJson(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === BACKSLASH) index++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    // [ and {, ] and } differ by one bit.
    else if ((code | 0x20) === 0x7b) {
      depth++;
      if (depth > MOST_DEPTH) {
        throw new MaquetteError('invalid_request', `The body nests more than ${MOST_DEPTH} arrays and objects.`, {
          remedy: 'Send a body as the operation describes it.',
        });
      }
    } else if ((code | 0x20) === 0x7d) depth--;
  }
}
