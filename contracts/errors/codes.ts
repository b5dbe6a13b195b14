/**
 * The closed set of error codes. Each says whose fault it is, the HTTP status it answers with, and the sentence
 * that titles it in a problem document (RFC 9457). `docs/errors.md` is generated from this table.
 */
export const ERROR_CODES = {
  // The request
  invalid_request: { fault: 'input', status: 400, title: 'The request is not valid' },
  unauthenticated: { fault: 'input', status: 401, title: 'No valid credentials were given' },
  forbidden: { fault: 'input', status: 403, title: 'Who asks may not do this' },
  not_found: { fault: 'input', status: 404, title: 'There is no such resource' },
  method_not_allowed: { fault: 'input', status: 405, title: 'The resource does not take this method' },
  not_acceptable: { fault: 'input', status: 406, title: 'The requested representation does not exist' },
  conflict: { fault: 'input', status: 409, title: 'The resource is in another state than the request needs' },
  not_offered: { fault: 'input', status: 409, title: 'This server is not set up for it' },
  idempotency_key_conflict: { fault: 'input', status: 409, title: 'The idempotency key was used with another request' },
  precondition_failed: { fault: 'input', status: 412, title: 'The resource changed since it was read' },
  payload_too_large: { fault: 'input', status: 413, title: 'The body is larger than the limit' },
  unsupported_media_type: { fault: 'input', status: 415, title: 'The content type is not supported' },
  range_not_satisfiable: { fault: 'input', status: 416, title: 'The range lies outside the file' },
  rate_limited: { fault: 'input', status: 429, title: 'Too many requests' },
  // What the request names elsewhere
  checksum_mismatch: { fault: 'input', status: 460, title: 'The bytes are not those that the checksum is of' },
  url_refused: { fault: 'input', status: 422, title: 'The URL leads to where this server does not go' },
  remote_refused: { fault: 'input', status: 422, title: 'The other server does not give the file' },
  quota_exceeded: { fault: 'input', status: 403, title: 'The organisation has used up its quota' },
  file_infected: { fault: 'input', status: 422, title: 'The virus scanner rejects a file' },
  // The model
  format_unknown: { fault: 'input', status: 422, title: 'The file is in no format that Maquette reads' },
  format_unsupported: { fault: 'input', status: 422, title: 'The format is known but not read yet' },
  model_empty: { fault: 'input', status: 422, title: 'The model holds no geometry' },
  model_malformed: { fault: 'input', status: 422, title: 'The model file is damaged' },
  model_invalid: { fault: 'input', status: 422, title: 'The model breaks the rules of its format' },
  model_too_large: { fault: 'input', status: 422, title: 'The model is larger than a limit' },
  model_resource_missing: { fault: 'input', status: 422, title: 'A file that the model refers to is missing' },
  model_resource_unsafe: { fault: 'input', status: 422, title: 'The model refers to a file outside of itself' },
  archive_unsafe: { fault: 'input', status: 422, title: 'The archive is not safe to open' },
  image_malformed: { fault: 'input', status: 422, title: 'An image of the model is damaged' },
  // The work
  gate_failed: { fault: 'input', status: 422, title: 'The result breaks a limit of the recipe' },
  operation_impossible: { fault: 'input', status: 422, title: 'An operation cannot be done on this model' },
  target_unreachable: { fault: 'input', status: 422, title: 'The target of the recipe cannot be reached' },
  render_too_large: { fault: 'input', status: 422, title: 'The render needs more than a limit allows' },
  environment_invalid: { fault: 'input', status: 422, title: 'The environment picture cannot be used' },
  time_limit_exceeded: { fault: 'input', status: 422, title: 'The work took longer than its limit' },
  memory_limit_exceeded: { fault: 'input', status: 422, title: 'The work needed more memory than its limit' },
  output_limit_exceeded: { fault: 'input', status: 422, title: 'The work made more output than its limit' },
  canceled: { fault: 'input', status: 409, title: 'The job was canceled' },
  // The system
  config_invalid: { fault: 'system', status: 500, title: 'The configuration is not valid' },
  sandbox_crashed: { fault: 'system', status: 500, title: 'The worker process ended unexpectedly' },
  lease_lost: { fault: 'system', status: 409, title: 'The lease on the job was lost' },
  storage_failed: { fault: 'system', status: 500, title: 'The storage did not answer as it should' },
  data_directory_locked: { fault: 'system', status: 500, title: 'Another process uses the data directory' },
  remote_failed: { fault: 'system', status: 502, title: 'The other server did not answer as it should' },
  unavailable: { fault: 'system', status: 503, title: 'The service is not available at the moment' },
  internal: { fault: 'system', status: 500, title: 'Something failed inside Maquette' },
} as const satisfies Record<string, { fault: Fault; status: number; title: string }>;

/** Whose fault an error is: the input's (the client can do something about it) or the system's (the operator can). */
export type Fault = 'input' | 'system';

/** One code out of the closed set. */
export type ErrorCode = keyof typeof ERROR_CODES;
