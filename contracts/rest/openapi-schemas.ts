import { z } from 'zod';
import { PublicError } from '../events/envelope.ts';
import { AnyEvent } from '../events/events.ts';
import { ModelReport } from '../model/model-report.ts';
import { Operation } from '../operations/operation.ts';
import { OperationCatalog } from '../operations/operation-catalog.ts';
import { OptimizeReport } from '../operations/optimize-report.ts';
import { Recipe } from '../operations/recipe.ts';
import { RecipeInput } from '../operations/recipe-input.ts';
import { RenderRequest } from '../render/render-request.ts';
import { ApiKeyPage } from './operations/api-keys.ts';
import { AssetFilePage, AssetPage, DerivativePage, VersionPage } from './operations/assets.ts';
import { AuditPage } from './operations/audit-log.ts';
import { BatchPage } from './operations/batches.ts';
import { EnvironmentForm, EnvironmentPage } from './operations/environments.ts';
import { SharePage } from './operations/links.ts';
import { InvitationPage, MemberPage, OrganizationPage } from './operations/organizations.ts';
import { ProjectChange, ProjectPage } from './operations/projects.ts';
import { JobPage, RenderJob, RenderPage } from './operations/renders.ts';
import { Readiness } from './operations/service.ts';
import { ServiceAccountPage } from './operations/service-accounts.ts';
import { SignInSessionPage } from './operations/sign-in.ts';
import { ValidationProfilePage } from './operations/validation-profiles.ts';
import { DeliveryPage, WebhookPage } from './operations/webhooks.ts';
import { Problem } from './problem.ts';
import type { PublicEndpoint } from './public-endpoint.ts';
import { ApiKey, ApiKeyInput, Me, NewApiKey } from './resources/api-key.ts';
import { Asset, AssetChange, AssetFile, AssetVersion, Derivative } from './resources/asset.ts';
import { AssetReport } from './resources/asset-report.ts';
import { AuditEntry } from './resources/audit-entry.ts';
import { Batch, BatchInput } from './resources/batch.ts';
import { Environment } from './resources/environment.ts';
import { Job } from './resources/job.ts';
import { Project, ProjectInput } from './resources/project.ts';
import { RecipeJob } from './resources/recipe-job.ts';
import { Render, RenderEstimate, RenderInput } from './resources/render.ts';
import { ServiceAccount } from './resources/service-account.ts';
import { Link, LinkInput, Share, ShareInput } from './resources/share.ts';
import { SignedIn, SignInSession } from './resources/sign-in.ts';
import { Upload } from './resources/upload.ts';
import { Usage } from './resources/usage.ts';
import { Invitation, Member, NewInvitation, Organization, User } from './resources/user.ts';
import { ValidationProfile, ValidationProfileInput } from './resources/validation-profile.ts';
import { Webhook, WebhookChange, WebhookInput, WebhookWithSecret } from './resources/webhook.ts';
import { Replay, ReplayInput, WebhookDelivery, WebhookDeliveryDetails } from './resources/webhook-delivery.ts';
import { UploadForm, UploadsAsset, UploadsVersion, UrlUpload, UrlVersion, VersionForm } from './upload.ts';

/** Schemas that the document names; every other one is written where it is used. */
const COMPONENTS: Record<string, z.ZodType> = {
  AuditEntry,
  AuditPage,
  ServiceAccount,
  ServiceAccountPage,
  User,
  Organization,
  OrganizationPage,
  Member,
  MemberPage,
  Invitation,
  InvitationPage,
  NewInvitation,
  SignedIn,
  SignInSession,
  SignInSessionPage,
  Problem,
  Asset,
  AssetPage,
  AssetChange,
  AssetVersion,
  AssetVersionPage: VersionPage,
  AssetFile,
  AssetFilePage,
  ModelReport,
  AssetReport,
  Derivative,
  DerivativePage,
  OptimizeReport,
  Operation,
  Recipe,
  RecipeInput,
  RecipeJob,
  OperationCatalog,
  RenderRequest,
  Render,
  RenderEstimate,
  Environment,
  EnvironmentPage,
  EnvironmentForm,
  RenderInput,
  RenderJob,
  RenderPage,
  Job,
  JobPage,
  Batch,
  BatchInput,
  BatchPage,
  Usage,
  Project,
  ProjectInput,
  ProjectChange,
  ProjectPage,
  ApiKey,
  ApiKeyInput,
  NewApiKey,
  ApiKeyPage,
  Me,
  Readiness,
  ValidationProfile,
  ValidationProfileInput,
  ValidationProfilePage,
  ErrorValue: PublicError,
  Event: AnyEvent,
  Webhook,
  WebhookInput,
  WebhookChange,
  WebhookWithSecret,
  WebhookPage,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookDeliveryPage: DeliveryPage,
  WebhookReplay: Replay,
  WebhookReplayInput: ReplayInput,
  UploadForm,
  VersionForm,
  UrlUpload,
  UrlVersion,
  UploadsAsset,
  UploadsVersion,
  Upload,
  Link,
  LinkInput,
  Share,
  ShareInput,
  SharePage,
};

