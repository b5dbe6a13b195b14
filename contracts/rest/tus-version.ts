/** The version of the resumable upload protocol tus that is spoken (https://tus.io/protocols/resumable-upload). */
export const TUS_VERSION = '1.0.0';

/** Content type of bytes that are added to an upload. */
export const TUS_BODY_TYPE = 'application/offset+octet-stream';
