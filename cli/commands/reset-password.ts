import { resetPassword as makeToken } from '#app/reset-password.ts';
import type { Command } from '../command.ts';

/** `maquette reset-password EMAIL`: what an administrator of one organisation cannot do for a person who is in several. */
export const resetPassword: Command = {
  name: 'reset-password',
  summary:
    'Makes a token with which a person sets a new password (POST /v1/auth/password-reset), on the database of the server and with its settings. With the embedded database the server has to be stopped.',
  usage: 'EMAIL',
  positionals: [1, 1],
  options: {},
  async run({ values, positionals: [email = ''] }) {
    const made = await makeToken(email);
    if (values.json) console.log(JSON.stringify(made));
    else console.log(made.token);
    if (!values.json) console.error(`Hand it to the person. It counts once, until ${made.expiresAt}.`);
  },
};