type Json = Record<string, unknown>;

/** Prefix of the ids that schemas without a name have while all are written. */
const UNNAMED = 'unnamed-';
const PLACE = '#/components/schemas/';

/** What a client sends or receives is the input side of each schema: transforms only brand or parse it. */
const OPTIONS = {
  io: 'input',
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: Json }) => {
    // What zod adds for its own sake: the pattern behind a format, and the bounds of every JavaScript integer.
    if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    if (jsonSchema.contentEncoding === 'binary') delete jsonSchema.contentEncoding;
    plainTuple(jsonSchema);
    openUnion(zodSchema, jsonSchema);
  },
} as const satisfies z.core.ToJSONSchemaParams;

/** The schemas of an OpenAPI document: those that it names, and those that stand where they are used. */
export class OpenApiSchemas {
  /** `components.schemas` of the document. */
  readonly components: Record<string, Json> = {};
  readonly #places = new Map<z.ZodType, Json>();

  /** @param endpoints whatever the document describes. */
  constructor(endpoints: readonly PublicEndpoint[]) {
    const registry = z.registry<{ id: string }>();
    for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
    const unnamed = [...new Set(endpoints.flatMap(schemasOf))].filter((schema) => !registry.has(schema));
    for (const [index, schema] of unnamed.entries()) registry.add(schema, { id: `${UNNAMED}${index}` });
    const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: (id) => `${PLACE}${id}` });
    for (const [id, schema] of Object.entries(COMPONENTS)) {
      this.components[id] = tidy(schemas[id]);
      this.#places.set(schema, { $ref: `${PLACE}${id}` });
    }
    for (const [index, schema] of unnamed.entries()) this.#places.set(schema, tidy(schemas[`${UNNAMED}${index}`]));
  }

  /** A schema of the endpoints, as it stands where it is used: a reference when it has a name. */
  of(schema: z.ZodType): Json {
    const place = this.#places.get(schema);
    if (place === undefined) throw new Error('a schema of the document was not collected');
    return place;
  }
}

function schemasOf({ params, query, headers, body, json, upload, responses }: PublicEndpoint): z.ZodType[] {
  const all = [
    params,
    query,
    headers,
    body,
    json,
    upload?.form,
    ...Object.values(responses).map((answer) => answer.body),
  ];
  return all.filter((schema) => typeof schema === 'object');
}

/**
 * A tuple is written as a list of its length, which more tools understand than `items: false`: of one kind of items where
 * they are alike.
 */
function plainTuple(jsonSchema: Json): void {
  const { prefixItems } = jsonSchema;
  if (!Array.isArray(prefixItems) || jsonSchema.items !== false) return;
  const [first, ...others] = prefixItems.map((item) => JSON.stringify(item));
  const alike = others.every((item) => item === first);
  jsonSchema.items = alike ? prefixItems[0] : {};
  if (alike) delete jsonSchema.prefixItems;
}

/** Choices that their tag need not tell apart, since it has a default, may overlap: `anyOf`, not `oneOf`. */
function openUnion(zodSchema: z.core.$ZodTypes, jsonSchema: Json): void {
  if (!(zodSchema instanceof z.ZodDiscriminatedUnion) || jsonSchema.oneOf === undefined) return;
  const tag = zodSchema.def.discriminator;
  const told = zodSchema.options.every((option) => {
    const field = option instanceof z.ZodObject ? option.shape[tag] : undefined;
    return !(field instanceof z.ZodDefault || field instanceof z.ZodOptional);
  });
  if (told) return;
  jsonSchema.anyOf = jsonSchema.oneOf;
  delete jsonSchema.oneOf;
}

/** Without `$schema` and `$id`, which mean nothing inside an OpenAPI document. */
function tidy(schema: object | undefined): Json {
  const { $schema: _dialect, $id: _id, '~standard': _standard, ...rest } = schema as Json;
  return rest;
}
