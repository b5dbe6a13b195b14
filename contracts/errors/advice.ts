import type { ErrorCode } from './codes.ts';

/** What to do about each code, whatever the occasion; the `remedy` of an error says what fits it best. CommonMark. */
export const ERROR_ADVICE: Record<ErrorCode, string> = {
  invalid_request:
    'Look at `errors`: each entry names a field and what is wrong with it. Change these and send the request again; as it is it will always be refused.',
  unauthenticated:
    'Send `Authorization: Bearer` and a key that is neither expired nor revoked. An administrator makes a new one with `POST /v1/api-keys`; `maquette login` keeps it for the command line.',
  forbidden: 'Use a key that holds the scope that the operation names, or ask an administrator for one.',
  not_found:
    'Check the id and that the key belongs to the organisation of the resource: ids of others answer as if there were none.',
  method_not_allowed: 'Use one of the methods in the header `Allow`.',
  not_acceptable: 'Ask for a content type that the operation offers, or leave `Accept` out.',
  conflict:
    'Read the resource again and wait or act as `detail` says: it may still be processed, have ended, or hold what keeps it from being deleted.',
  not_offered: 'Do it in the way that `remedy` names, or ask the operator to set the server up for it.',
  idempotency_key_conflict:
    'Use a new `Idempotency-Key` for each different request, and the old one for repetitions of the same request alone.',
  precondition_failed:
    'Read the resource again, make the change on what it is now, and send its new `ETag` as `If-Match`.',
  payload_too_large: 'Send less, or ask the operator to raise the limit that `detail` names.',
  unsupported_media_type: 'Send one of the content types that `remedy` names.',
  range_not_satisfiable: 'Ask for a range within the length that `Content-Range` of the answer tells.',
  quota_exceeded:
    '`errors` names the quota with its figures; `GET /v1/usage` shows all of them. Delete what is no longer needed, wait, or ask the operator for more.',
  rate_limited: 'Wait as many seconds as `Retry-After` says, then go on; `RateLimit` tells before it comes so far.',
  checksum_mismatch:
    'Send the bytes again: some of them changed on the way, or the checksum is of another file. (460 is the status of the tus protocol for this.)',
  file_infected: 'Check the machine that the file comes from. Nothing of the upload is kept for clients to download.',
  url_refused:
    'Give a URL of `http` or `https` that leads to a public address, without a name and password in it; the operator can allow further hosts.',
  remote_refused:
    'Open the URL yourself: it has to give the file to anybody who asks, without signing in, and within the limits that `detail` names. Else upload the file itself.',
  format_unknown:
    'Check that the file is a model and not cut off. If it is in another format, export it as GLB from the program that made it.',
  format_unsupported: 'Export the model in a format that is read (docs/formats.md), GLB for one.',
  model_empty: 'Export the model again with its meshes; hidden or unselected objects are often left out.',
  model_malformed:
    'Upload the file again, and if that does not help export it anew: `where` tells the place of the damage.',
  model_invalid: 'Mend what `errors` lists, or export the model anew with a current exporter.',
  model_too_large:
    'Make the model smaller (`maquette optimize`), or ask the operator to raise the limit that `detail` names.',
  model_resource_missing:
    'Upload the file that is named together with the model, under the relative name that the model uses, or a zip of all.',
  model_resource_unsafe:
    'Change references that lead outside of the model to relative ones, and upload the files with it.',
  archive_unsafe: 'Pack the archive anew, without absolute names, `..` or extreme compression.',
  image_malformed: 'Save the image that is named anew as PNG or JPEG, and upload the model again.',
  gate_failed: 'Loosen the gate that `detail` names, or ask for less in the recipe.',
  operation_impossible: 'Change or leave out the operation that `where` names, or prepare the model as `remedy` says.',
  target_unreachable: 'Ask for a larger target: `detail` says how near the recipe came.',
  render_too_large:
    'Ask for fewer pixels, samples or frames, or ask the operator to raise the limit that `detail` names.',
  environment_invalid: 'Upload an equirectangular picture, twice as wide as high, as HDR, EXR, PNG or JPEG.',
  time_limit_exceeded: 'Ask for less in one go or make the model smaller; the operator can raise the limit.',
  memory_limit_exceeded: 'Ask for less in one go or make the model smaller; the operator can raise the limit.',
  output_limit_exceeded: 'Ask for less in one go; the operator can raise the limit.',
  canceled: 'Nothing, when it was meant. Else ask for the same again.',
  config_invalid: 'The operator mends the settings that are named and starts the server again.',
  sandbox_crashed:
    'Try again; if it happens with the same model each time, tell the operator the request id or the job.',
  lease_lost: 'Nothing: another worker has taken the job over.',
  storage_failed: 'Try again in a while; the operator looks at disk space and access of the storage.',
  data_directory_locked: 'The operator ends the other process that uses the folder, or gives this one another folder.',
  remote_failed: 'Try again in a while; if the other server stays away, upload the file itself.',
  unavailable: 'Try again after as many seconds as `Retry-After` says.',
  internal: 'Try again; if it stays, tell the operator the request id: the cause is in the logs under it.',
};
