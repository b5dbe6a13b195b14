import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { PriorityQuery } from './priority.ts';
import { nameSchema } from './resources/name.ts';

const AssetName = nameSchema(300).describe('Name of the asset; that of the first file without it');

/** Settings of an upload. There are none yet: an unknown one is refused rather than ignored. */
export const UploadSettings = z.strictObject({});

const FILE = z
  .array(z.file())
  .min(1)
  .describe('The model, or its files in parts of the same name; `filename` may hold a relative path');

const FileHashes = z
  .string()
  .optional()
  .describe('SHA-256 of each file in hexadecimal, in their order, with commas between them: checked');

/** The form of an upload, as documentation: the gateway reads it as a stream. Fields may come before or after files. */
export const UploadForm = z.object({
  file: FILE,
  name: AssetName.optional(),
  projectId: idSchema('project').optional().describe('The first project of the organisation without it'),
  settings: z.string().optional().describe('A JSON object; no settings are defined yet'),
  sha256: FileHashes,
});

/** The form of a further version. */
export const VersionForm = z.object({ file: FILE, sha256: FileHashes });

/** The text fields of `UploadForm`, as they are parsed. */
export const UploadFields = UploadForm.omit({ file: true, settings: true, sha256: true }).extend({
  settings: UploadSettings.optional(),
});

/** What accompanies a raw body. A form may use it, too; its own fields win. */
export const UploadQuery = PriorityQuery.extend({
  name: AssetName.optional().describe('Name of the asset, and of the file when the body is raw'),
  projectId: idSchema('project').optional(),
});

/** What accompanies the raw body of a further version. */
export const VersionQuery = PriorityQuery.extend({
  name: nameSchema(300).optional().describe('Name of the file when the body is raw'),
});

/** Where the server fetches a file. */
export const FetchUrl = z
  .string()
  .min(1)
  .max(2000)
  .describe('https or http, of the public internet; redirects are followed, credentials in it are refused');

/** A model that the server fetches. */
export const UrlUpload = z.strictObject({
  url: FetchUrl,
  name: AssetName.optional().describe('Name of the asset, and of the file; the last part of the URL without it'),
  projectId: idSchema('project').optional(),
  settings: UploadSettings.optional(),
});

const HeldUploads = z
  .array(idSchema('upload'))
  .min(1)
  .max(1000)
  .describe('Resumable uploads that are complete and held (`hold` in their metadata): the files of the model');

/** A model of files that were uploaded before. */
export const UploadsAsset = z.strictObject({
  uploads: HeldUploads,
  name: AssetName.optional(),
  projectId: idSchema('project').optional(),
  settings: UploadSettings.optional(),
});

/** A further version of files that were uploaded before. */
export const UploadsVersion = z.strictObject({ uploads: HeldUploads });

/** A further version that the server fetches. */
export const UrlVersion = z.strictObject({
  url: FetchUrl,
  name: nameSchema(300).optional().describe('Name of the file; the last part of the URL without it'),
});

/** A model whose files do not come with the request. */
export const RemoteUpload = z.union([UrlUpload, UploadsAsset], {
  error: 'give a `url` or `uploads`, with `name`, `projectId` and `settings` beside them, and nothing else',
});
/** A further version whose files do not come with the request. */
export const RemoteVersion = z.union([UrlVersion, UploadsVersion], {
  error: 'give a `url`, with a `name` beside it, or `uploads`',
});

/** Content types of a raw body. The bytes decide about the format. */
export const RAW_UPLOAD_TYPES = [
  'application/octet-stream',
  'model/gltf-binary',
  'model/gltf+json',
  'model/obj',
  'application/zip',
] as const;
