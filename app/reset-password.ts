import { readFile } from 'node:fs/promises';
import type { NewPasswordReset } from '#contracts/rest/resources/sign-in.ts';
import { loadConfig } from '#platform/config/config.ts';
import { createPasswordResetByEmail } from '#services/auth/people/change-password.ts';
import type { AuthSchema } from '#services/auth/tables.ts';
import { openDataFolders } from './data-folders.ts';
import { openDatabase } from './open-database.ts';

/**
 * Makes a token with which a person sets a new password, by the right of whoever runs the server: on its database, with its
 * settings. The embedded database is of one process alone, so the server has to be stopped meanwhile.
 *
 * @throws MaquetteError `not_found`, or what the database says that cannot be opened
 */
export async function resetPassword(email: string): Promise<NewPasswordReset> {
  const config = loadConfig(process.env, await readFile('maquette.config.json', 'utf8').catch(() => undefined));
  const database = await openDatabase(['auth'], config, await openDataFolders(config.data));
  if (!database) throw new Error('the role auth has a database');
  try {
    return await createPasswordResetByEmail(database.as<AuthSchema>(), email);
  } finally {
    await database.close();
  }
}
