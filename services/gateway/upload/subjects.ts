import type { UploadSubject } from '#contracts/rest/public-endpoint.ts';

/** What differs between uploads by what they are. */
export interface UploadTraits {
  /** Text fields of the form. */
  fields: readonly string[];
  /** A file of the kind, for messages. */
  example: string;
  /** Begin of content types of the kind; those that are not listed are taken too. */
  types: string;
}

/** The traits of each kind of upload. */
export const UPLOADS: Record<UploadSubject, UploadTraits> = {
  model: { fields: ['name', 'projectId', 'settings', 'sha256'], example: 'model.glb', types: 'model/' },
  environment: { fields: ['name', 'sha256'], example: 'courtyard.hdr', types: 'image/' },
};
