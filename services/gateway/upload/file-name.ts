import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';
import { shortened } from '#contracts/rest/resources/name.ts';
import { formInvalid } from '../errors.ts';

/** Longest name of a file, its folders included. */
const MAX_LENGTH = 500;

/**
 * The name of an uploaded file as it is kept: a relative path with `/` between folders. Drive letters, leading slashes
 * and `.` parts, which some clients send, are dropped.
 *
 * @throws MaquetteError `invalid_request` for a name that leaves its folder or cannot be a name.
 */
export function uploadedFileName(given: string): string {
  const parts = given
    .replaceAll('\\', '/')
    .replace(/^[A-Za-z]:/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const name = parts.join('/');
  if (parts.includes('..')) throw refused(given, 'leads out of its own folder');
  if (name === '') throw refused(given, 'is empty');
  if (name.length > MAX_LENGTH) throw refused(given, `has more than ${MAX_LENGTH} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name) || !name.isWellFormed()) throw refused(given, 'holds control characters');
  return name;
}

/** The name of what was uploaded after its file: without folders. */
export function nameAfter(fileName: string, subject: UploadSubject): string {
  return shortened(fileName.split('/').pop()?.trim() ?? '', 300).trim() || subject;
}

/** What a file made of an asset is called: its name, which is no path, with another ending. */
export function fileNameAfter(assetName: string, ending: string): string {
  return assetName.replace(/(?<=.)\.[A-Za-z0-9]{1,8}$/, '').replaceAll(/[/\\]/g, '_') + ending;
}

function refused(given: string, why: string) {
  return formInvalid('/file', `the file name ${JSON.stringify(given.slice(0, 100))} ${why}`, 'Rename the file.');
}
