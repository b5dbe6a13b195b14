"""What requests and answers hold."""

# Generated from the OpenAPI document by `npm run docs`: change contracts/rest in place of it.

from __future__ import annotations

from typing import Any, Dict, List, Literal, Optional, TypedDict, Union


class AuditEntry(TypedDict):
    #: Id of the auditEntry
    id: str
    time: str
    actor: "AuditEntryActor"
    #: Operation id, such as `deleteAsset`, or `signIn`
    action: str
    #: What it was done to
    subject: Optional["AuditEntrySubject"]
    outcome: Literal["done", "refused"]
    #: Where the request came from
    address: Any
    requestId: Any
    #: What else is worth knowing; never a secret
    details: Dict[str, Any]


class AuditEntryActor(TypedDict):
    kind: Literal["user", "serviceAccount", "apiKey", "anonymous", "system"]
    #: Of the user, service account or key; null for nobody known
    id: Any
    #: The key or session that was used
    credentialId: Any


class AuditEntrySubject(TypedDict):
    type: str
    id: str


class AuditPage(TypedDict):
    #: The items of this page
    data: List["AuditEntry"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class ServiceAccount(TypedDict):
    #: Id of the serviceAccount
    id: str
    name: str
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    createdAt: str


class ServiceAccountPage(TypedDict):
    #: The items of this page
    data: List["ServiceAccount"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class User(TypedDict):
    #: Id of the user
    id: str
    email: Any
    name: str
    createdAt: str


class Organization(TypedDict):
    #: Id of the organization
    id: str
    name: str
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    #: Origins whose pages may use the API with keys and tokens of the organisation
    allowedOrigins: List[str]
    createdAt: str


class OrganizationPage(TypedDict):
    #: The items of this page
    data: List["Organization"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class Member(TypedDict):
    user: "User"
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    since: str


class MemberPage(TypedDict):
    #: The items of this page
    data: List["Member"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class Invitation(TypedDict):
    #: Id of the invitation
    id: str
    email: str
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    projectId: Optional[str]
    createdAt: str
    expiresAt: str
    acceptedAt: Optional[str]
    revokedAt: Optional[str]


class InvitationPage(TypedDict):
    #: The items of this page
    data: List["Invitation"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class NewInvitation(TypedDict):
    #: Id of the invitation
    id: str
    email: str
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    projectId: Optional[str]
    createdAt: str
    expiresAt: str
    acceptedAt: Optional[str]
    revokedAt: Optional[str]
    #: For the person who is invited; whoever has it can accept
    token: str


class SignedIn(TypedDict):
    user: "User"
    organization: "SignedInOrganization"
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    #: Roles in single projects, by project id
    projectRoles: Dict[str, Literal["owner", "admin", "editor", "viewer", "guest"]]
    session: "SignInSession"
    #: Send it as `X-CSRF-Token` with every request that changes something
    csrfToken: str


class SignedInOrganization(TypedDict):
    #: Id of the organization
    id: str
    name: str


class SignInSession(TypedDict):
    #: Id of the session
    id: str
    createdAt: str
    lastSeenAt: str
    expiresAt: str
    address: Any
    userAgent: Any
    #: Whether it is the one that asks
    current: bool


class SignInSessionPage(TypedDict):
    #: The items of this page
    data: List["SignInSession"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class _Problem(TypedDict):
    #: Where the server explains the code: `/docs/errors#` and the code
    type: str
    #: What the code means, the same for each occurrence
    title: str
    #: The HTTP status
    status: int
    #: What went wrong this time, with its figures and names
    detail: str
    #: The path that was asked for
    instance: str
    code: Literal["invalid_request", "unauthenticated", "forbidden", "not_found", "method_not_allowed", "not_acceptable", "conflict", "not_offered", "idempotency_key_conflict", "precondition_failed", "payload_too_large", "unsupported_media_type", "range_not_satisfiable", "rate_limited", "checksum_mismatch", "url_refused", "remote_refused", "quota_exceeded", "file_infected", "format_unknown", "format_unsupported", "model_empty", "model_malformed", "model_invalid", "model_too_large", "model_resource_missing", "model_resource_unsafe", "archive_unsafe", "image_malformed", "gate_failed", "operation_impossible", "target_unreachable", "render_too_large", "environment_invalid", "time_limit_exceeded", "memory_limit_exceeded", "output_limit_exceeded", "canceled", "config_invalid", "sandbox_crashed", "lease_lost", "storage_failed", "data_directory_locked", "remote_failed", "unavailable", "internal"]
    #: Whether the caller or the operator can do something about it
    fault: Literal["input", "system"]
    #: The same as the `X-Request-Id` header; names the request in the logs
    requestId: str
    #: Single findings, e.g. per field
    errors: List["ProblemErrorsItem"]


class Problem(_Problem, total=False):
    #: What to do
    remedy: str


class ProblemErrorsItem(TypedDict):
    pointer: str
    message: str


class Asset(TypedDict):
    #: Id of the asset
    id: str
    #: Id of the project
    projectId: str
    #: What people call it; that of the file unless given
    name: str
    #: `uploading`: its bytes are on their way; `processing`: it is read, measured and drawn; `ready`: everything is there; `failed`: it could not be read, see `error`
    state: Literal["uploading", "processing", "ready", "failed"]
    #: Detected from the bytes; null until then
    format: Any
    #: Number of the newest version
    version: int
    #: Id of the version
    versionId: str
    #: Grows with each change; the ETag is made of it
    revision: int
    #: When it was first uploaded
    createdAt: str
    #: When it last changed, by a further version or the end of its processing among others
    updatedAt: str
    #: What was measured and found by validation; null until then
    report: Optional["ModelReport"]
    #: An asset that had the same files before, byte for byte: they are stored once
    duplicateOf: Optional[str]
    #: A picture of it (WebP), on this server; null until it is made, and when it could not be
    preview: Optional["AssetPreview"]
    #: Why it is `failed`, and what to do
    error: Optional["ErrorValue"]
    #: The job that brings it on, or did last: wait for it until the state is `ready` or `failed`
    job: str


class AssetPreview(TypedDict):
    url: str
    width: int
    height: int


class AssetPage(TypedDict):
    #: The items of this page
    data: List["Asset"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class AssetChange(TypedDict, total=False):
    #: Another name
    name: str
    #: Id of the project
    projectId: str


class AssetVersion(TypedDict):
    #: Id of the version
    id: str
    #: Id of the asset
    assetId: str
    #: 1 for the first upload, then one more each
    number: int
    #: As that of an asset
    state: Literal["uploading", "processing", "ready", "failed"]
    #: Detected from the bytes; null until then
    format: Any
    #: Of all files as they were uploaded
    bytes: int
    #: When it was uploaded
    createdAt: str
    #: An asset that had the same files before
    duplicateOf: Optional[str]
    #: Why it is `failed`, and what to do
    error: Optional["ErrorValue"]
    #: Id of the job
    job: str


class AssetVersionPage(TypedDict):
    #: The items of this page
    data: List["AssetVersion"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class AssetFile(TypedDict):
    #: With its folders relative to the model, as it was uploaded
    name: str
    #: `original`: as it was uploaded; `glb`: the normalised model
    role: Literal["original", "glb"]
    #: Its size
    bytes: int
    #: Of its bytes, in hexadecimal; also its `ETag`
    sha256: str
    #: Where it is downloaded, on this server
    url: str


class AssetFilePage(TypedDict):
    #: The items of this page
    data: List["AssetFile"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class _ModelReport(TypedDict):
    #: Format of the source: `glb`, `gltf`, `obj`, …
    format: str
    generator: Any
    #: As drawn: a mesh used by three nodes counts three times
    triangles: int
    #: As stored: shared meshes count once
    vertices: int
    points: int
    lines: int
    splats: int
    drawCalls: int
    nodes: int
    meshes: int
    #: Of the default scene in its rest pose, in metres
    bounds: Optional["ModelReportBounds"]
    #: Whether every edge borders exactly two triangles; null without triangles
    watertight: Any
    materials: List["ModelReportMaterialsItem"]
    textures: List["ModelReportTexturesItem"]
    textureGpuBytes: int
    animations: List["ModelReportAnimationsItem"]
    skins: List["ModelReportSkinsItem"]
    morphTargets: int
    cameras: int
    lights: int
    variants: List[str]
    extensionsUsed: List[str]
    #: Size of the source, all files together
    fileBytes: int
    #: Size of the normalised GLB
    glbBytes: int
    corrections: List["ModelReportCorrectionsItem"]
    validation: "ModelReportValidation"


class ModelReport(_ModelReport, total=False):
    #: Polygons of the source by their sides, each mesh once; null for formats that hold triangles alone and models without polygons; models of older versions lack it
    sourcePolygons: Optional["ModelReportSourcePolygons"]
    #: What a render has to hold; models of older versions lack it
    drawn: "ModelReportDrawn"
    #: What our own checks measured, whether or not it is a finding; models of older versions lack it
    checks: List["ModelReportChecksItem"]


class ModelReportSourcePolygons(TypedDict):
    triangles: int
    #: With four sides
    quads: int
    #: With five sides or more
    ngons: int


class ModelReportDrawn(TypedDict):
    """What a render has to hold; models of older versions lack it"""

    #: Of all that stands once; points and lines as the triangles they become
    triangles: int
    vertices: int
    #: Primitives at their places
    parts: int
    #: Large meshes that stand in several places, each held once
    copied: "ModelReportDrawnCopied"
    materials: int
    lights: int
    #: Triangles that shine
    emitters: int
    #: Clouds of Gaussian splats and the degree of their spherical harmonics
    splats: List["ModelReportDrawnSplatsItem"]
    textures: List["ModelReportDrawnTexturesItem"]


class ModelReportDrawnCopied(TypedDict):
    """Large meshes that stand in several places, each held once"""

    meshes: int
    triangles: int
    vertices: int
    copies: int


class ModelReportDrawnSplatsItem(TypedDict):
    count: int
    degree: int


class ModelReportDrawnTexturesItem(TypedDict):
    width: int
    height: int


class ModelReportBounds(TypedDict):
    min: List[float]
    max: List[float]


class ModelReportMaterialsItem(TypedDict):
    name: str
    alphaMode: Literal["OPAQUE", "MASK", "BLEND"]
    doubleSided: bool
    extensions: List[str]
    triangles: int


class ModelReportTexturesItem(TypedDict):
    name: str
    #: `image/png`, `image/jpeg`, `image/webp`, `image/ktx2`, …
    mimeType: str
    width: int
    height: int
    #: Size of the encoded image
    bytes: int
    #: Memory on a GPU, mip-maps included
    gpuBytes: int
    #: Where materials use it, e.g. `baseColorTexture`
    slots: List[str]


class ModelReportAnimationsItem(TypedDict):
    name: str
    seconds: float
    channels: int


class ModelReportSkinsItem(TypedDict):
    name: str
    joints: int


class ModelReportCorrectionsItem(TypedDict):
    #: Stable identifier, e.g. `generated_normals`
    code: str
    message: str


class ModelReportValidation(TypedDict):
    errors: int
    warnings: int
    infos: int
    issues: List["ModelReportValidationIssuesItem"]
    truncated: bool


class ModelReportValidationIssuesItem(TypedDict):
    code: str
    severity: Literal["error", "warning", "info", "hint"]
    #: Where: a JSON pointer, or file and line
    pointer: str
    message: str
    remedy: str


class ModelReportChecksItem(TypedDict):
    code: Literal["NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS"]
    #: See `docs/validation.md`; null where the check does not apply to the model
    value: Any


class _AssetReport(TypedDict):
    #: Format of the source: `glb`, `gltf`, `obj`, …
    format: str
    generator: Any
    #: As drawn: a mesh used by three nodes counts three times
    triangles: int
    #: As stored: shared meshes count once
    vertices: int
    points: int
    lines: int
    splats: int
    drawCalls: int
    nodes: int
    meshes: int
    #: Of the default scene in its rest pose, in metres
    bounds: Optional["AssetReportBounds"]
    #: Whether every edge borders exactly two triangles; null without triangles
    watertight: Any
    materials: List["AssetReportMaterialsItem"]
    textures: List["AssetReportTexturesItem"]
    textureGpuBytes: int
    animations: List["AssetReportAnimationsItem"]
    skins: List["AssetReportSkinsItem"]
    morphTargets: int
    cameras: int
    lights: int
    variants: List[str]
    extensionsUsed: List[str]
    #: Size of the source, all files together
    fileBytes: int
    #: Size of the normalised GLB
    glbBytes: int
    corrections: List["AssetReportCorrectionsItem"]
    validation: "AssetReportValidation"


class AssetReport(_AssetReport, total=False):
    #: Polygons of the source by their sides, each mesh once; null for formats that hold triangles alone and models without polygons; models of older versions lack it
    sourcePolygons: Optional["AssetReportSourcePolygons"]
    #: What a render has to hold; models of older versions lack it
    drawn: "AssetReportDrawn"
    #: What our own checks measured, whether or not it is a finding; models of older versions lack it
    checks: List["AssetReportChecksItem"]
    verdict: "AssetReportVerdict"


class AssetReportSourcePolygons(TypedDict):
    triangles: int
    #: With four sides
    quads: int
    #: With five sides or more
    ngons: int


class AssetReportDrawn(TypedDict):
    """What a render has to hold; models of older versions lack it"""

    #: Of all that stands once; points and lines as the triangles they become
    triangles: int
    vertices: int
    #: Primitives at their places
    parts: int
    #: Large meshes that stand in several places, each held once
    copied: "AssetReportDrawnCopied"
    materials: int
    lights: int
    #: Triangles that shine
    emitters: int
    #: Clouds of Gaussian splats and the degree of their spherical harmonics
    splats: List["AssetReportDrawnSplatsItem"]
    textures: List["AssetReportDrawnTexturesItem"]


class AssetReportDrawnCopied(TypedDict):
    """Large meshes that stand in several places, each held once"""

    meshes: int
    triangles: int
    vertices: int
    copies: int


class AssetReportDrawnSplatsItem(TypedDict):
    count: int
    degree: int


class AssetReportDrawnTexturesItem(TypedDict):
    width: int
    height: int


class AssetReportBounds(TypedDict):
    min: List[float]
    max: List[float]


class AssetReportMaterialsItem(TypedDict):
    name: str
    alphaMode: Literal["OPAQUE", "MASK", "BLEND"]
    doubleSided: bool
    extensions: List[str]
    triangles: int


class AssetReportTexturesItem(TypedDict):
    name: str
    #: `image/png`, `image/jpeg`, `image/webp`, `image/ktx2`, …
    mimeType: str
    width: int
    height: int
    #: Size of the encoded image
    bytes: int
    #: Memory on a GPU, mip-maps included
    gpuBytes: int
    #: Where materials use it, e.g. `baseColorTexture`
    slots: List[str]


class AssetReportAnimationsItem(TypedDict):
    name: str
    seconds: float
    channels: int


class AssetReportSkinsItem(TypedDict):
    name: str
    joints: int


class AssetReportCorrectionsItem(TypedDict):
    #: Stable identifier, e.g. `generated_normals`
    code: str
    message: str


class AssetReportValidation(TypedDict):
    errors: int
    warnings: int
    infos: int
    issues: List["AssetReportValidationIssuesItem"]
    truncated: bool


class AssetReportValidationIssuesItem(TypedDict):
    code: str
    severity: Literal["error", "warning", "info", "hint"]
    #: Where: a JSON pointer, or file and line
    pointer: str
    message: str
    remedy: str


class AssetReportChecksItem(TypedDict):
    code: Literal["NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS"]
    #: See `docs/validation.md`; null where the check does not apply to the model
    value: Any


class AssetReportVerdict(TypedDict):
    profile: str
    #: No rule of severity `error` failed
    passed: bool
    rules: List["AssetReportVerdictRulesItem"]


class _AssetReportVerdictRulesItem(TypedDict):
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]
    severity: Literal["error", "warning"]
    #: `not_applicable` where the model has nothing that the rule is about
    outcome: Literal["passed", "failed", "not_applicable"]
    #: What the model has; of lists, the entries that do not pass. Null where it was not measured
    value: Optional[Union[float, List[str]]]
    #: What was measured, and the limit
    message: str
    #: What to do; empty unless the rule failed
    remedy: str


class AssetReportVerdictRulesItem(_AssetReportVerdictRulesItem, total=False):
    #: Where the limit comes from
    source: str


class Derivative(TypedDict):
    #: Id of the derivative
    id: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: What made it, such as `render.image` or `geometry.recipe`
    operation: str
    #: What the operation was told, defaults included
    parameters: Dict[str, Any]
    #: Every version that it was made of: its own first, then those of other assets that its recipe took. They may have been deleted since
    sources: List["DerivativeSourcesItem"]
    #: Hash of input, operation, parameters and version of the engine: what has the same is made once
    key: str
    #: Of its file
    contentType: str
    #: Of a picture, in pixels
    width: Any
    #: Of a picture, in pixels
    height: Any
    #: Size of its file
    bytes: int
    #: Of its file, in hexadecimal; also its `ETag`
    sha256: str
    #: When it was made
    createdAt: str
    #: Where its file is downloaded, on this server
    url: str
    #: Of a recipe: what it did, what it cost, and how far the result is from its source
    report: Optional["OptimizeReport"]


class DerivativeSourcesItem(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str


class DerivativePage(TypedDict):
    #: The items of this page
    data: List["Derivative"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class _OptimizeReport(TypedDict):
    input: "OptimizeReportInput"
    output: "OptimizeReportOutput"
    #: From the source, moved as `transform` says; null without triangles, for very large models, and when not asked for
    deviation: Optional["OptimizeReportDeviation"]
    #: In a graph those on the way to this result
    operations: List["OptimizeReportOperationsItem"]
    gates: List["OptimizeReportGatesItem"]
    #: How often the recipe ran until the target was reached
    attempts: int
    seconds: float


class OptimizeReport(_OptimizeReport, total=False):
    #: The formats that were written, in the order of the recipe
    outputs: List["OptimizeReportOutputsItem"]
    #: How alike pictures of the source and of the result are; null where nobody asked or nothing is drawn
    picture: Optional["OptimizeReportPicture"]


class OptimizeReportInput(TypedDict):
    #: As drawn in the default scene
    triangles: int
    #: As stored
    vertices: int
    drawCalls: int
    #: Size as GLB; between operations what vertices, animations and images take, without the JSON
    bytes: int
    #: Memory of vertices, indices and textures on a GPU
    gpuBytes: int


class OptimizeReportOutput(TypedDict):
    #: As drawn in the default scene
    triangles: int
    #: As stored
    vertices: int
    drawCalls: int
    #: Size as GLB; between operations what vertices, animations and images take, without the JSON
    bytes: int
    #: Memory of vertices, indices and textures on a GPU
    gpuBytes: int


class OptimizeReportOutputsItem(TypedDict):
    format: Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"]
    #: All files together; of a format of several files the zip of them
    bytes: int
    files: int
    #: What the format cannot hold, and what became of it
    warnings: List["OptimizeReportOutputsItemWarningsItem"]


class OptimizeReportOutputsItemWarningsItem(TypedDict):
    #: Stable, for programs: `lost_animations`, for one
    code: str
    #: One sentence for people, with counts and what became of it
    message: str


class OptimizeReportDeviation(TypedDict):
    #: Largest distance found from a point of either surface to the other, in metres (Hausdorff distance)
    max: float
    #: Mean distance, the larger of the two directions, in metres
    mean: float
    #: `max` as a share of the diagonal of the bounds of the source
    relativeMax: float
    #: Points that were measured
    samples: int


class OptimizeReportPicture(TypedDict):
    ssim: "OptimizeReportPictureSsim"
    views: int
    #: Width and height of the pictures, in pixels
    size: int


class OptimizeReportPictureSsim(TypedDict):
    #: Of the view in which they are least alike
    min: float
    #: Over all views
    mean: float


class _OptimizeReportOperationsItem(TypedDict):
    operation: Union["Operation", "OptimizeReportOperationsItemOperationMerge"]
    before: "OptimizeReportOperationsItemBefore"
    after: "OptimizeReportOperationsItemAfter"
    seconds: float
    #: From the source, of what all operations up to this one did; null where this one leaves surfaces as they are, and where its result was there
    deviation: Optional["OptimizeReportOperationsItemDeviation"]
    #: What it did, and what it left alone and why
    notes: List[str]


class OptimizeReportOperationsItem(_OptimizeReportOperationsItem, total=False):
    #: Its name in a graph
    node: Any
    #: An earlier recipe had come this far: its result was taken
    cached: bool


OptimizeReportOperationsItemOperationMerge = TypedDict(
    "OptimizeReportOperationsItemOperationMerge",
    {
        "type": Literal["merge"],
        "from": List[str],
        "group": bool,
    },
    total=False,
)


class OptimizeReportOperationsItemBefore(TypedDict):
    #: As drawn in the default scene
    triangles: int
    #: As stored
    vertices: int
    drawCalls: int
    #: Size as GLB; between operations what vertices, animations and images take, without the JSON
    bytes: int
    #: Memory of vertices, indices and textures on a GPU
    gpuBytes: int


class OptimizeReportOperationsItemAfter(TypedDict):
    #: As drawn in the default scene
    triangles: int
    #: As stored
    vertices: int
    drawCalls: int
    #: Size as GLB; between operations what vertices, animations and images take, without the JSON
    bytes: int
    #: Memory of vertices, indices and textures on a GPU
    gpuBytes: int


class OptimizeReportOperationsItemDeviation(TypedDict):
    #: Largest distance found from a point of either surface to the other, in metres (Hausdorff distance)
    max: float
    #: Mean distance, the larger of the two directions, in metres
    mean: float
    #: `max` as a share of the diagonal of the bounds of the source
    relativeMax: float
    #: Points that were measured
    samples: int


class _OptimizeReportGatesItem(TypedDict):
    gate: str
    limit: float
    #: Null where it could not be measured
    value: Any
    passed: bool


class OptimizeReportGatesItem(_OptimizeReportGatesItem, total=False):
    #: Of a profile: what came of each rule. `value` counts those that fail it
    verdict: "OptimizeReportGatesItemVerdict"


class OptimizeReportGatesItemVerdict(TypedDict):
    """Of a profile: what came of each rule. `value` counts those that fail it"""

    profile: str
    #: No rule of severity `error` failed
    passed: bool
    rules: List["OptimizeReportGatesItemVerdictRulesItem"]


class _OptimizeReportGatesItemVerdictRulesItem(TypedDict):
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]
    severity: Literal["error", "warning"]
    #: `not_applicable` where the model has nothing that the rule is about
    outcome: Literal["passed", "failed", "not_applicable"]
    #: What the model has; of lists, the entries that do not pass. Null where it was not measured
    value: Optional[Union[float, List[str]]]
    #: What was measured, and the limit
    message: str
    #: What to do; empty unless the rule failed
    remedy: str


class OptimizeReportGatesItemVerdictRulesItem(_OptimizeReportGatesItemVerdictRulesItem, total=False):
    #: Where the limit comes from
    source: str


class _OperationTransform(TypedDict):
    type: Literal["transform"]


class OperationTransform(_OperationTransform, total=False):
    #: What one unit of the model really is, where its file said or meant something else than metres
    unit: Literal["mm", "cm", "in", "ft", "m"]
    #: Factor, the same in all directions
    scale: float
    #: Longest side of the bounds afterwards, in metres; in place of `unit` and `scale`
    fit: float
    #: Degrees about the axes x, then y, then z, all fixed in space
    rotate: List[float]
    #: Moves the middle of the bounds to the origin; `footprint` in x and z only
    center: Literal["none", "bounds", "footprint"]
    #: Moves the lowest point to y = 0
    ground: bool
    #: Metres, after all of the above
    translate: List[float]


class _OperationDedupe(TypedDict):
    type: Literal["dedupe"]


class OperationDedupe(_OperationDedupe, total=False):
    #: Things with different names stay apart
    keepNames: bool


class _OperationPrune(TypedDict):
    type: Literal["prune"]


class OperationPrune(_OperationPrune, total=False):
    #: Keeps empty nodes, such as markers and attachment points
    keepLeaves: bool
    #: Keeps vertex attributes that no material needs, such as a second set of texture coordinates
    keepAttributes: bool
    #: Keeps whatever has custom properties (extras)
    keepExtras: bool


class OperationStrip(TypedDict):
    type: Literal["strip"]
    #: What to remove. Without their skins, meshes stand in their rest pose; without morph targets, as their default weights leave them
    kinds: List[Literal["animations", "cameras", "lights", "skins", "morphTargets", "materials", "textures", "colors", "normals", "tangents", "texcoords", "points", "lines", "extras", "names"]]


class _OperationRename(TypedDict):
    type: Literal["rename"]


class OperationRename(_OperationRename, total=False):
    #: Whose names
    kinds: List[Literal["nodes", "meshes", "materials", "textures", "animations", "skins", "cameras"]]
    #: Text to replace wherever it stands in a name; empty: none
    find: str
    #: What takes its place
    replace: str
    prefix: str
    suffix: str
    #: Numbers equal names of one kind apart (`bolt`, `bolt_2`) and names the nameless after their kind
    unique: bool


class _OperationTag(TypedDict):
    type: Literal["tag"]


class OperationTag(_OperationTag, total=False):
    #: What gets the tags; `asset` is the file itself
    kinds: List[Literal["asset", "scenes", "nodes", "meshes", "materials", "textures", "animations", "skins", "cameras"]]
    #: Only what has one of these names; `*` stands for any text, `?` for one character, capitals count as small letters. The asset has no name and is always meant
    names: List[str]
    #: Tags by their key: text, numbers, `true`, `false` or lists of text. One that is there is replaced
    set: Dict[str, Union[str, float, bool, List[str]]]
    #: Keys of tags that go
    remove: List[str]


class OperationFlatten(TypedDict):
    type: Literal["flatten"]


class _OperationJoin(TypedDict):
    type: Literal["join"]


class OperationJoin(_OperationJoin, total=False):
    #: Leaves meshes and nodes that have a name apart
    keepNamed: bool


class _OperationSplit(TypedDict):
    type: Literal["split"]


class OperationSplit(_OperationSplit, total=False):
    #: `part`: where triangles share no corner; each material of a mesh for itself
    by: Literal["material", "part"]
    #: Parts with fewer triangles stay together as one
    minTriangles: int
    #: Parts of one material; the smallest stay together
    maxParts: int


class _OperationInstance(TypedDict):
    type: Literal["instance"]


class OperationInstance(_OperationInstance, total=False):
    #: Fewest uses of one mesh that are worth it
    min: int


class _OperationWeld(TypedDict):
    type: Literal["weld"]


class OperationWeld(_OperationWeld, total=False):
    #: Positions closer than this become the same, in metres; closes cracks and removes triangles so small
    tolerance: float


class _OperationFillHoles(TypedDict):
    type: Literal["fillHoles"]


class OperationFillHoles(_OperationFillHoles, total=False):
    #: Holes with more edges stay open
    maxEdges: int
    #: Holes whose bounds have a longer side than this stay open, in metres
    maxSize: float


class OperationRepair(TypedDict):
    type: Literal["repair"]


class _OperationSimplify(TypedDict):
    type: Literal["simplify"]


class OperationSimplify(_OperationSimplify, total=False):
    #: Share of the triangles that may stay
    ratio: float
    #: As many as may be drawn in the default scene
    triangles: int
    #: How far the surface may move, in metres: an estimate, checked so that no vertex ends further off than twice that
    error: float
    #: The same as a share of the diagonal of the bounds of the model
    relativeError: float
    #: Open borders stay as they are, to fit a neighbour
    lockBorder: bool
    #: Where texture coordinates break, both sides keep to the seam. Without, seams count as error alone
    keepSeams: bool
    #: The same for edges where normals or colours break, which count as error alone otherwise
    keepCreases: bool


class _OperationLod(TypedDict):
    type: Literal["lod"]


class OperationLod(_OperationLod, total=False):
    #: From fine to coarse. The model as it is is the level before the first
    levels: List["OperationLodLevelsItem"]
    #: The share of the screen below which the first of the levels is drawn
    coverage: float
    #: Meshes with fewer triangles get no levels
    minTriangles: int
    #: Each level has textures of half the width and height of the one before, down to 16 pixels
    scaleTextures: bool


class OperationLodLevelsItem(TypedDict):
    #: Share of the triangles of the finest level
    ratio: float
    #: The share of the screen below which the next level is drawn, and after the last level nothing
    coverage: float


class _OperationNormals(TypedDict):
    type: Literal["normals"]


class OperationNormals(_OperationNormals, total=False):
    #: Faces that meet at less than this are shaded as one surface, in degrees; 0 shades flat
    creaseAngle: float
    #: Also where there are normals already
    overwrite: bool


class _OperationTangents(TypedDict):
    type: Literal["tangents"]


class OperationTangents(_OperationTangents, total=False):
    #: Also where there are tangents already
    overwrite: bool


class _OperationHull(TypedDict):
    type: Literal["hull"]


class OperationHull(_OperationHull, total=False):
    #: One hull around everything, one in place of each mesh, or one for each part of a mesh that hangs together
    of: Literal["scene", "mesh", "part"]
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]
    #: Of each hull; it then is the hull of those points that add most, a little smaller than the true one
    maxVertices: int
    #: Of one mesh, with `part`; the smallest share a hull
    maxParts: int
    #: Keeps the meshes too, with `scene`
    keep: bool


class _OperationSlice(TypedDict):
    type: Literal["slice"]


class OperationSlice(_OperationSlice, total=False):
    #: Where the plane faces, of any length; what lies there is above it
    normal: List[float]
    #: Where along the normal: share of the way through the bounds of the model
    at: float
    #: The same in metres from the origin of the world along the normal, in place of `at`
    offset: float
    #: What stays; `both` puts the sides into nodes of their own
    keep: Literal["below", "above", "both"]
    #: Closes what is cut open with faces in the plane
    cap: bool
    #: The outlines of the cut as lines, in place of the model: at one plane, or at each of `layers` or `spacing`
    contours: bool
    #: Planes through the bounds, each in the middle of a layer, with `contours`
    layers: int
    #: The thickness of the layers in metres, in place of `layers`; ten thousand layers at most
    spacing: float
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


OperationBoolean = TypedDict(
    "OperationBoolean",
    {
        "type": Literal["boolean"],
        "operation": Literal["union", "difference", "intersection"],
        "a": List[str],
        "b": List[str],
        "with": Union[str, "OperationBooleanWith"],
        "open": Literal["fill", "remesh", "fail"],
        "name": str,
    },
    total=False,
)


class _OperationBooleanWith(TypedDict):
    #: On a server the id of an asset, `ast_…`, whose newest version is taken; on the command line a file, by its path from the folder of the recipe
    model: str


class OperationBooleanWith(_OperationBooleanWith, total=False):
    #: Factor, the same in all directions
    scale: float
    #: Degrees about the axes x, then y, then z, all fixed in space
    rotate: List[float]
    #: Metres, after all of the above
    translate: List[float]
    #: Names of nodes of the first model, `*` stands for any text: a copy stands at each of them, turned and resized as the node is; without it, one stands in the world
    at: List[str]


class _OperationRemesh(TypedDict):
    type: Literal["remesh"]


class OperationRemesh(_OperationRemesh, total=False):
    #: Cells along the longest side of the bounds
    resolution: int
    #: Side of a cell in metres, in place of `resolution`. Forty million cells at most, empty ones included
    cellSize: float
    #: `solid`: around what is inside, cavities included, with holes closed; `skin`: around what can be reached from outside (meshoptimizer), thin sheets get two sides; 256 cells at most
    method: Literal["solid", "skin"]
    #: One surface around everything, or one for each mesh
    of: Literal["scene", "mesh"]
    #: Evens the triangles out and brings them back onto the source. Without, edges are as sharp as the cells allow
    fit: bool
    #: What goes along: materials with texture coordinates and colours, the colours alone as vertex colours, or the mean colour
    attributes: Literal["materials", "colors", "none"]
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


class _OperationVoxelize(TypedDict):
    type: Literal["voxelize"]


class OperationVoxelize(_OperationVoxelize, total=False):
    #: Cells along the longest side of the bounds
    resolution: int
    #: Side of a cell in metres, in place of `resolution`. Forty million cells at most, empty ones included
    cellSize: float
    #: `surface`: cells that a triangle touches; `solid`: cells whose middle is inside; `both`: both. What is inside is decided along three axes, so that small holes do no harm
    fill: Literal["both", "solid", "surface"]
    #: Faces of the cubes that can be seen, or a point in the middle of each cube that has some
    output: Literal["blocks", "points"]
    #: Makes one rectangle of faces with the same colour: fewer triangles, whose corners lie on the sides of others
    merge: bool
    #: Cubes have the colour of the surface next to them, else the mean colour
    colors: bool
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


class _OperationSample(TypedDict):
    type: Literal["sample"]


class OperationSample(_OperationSample, total=False):
    #: Points
    count: int
    #: Points for each square metre, in place of `count`; ten million at most
    density: float
    #: `random`: each point anywhere; `stratified`: one in each of equally large strips of the surface; `blueNoise`: none near another (Yuksel 2015), one million at most
    pattern: Literal["blueNoise", "stratified", "random"]
    #: Of the places of the points
    seed: int
    #: Points have the normal of the surface
    normals: bool
    #: Points have its colour, from materials, vertex colours and textures
    colors: bool
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


class _OperationConvexDecompose(TypedDict):
    type: Literal["convexDecompose"]


class OperationConvexDecompose(_OperationConvexDecompose, total=False):
    #: For each mesh by itself, or for all of them as one
    of: Literal["mesh", "scene"]
    #: Of each mesh; parts that do not touch count as well, and are never joined
    maxParts: int
    #: Of each part
    maxVertices: int
    #: Cutting ends when all hulls together exceed the volume by no more than this share
    error: float
    #: Keeps the meshes too
    keep: bool
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


class _OperationCollider(TypedDict):
    type: Literal["collider"]


class OperationCollider(_OperationCollider, total=False):
    #: Around each mesh: a box along the axes of its node, a sphere, a capsule along the longest axis, the convex hull, convex parts, or its triangles simplified
    shape: Literal["box", "sphere", "capsule", "hull", "parts", "mesh"]
    #: For each mesh by itself, or for all of them as one
    of: Literal["mesh", "scene"]
    #: Of a hull or part
    maxVertices: int
    #: Of each mesh, with `parts`
    maxParts: int
    #: Cutting ends when all hulls together exceed the volume by no more than this share
    error: float
    #: Of each mesh, with `mesh`
    maxTriangles: int
    #: Draws the colliders; otherwise their nodes are hidden (KHR_node_visibility)
    visible: bool
    #: Keeps the meshes; without, the colliders are the model: make them `visible`
    keep: bool
    #: Names of nodes or of their meshes; `*` stands for any text, `?` for one character, capitals count as small letters. What hangs below a node is meant too
    nodes: List[str]


class _OperationNavmesh(TypedDict):
    type: Literal["navmesh"]


class OperationNavmesh(_OperationNavmesh, total=False):
    #: Distance kept from walls and edges, in metres
    agentRadius: float
    #: Head room, in metres
    agentHeight: float
    #: Steps up to this height are taken, in metres
    maxClimb: float
    #: Steepest ground, in degrees
    maxSlope: float
    #: Side of the cells that the ground is measured in, in metres; by default half the radius. Four million cells at most
    cellSize: float
    #: Islands smaller than this are left out, in square metres
    minArea: float
    #: Keeps the meshes; without, the navigation mesh is the model
    keep: bool
    #: Draws it; otherwise its node is hidden (KHR_node_visibility)
    visible: bool
    #: What is walked on and stands in the way
    nodes: List[str]


class _OperationUnwrap(TypedDict):
    type: Literal["unwrap"]


class OperationUnwrap(_OperationUnwrap, total=False):
    #: What lies in one square together: all primitives of a material, or the whole model
    share: Literal["material", "model"]
    #: The set of texture coordinates to write. Without it, the first that no texture is laid out by: 0 where there were none, 1 beside textures that overlap
    texcoord: int
    #: Also where a set has no overlaps already
    overwrite: bool
    #: Size of the texture that the coordinates are meant for, in texels a side
    resolution: int
    #: Texels between charts at that size; each level of a mip map takes one half of it
    padding: int


class _OperationBakeOcclusion(TypedDict):
    type: Literal["bakeOcclusion"]


class OperationBakeOcclusion(_OperationBakeOcclusion, total=False):
    #: `texture`: the occlusion texture of each material; `vertices`: multiplies vertex colours
    to: Literal["texture", "vertices"]
    #: Size of each texture, in texels a side
    resolution: int
    #: Texels between charts at that size; each level of a mip map takes one half of it
    padding: int
    #: Rays from each place; more, less noise
    rays: int
    #: What is further away does not count, in metres; without it, everything does
    distance: float
    #: Of the directions of the rays
    seed: int


class _OperationBake(TypedDict):
    type: Literal["bake"]


class OperationBake(_OperationBake, total=False):
    #: Share of the triangles that may stay
    ratio: float
    #: As many as may be drawn in the default scene
    triangles: int
    #: How far the surface may move, in metres: an estimate, checked so that no vertex ends further off than twice that
    error: float
    #: The same as a share of the diagonal of the bounds of the model
    relativeError: float
    #: Open borders stay as they are, to fit a neighbour
    lockBorder: bool
    #: The same for edges where normals or colours break, which count as error alone otherwise
    keepCreases: bool
    #: As of `simplify`; off, because coordinates are made anew
    keepSeams: bool
    #: One set of textures for the whole model, or one for each material
    share: Literal["material", "model"]
    #: What is baked
    maps: List[Literal["baseColor", "normal", "metallicRoughness", "occlusion", "emissive"]]
    #: Size of the textures, in texels a side
    resolution: int
    #: Texels between charts at that size; each level of a mip map takes one half of it
    padding: int
    #: Places looked at along each side of a texel
    samples: int
    #: How far before or behind the coarse surface the fine one is looked for, in metres; as far as it was moved without it. The nearest of the same mesh counts
    distance: float
    #: Rays for occlusion from each place that is looked at
    rays: int
    #: For occlusion, what is further away does not count, in metres
    reach: float
    #: Of the directions of the rays
    seed: int


class _OperationAtlas(TypedDict):
    type: Literal["atlas"]


class OperationAtlas(_OperationAtlas, total=False):
    #: Longest side of the common textures, in pixels; where that is too small, all are scaled alike
    maxSize: int
    #: Pixels about each part, in which its border goes on, so that smaller levels do not mix neighbours
    padding: int
    #: A texture that triangles repeat more often than this stays as it is; up to it, it is drawn as often
    repeats: float


class _OperationResample(TypedDict):
    type: Literal["resample"]


class OperationResample(_OperationResample, total=False):
    #: Largest error of a position, in metres of the space of its parent
    translation: float
    #: Largest error of a rotation, in degrees
    rotation: float
    #: Largest error of a scale factor
    scale: float
    #: Largest error of the weight of a morph target
    weights: float


class _OperationTextures(TypedDict):
    type: Literal["textures"]


class OperationTextures(_OperationTextures, total=False):
    #: Longest side in pixels; larger textures are scaled down
    maxSize: int
    #: `webp` is required of who reads the file (EXT_texture_webp). Where a texture needs its alpha, `jpeg` becomes `png`
    format: Literal["keep", "webp", "jpeg", "png"]
    #: Of webp and jpeg; normal maps get 5 more
    quality: int
    #: Of webp: every pixel as it was
    lossless: bool
    #: `color`: base colour, emission and the like; `normal`: normal maps; `data`: all else
    kinds: List[Literal["color", "normal", "data"]]
    #: Where the new file is no smaller and has the same size in pixels, the old one stays
    onlySmaller: bool


class _OperationQuantize(TypedDict):
    type: Literal["quantize"]


class OperationQuantize(_OperationQuantize, total=False):
    #: Bits of a coordinate, over the longest side of each mesh
    position: int
    #: Bits a component
    normal: int
    #: Bits a component
    texcoord: int
    #: Bits a component
    color: int
    #: Bits a component
    weight: int
    #: Of attributes that applications added
    generic: int
    #: The box that the coordinates are rounded in; `scene` keeps meshes that touch free of cracks
    volume: Literal["mesh", "scene"]


class _OperationMeshopt(TypedDict):
    type: Literal["meshopt"]


class OperationMeshopt(_OperationMeshopt, total=False):
    #: `lossless` only reorders and packs; `medium` quantizes before; `high` filters normals, tangents and animations as well
    level: Literal["lossless", "medium", "high"]
    #: Bits of a coordinate, over the longest side of each mesh
    position: int
    #: Bits a component
    normal: int
    #: Bits a component
    texcoord: int
    #: Bits a component
    color: int
    #: Bits a component
    weight: int
    #: Of attributes that applications added
    generic: int
    #: The box that the coordinates are rounded in; `scene` keeps meshes that touch free of cracks
    volume: Literal["mesh", "scene"]


class _OperationDraco(TypedDict):
    type: Literal["draco"]


class OperationDraco(_OperationDraco, total=False):
    #: Bits of a coordinate, over the longest side of each mesh
    position: int
    #: Bits a component
    normal: int
    #: Bits a component
    texcoord: int
    #: Bits a component
    color: int
    #: Of attributes that applications added
    generic: int
    #: 0 packs best, 10 encodes and decodes fastest
    speed: int
    #: The box that the coordinates are rounded in; `scene` keeps meshes that touch free of cracks
    volume: Literal["mesh", "scene"]


class Recipe(TypedDict, total=False):
    operations: List["Operation"]
    gates: "RecipeGates"
    target: "RecipeTarget"
    deviation: "RecipeDeviation"
    #: Compares pictures of the result with pictures of the source; without it, only where a gate asks
    picture: "RecipePicture"
    #: Formats of the result, each once: names, or objects where a format leaves choices
    outputs: List[Union[Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"], "RecipeOutputsItem"]]


class RecipeGates(TypedDict, total=False):
    #: Largest distance from the source, in metres
    maxDeviation: float
    #: The same as a share of the diagonal of the bounds of the source
    maxRelativeDeviation: float
    #: Size of the file
    maxBytes: int
    #: As drawn in the default scene
    maxTriangles: int
    #: As stored
    maxVertices: int
    maxDrawCalls: int
    #: Memory of vertices and textures on a GPU
    maxGpuBytes: int
    #: Longest side of any texture, in pixels
    maxTextureSize: int
    #: Least structural similarity to the source that a picture from any side may have, 1: the same
    minSsim: float
    #: A validation profile that the result as GLB has to pass: its name, on a server also of one of the organisation, or its rules (validation.md)
    profile: Union[str, "RecipeGatesProfile"]


class _RecipeGatesProfile(TypedDict):
    name: str
    rules: List["RecipeGatesProfileRulesItem"]


class RecipeGatesProfile(_RecipeGatesProfile, total=False):
    description: str


class _RecipeGatesProfileRulesItem(TypedDict):
    #: A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]


class RecipeGatesProfileRulesItem(_RecipeGatesProfileRulesItem, total=False):
    #: Smallest value that passes
    min: float
    #: Largest value that passes
    max: float
    #: For lists: the entries that pass
    only: List[str]
    #: A broken rule of severity `error` fails the profile; one of severity `warning` is told
    severity: Literal["error", "warning"]
    #: Told when the rule is broken, in place of the general advice
    why: str
    #: Where the limit comes from
    source: str


class RecipeTarget(TypedDict, total=False):
    #: Largest size of the file
    bytes: int
    #: Most triangles, as drawn in the default scene
    triangles: int


class RecipeDeviation(TypedDict, total=False):
    #: Points on each of the two surfaces; 0: no measurement
    samples: int
    #: Of the places of the points
    seed: int


class RecipePicture(TypedDict, total=False):
    """Compares pictures of the result with pictures of the source; without it, only where a gate asks"""

    #: Cameras, evenly round the source
    views: int
    #: Width and height of the pictures, in pixels
    size: int


class _RecipeOutputsItem(TypedDict):
    format: Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"]


class RecipeOutputsItem(_RecipeOutputsItem, total=False):
    #: Unit of lengths in the file, where the format leaves it open
    unit: Literal["mm", "cm", "in", "ft", "m"]
    #: The axis that points up in the file, where the format leaves it open
    up: Literal["y", "z"]
    #: Of formats that have both
    encoding: Literal["binary", "text"]
    #: The animation in whose pose the model is written, in formats that hold none; without, it is at rest. In formats that hold one, the animation; without, the first
    animation: str
    #: Seconds from the beginning of the animation
    time: float


class RecipeInput(TypedDict, total=False):
    operations: List["Operation"]
    gates: "RecipeInputGates"
    target: "RecipeInputTarget"
    #: How the deviation from the source is measured
    deviation: "RecipeInputDeviation"
    #: Compares pictures of the result with pictures of the source; without it, only where a gate asks
    picture: "RecipeInputPicture"
    #: Of a list or a preset: formats of the result, each once, names or objects where a format leaves choices; `["glb"]` by default. Of a graph: the results by name
    outputs: Union[List[Union[Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"], "RecipeInputOutputs1Item"]], Dict[str, Union[str, "RecipeInputOutputsValue"]]]
    #: Takes the operations of a built-in recipe; leave `operations` out then
    preset: Literal["web", "mobile", "ar", "archive", "print"]
    #: Operations by name, each with `from`: the node before it, or `source`
    nodes: Dict[str, Union["RecipeInputNodesValueMerge", "RecipeInputNodesValueTransform", "RecipeInputNodesValueDedupe", "RecipeInputNodesValuePrune", "RecipeInputNodesValueStrip", "RecipeInputNodesValueRename", "RecipeInputNodesValueTag", "RecipeInputNodesValueFlatten", "RecipeInputNodesValueJoin", "RecipeInputNodesValueSplit", "RecipeInputNodesValueInstance", "RecipeInputNodesValueWeld", "RecipeInputNodesValueFillHoles", "RecipeInputNodesValueRepair", "RecipeInputNodesValueSimplify", "RecipeInputNodesValueLod", "RecipeInputNodesValueNormals", "RecipeInputNodesValueTangents", "RecipeInputNodesValueHull", "RecipeInputNodesValueSlice", "RecipeInputNodesValueBoolean", "RecipeInputNodesValueRemesh", "RecipeInputNodesValueVoxelize", "RecipeInputNodesValueSample", "RecipeInputNodesValueConvexDecompose", "RecipeInputNodesValueCollider", "RecipeInputNodesValueNavmesh", "RecipeInputNodesValueUnwrap", "RecipeInputNodesValueBakeOcclusion", "RecipeInputNodesValueBake", "RecipeInputNodesValueAtlas", "RecipeInputNodesValueResample", "RecipeInputNodesValueTextures", "RecipeInputNodesValueQuantize", "RecipeInputNodesValueMeshopt", "RecipeInputNodesValueDraco"]]


class RecipeInputGates(TypedDict, total=False):
    #: Largest distance from the source, in metres
    maxDeviation: float
    #: The same as a share of the diagonal of the bounds of the source
    maxRelativeDeviation: float
    #: Size of the file
    maxBytes: int
    #: As drawn in the default scene
    maxTriangles: int
    #: As stored
    maxVertices: int
    maxDrawCalls: int
    #: Memory of vertices and textures on a GPU
    maxGpuBytes: int
    #: Longest side of any texture, in pixels
    maxTextureSize: int
    #: Least structural similarity to the source that a picture from any side may have, 1: the same
    minSsim: float
    #: A validation profile that the result as GLB has to pass: its name, on a server also of one of the organisation, or its rules (validation.md)
    profile: Union[str, "RecipeInputGatesProfile"]


class _RecipeInputGatesProfile(TypedDict):
    name: str
    rules: List["RecipeInputGatesProfileRulesItem"]


class RecipeInputGatesProfile(_RecipeInputGatesProfile, total=False):
    description: str


class _RecipeInputGatesProfileRulesItem(TypedDict):
    #: A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]


class RecipeInputGatesProfileRulesItem(_RecipeInputGatesProfileRulesItem, total=False):
    #: Smallest value that passes
    min: float
    #: Largest value that passes
    max: float
    #: For lists: the entries that pass
    only: List[str]
    #: A broken rule of severity `error` fails the profile; one of severity `warning` is told
    severity: Literal["error", "warning"]
    #: Told when the rule is broken, in place of the general advice
    why: str
    #: Where the limit comes from
    source: str


class RecipeInputTarget(TypedDict, total=False):
    #: Largest size of the file
    bytes: int
    #: Most triangles, as drawn in the default scene
    triangles: int


class RecipeInputDeviation(TypedDict, total=False):
    """How the deviation from the source is measured"""

    #: Points on each of the two surfaces; 0: no measurement
    samples: int
    #: Of the places of the points
    seed: int


class RecipeInputPicture(TypedDict, total=False):
    """Compares pictures of the result with pictures of the source; without it, only where a gate asks"""

    #: Cameras, evenly round the source
    views: int
    #: Width and height of the pictures, in pixels
    size: int


class _RecipeInputOutputs1Item(TypedDict):
    format: Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"]


class RecipeInputOutputs1Item(_RecipeInputOutputs1Item, total=False):
    #: Unit of lengths in the file, where the format leaves it open
    unit: Literal["mm", "cm", "in", "ft", "m"]
    #: The axis that points up in the file, where the format leaves it open
    up: Literal["y", "z"]
    #: Of formats that have both
    encoding: Literal["binary", "text"]
    #: The animation in whose pose the model is written, in formats that hold none; without, it is at rest. In formats that hold one, the animation; without, the first
    animation: str
    #: Seconds from the beginning of the animation
    time: float


class _RecipeInputOutputsValue(TypedDict):
    #: Whose result it is, or `source`
    node: str


class RecipeInputOutputsValue(_RecipeInputOutputsValue, total=False):
    #: Limits on this result, on top of those of the recipe
    gates: "RecipeInputOutputsValueGates"
    #: What this result is to reach; its way from the source may not merge
    target: "RecipeInputOutputsValueTarget"
    #: Formats of this result, each once, as `outputs` of a list
    formats: List[Union[Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"], "RecipeInputOutputsValueFormatsItem"]]


class RecipeInputOutputsValueGates(TypedDict, total=False):
    """Limits on this result, on top of those of the recipe"""

    #: Largest distance from the source, in metres
    maxDeviation: float
    #: The same as a share of the diagonal of the bounds of the source
    maxRelativeDeviation: float
    #: Size of the file
    maxBytes: int
    #: As drawn in the default scene
    maxTriangles: int
    #: As stored
    maxVertices: int
    maxDrawCalls: int
    #: Memory of vertices and textures on a GPU
    maxGpuBytes: int
    #: Longest side of any texture, in pixels
    maxTextureSize: int
    #: Least structural similarity to the source that a picture from any side may have, 1: the same
    minSsim: float
    #: A validation profile that the result as GLB has to pass: its name, on a server also of one of the organisation, or its rules (validation.md)
    profile: Union[str, "RecipeInputOutputsValueGatesProfile"]


class _RecipeInputOutputsValueGatesProfile(TypedDict):
    name: str
    rules: List["RecipeInputOutputsValueGatesProfileRulesItem"]


class RecipeInputOutputsValueGatesProfile(_RecipeInputOutputsValueGatesProfile, total=False):
    description: str


class _RecipeInputOutputsValueGatesProfileRulesItem(TypedDict):
    #: A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]


class RecipeInputOutputsValueGatesProfileRulesItem(_RecipeInputOutputsValueGatesProfileRulesItem, total=False):
    #: Smallest value that passes
    min: float
    #: Largest value that passes
    max: float
    #: For lists: the entries that pass
    only: List[str]
    #: A broken rule of severity `error` fails the profile; one of severity `warning` is told
    severity: Literal["error", "warning"]
    #: Told when the rule is broken, in place of the general advice
    why: str
    #: Where the limit comes from
    source: str


class RecipeInputOutputsValueTarget(TypedDict, total=False):
    """What this result is to reach; its way from the source may not merge"""

    #: Largest size of the file
    bytes: int
    #: Most triangles, as drawn in the default scene
    triangles: int


class _RecipeInputOutputsValueFormatsItem(TypedDict):
    format: Literal["glb", "gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"]


class RecipeInputOutputsValueFormatsItem(_RecipeInputOutputsValueFormatsItem, total=False):
    #: Unit of lengths in the file, where the format leaves it open
    unit: Literal["mm", "cm", "in", "ft", "m"]
    #: The axis that points up in the file, where the format leaves it open
    up: Literal["y", "z"]
    #: Of formats that have both
    encoding: Literal["binary", "text"]
    #: The animation in whose pose the model is written, in formats that hold none; without, it is at rest. In formats that hold one, the animation; without, the first
    animation: str
    #: Seconds from the beginning of the animation
    time: float


RecipeInputNodesValueMerge = TypedDict(
    "RecipeInputNodesValueMerge",
    {
        "type": Literal["merge"],
        "from": List[str],
        "group": bool,
    },
    total=False,
)


RecipeInputNodesValueTransform = TypedDict(
    "RecipeInputNodesValueTransform",
    {
        "type": Literal["transform"],
        "unit": Literal["mm", "cm", "in", "ft", "m"],
        "scale": float,
        "fit": float,
        "rotate": List[float],
        "center": Literal["none", "bounds", "footprint"],
        "ground": bool,
        "translate": List[float],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueDedupe = TypedDict(
    "RecipeInputNodesValueDedupe",
    {
        "type": Literal["dedupe"],
        "keepNames": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValuePrune = TypedDict(
    "RecipeInputNodesValuePrune",
    {
        "type": Literal["prune"],
        "keepLeaves": bool,
        "keepAttributes": bool,
        "keepExtras": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueStrip = TypedDict(
    "RecipeInputNodesValueStrip",
    {
        "type": Literal["strip"],
        "kinds": List[Literal["animations", "cameras", "lights", "skins", "morphTargets", "materials", "textures", "colors", "normals", "tangents", "texcoords", "points", "lines", "extras", "names"]],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueRename = TypedDict(
    "RecipeInputNodesValueRename",
    {
        "type": Literal["rename"],
        "kinds": List[Literal["nodes", "meshes", "materials", "textures", "animations", "skins", "cameras"]],
        "find": str,
        "replace": str,
        "prefix": str,
        "suffix": str,
        "unique": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueTag = TypedDict(
    "RecipeInputNodesValueTag",
    {
        "type": Literal["tag"],
        "kinds": List[Literal["asset", "scenes", "nodes", "meshes", "materials", "textures", "animations", "skins", "cameras"]],
        "names": List[str],
        "set": Dict[str, Union[str, float, bool, List[str]]],
        "remove": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueFlatten = TypedDict(
    "RecipeInputNodesValueFlatten",
    {
        "type": Literal["flatten"],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueJoin = TypedDict(
    "RecipeInputNodesValueJoin",
    {
        "type": Literal["join"],
        "keepNamed": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueSplit = TypedDict(
    "RecipeInputNodesValueSplit",
    {
        "type": Literal["split"],
        "by": Literal["material", "part"],
        "minTriangles": int,
        "maxParts": int,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueInstance = TypedDict(
    "RecipeInputNodesValueInstance",
    {
        "type": Literal["instance"],
        "min": int,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueWeld = TypedDict(
    "RecipeInputNodesValueWeld",
    {
        "type": Literal["weld"],
        "tolerance": float,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueFillHoles = TypedDict(
    "RecipeInputNodesValueFillHoles",
    {
        "type": Literal["fillHoles"],
        "maxEdges": int,
        "maxSize": float,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueRepair = TypedDict(
    "RecipeInputNodesValueRepair",
    {
        "type": Literal["repair"],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueSimplify = TypedDict(
    "RecipeInputNodesValueSimplify",
    {
        "type": Literal["simplify"],
        "ratio": float,
        "triangles": int,
        "error": float,
        "relativeError": float,
        "lockBorder": bool,
        "keepSeams": bool,
        "keepCreases": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueLod = TypedDict(
    "RecipeInputNodesValueLod",
    {
        "type": Literal["lod"],
        "levels": List["RecipeInputNodesValueLodLevelsItem"],
        "coverage": float,
        "minTriangles": int,
        "scaleTextures": bool,
        "from": str,
    },
    total=False,
)


class RecipeInputNodesValueLodLevelsItem(TypedDict):
    #: Share of the triangles of the finest level
    ratio: float
    #: The share of the screen below which the next level is drawn, and after the last level nothing
    coverage: float


RecipeInputNodesValueNormals = TypedDict(
    "RecipeInputNodesValueNormals",
    {
        "type": Literal["normals"],
        "creaseAngle": float,
        "overwrite": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueTangents = TypedDict(
    "RecipeInputNodesValueTangents",
    {
        "type": Literal["tangents"],
        "overwrite": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueHull = TypedDict(
    "RecipeInputNodesValueHull",
    {
        "type": Literal["hull"],
        "of": Literal["scene", "mesh", "part"],
        "nodes": List[str],
        "maxVertices": int,
        "maxParts": int,
        "keep": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueSlice = TypedDict(
    "RecipeInputNodesValueSlice",
    {
        "type": Literal["slice"],
        "normal": List[float],
        "at": float,
        "offset": float,
        "keep": Literal["below", "above", "both"],
        "cap": bool,
        "contours": bool,
        "layers": int,
        "spacing": float,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueBoolean = TypedDict(
    "RecipeInputNodesValueBoolean",
    {
        "type": Literal["boolean"],
        "operation": Literal["union", "difference", "intersection"],
        "a": List[str],
        "b": List[str],
        "with": Union[str, "RecipeInputNodesValueBooleanWith"],
        "open": Literal["fill", "remesh", "fail"],
        "name": str,
        "from": str,
    },
    total=False,
)


class _RecipeInputNodesValueBooleanWith(TypedDict):
    #: On a server the id of an asset, `ast_…`, whose newest version is taken; on the command line a file, by its path from the folder of the recipe
    model: str


class RecipeInputNodesValueBooleanWith(_RecipeInputNodesValueBooleanWith, total=False):
    #: Factor, the same in all directions
    scale: float
    #: Degrees about the axes x, then y, then z, all fixed in space
    rotate: List[float]
    #: Metres, after all of the above
    translate: List[float]
    #: Names of nodes of the first model, `*` stands for any text: a copy stands at each of them, turned and resized as the node is; without it, one stands in the world
    at: List[str]


RecipeInputNodesValueRemesh = TypedDict(
    "RecipeInputNodesValueRemesh",
    {
        "type": Literal["remesh"],
        "resolution": int,
        "cellSize": float,
        "method": Literal["solid", "skin"],
        "of": Literal["scene", "mesh"],
        "fit": bool,
        "attributes": Literal["materials", "colors", "none"],
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueVoxelize = TypedDict(
    "RecipeInputNodesValueVoxelize",
    {
        "type": Literal["voxelize"],
        "resolution": int,
        "cellSize": float,
        "fill": Literal["both", "solid", "surface"],
        "output": Literal["blocks", "points"],
        "merge": bool,
        "colors": bool,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueSample = TypedDict(
    "RecipeInputNodesValueSample",
    {
        "type": Literal["sample"],
        "count": int,
        "density": float,
        "pattern": Literal["blueNoise", "stratified", "random"],
        "seed": int,
        "normals": bool,
        "colors": bool,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueConvexDecompose = TypedDict(
    "RecipeInputNodesValueConvexDecompose",
    {
        "type": Literal["convexDecompose"],
        "of": Literal["mesh", "scene"],
        "maxParts": int,
        "maxVertices": int,
        "error": float,
        "keep": bool,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueCollider = TypedDict(
    "RecipeInputNodesValueCollider",
    {
        "type": Literal["collider"],
        "shape": Literal["box", "sphere", "capsule", "hull", "parts", "mesh"],
        "of": Literal["mesh", "scene"],
        "maxVertices": int,
        "maxParts": int,
        "error": float,
        "maxTriangles": int,
        "visible": bool,
        "keep": bool,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueNavmesh = TypedDict(
    "RecipeInputNodesValueNavmesh",
    {
        "type": Literal["navmesh"],
        "agentRadius": float,
        "agentHeight": float,
        "maxClimb": float,
        "maxSlope": float,
        "cellSize": float,
        "minArea": float,
        "keep": bool,
        "visible": bool,
        "nodes": List[str],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueUnwrap = TypedDict(
    "RecipeInputNodesValueUnwrap",
    {
        "type": Literal["unwrap"],
        "share": Literal["material", "model"],
        "texcoord": int,
        "overwrite": bool,
        "resolution": int,
        "padding": int,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueBakeOcclusion = TypedDict(
    "RecipeInputNodesValueBakeOcclusion",
    {
        "type": Literal["bakeOcclusion"],
        "to": Literal["texture", "vertices"],
        "resolution": int,
        "padding": int,
        "rays": int,
        "distance": float,
        "seed": int,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueBake = TypedDict(
    "RecipeInputNodesValueBake",
    {
        "type": Literal["bake"],
        "ratio": float,
        "triangles": int,
        "error": float,
        "relativeError": float,
        "lockBorder": bool,
        "keepCreases": bool,
        "keepSeams": bool,
        "share": Literal["material", "model"],
        "maps": List[Literal["baseColor", "normal", "metallicRoughness", "occlusion", "emissive"]],
        "resolution": int,
        "padding": int,
        "samples": int,
        "distance": float,
        "rays": int,
        "reach": float,
        "seed": int,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueAtlas = TypedDict(
    "RecipeInputNodesValueAtlas",
    {
        "type": Literal["atlas"],
        "maxSize": int,
        "padding": int,
        "repeats": float,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueResample = TypedDict(
    "RecipeInputNodesValueResample",
    {
        "type": Literal["resample"],
        "translation": float,
        "rotation": float,
        "scale": float,
        "weights": float,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueTextures = TypedDict(
    "RecipeInputNodesValueTextures",
    {
        "type": Literal["textures"],
        "maxSize": int,
        "format": Literal["keep", "webp", "jpeg", "png"],
        "quality": int,
        "lossless": bool,
        "kinds": List[Literal["color", "normal", "data"]],
        "onlySmaller": bool,
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueQuantize = TypedDict(
    "RecipeInputNodesValueQuantize",
    {
        "type": Literal["quantize"],
        "position": int,
        "normal": int,
        "texcoord": int,
        "color": int,
        "weight": int,
        "generic": int,
        "volume": Literal["mesh", "scene"],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueMeshopt = TypedDict(
    "RecipeInputNodesValueMeshopt",
    {
        "type": Literal["meshopt"],
        "level": Literal["lossless", "medium", "high"],
        "position": int,
        "normal": int,
        "texcoord": int,
        "color": int,
        "weight": int,
        "generic": int,
        "volume": Literal["mesh", "scene"],
        "from": str,
    },
    total=False,
)


RecipeInputNodesValueDraco = TypedDict(
    "RecipeInputNodesValueDraco",
    {
        "type": Literal["draco"],
        "position": int,
        "normal": int,
        "texcoord": int,
        "color": int,
        "generic": int,
        "speed": int,
        "volume": Literal["mesh", "scene"],
        "from": str,
    },
    total=False,
)


class RecipeJob(TypedDict):
    #: Id of the job
    id: str
    #: What it does
    kind: Literal["asset.ingest", "geometry.process", "geometry.recipe", "render.image", "render.frames", "render.sequence"]
    #: `queued` and `running` go on; `succeeded`, `failed` and `canceled` are ends
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    #: Share of its units of work that is done, 0 to 1
    progress: float
    #: What it is doing, in a word or two; empty before it begins
    stage: str
    #: Of equal ones the oldest is first; organisations take turns whatever it is
    priority: int
    #: How often it was begun; after a worker died it is begun again
    attempt: int
    #: Project of the asset
    projectId: Optional[str]
    #: The asset that it works on
    assetId: Optional[str]
    #: When it was asked for
    createdAt: str
    #: When a worker began with it; null while it waits
    startedAt: Optional[str]
    #: When it ended; null while it goes on
    finishedAt: Optional[str]
    #: Seconds that are left, by its pace so far; null when that cannot be told
    etaSeconds: Optional[float]
    #: What came of it, by its kind; null unless it succeeded
    result: Optional[Dict[str, Any]]
    #: Why it failed, and what to do; null unless it did
    error: Optional["ErrorValue"]
    #: The result with its report; null until the job has succeeded
    derivative: Optional["Derivative"]
    #: The result in each of its formats, in the order of `outputs`; of a graph all results, each named in its `parameters.outputs`
    derivatives: List["Derivative"]


class OperationCatalog(TypedDict):
    operations: List["OperationCatalogOperationsItem"]
    presets: List["OperationCatalogPresetsItem"]
    #: JSON Schema of the body of `POST /v1/assets/{assetId}/operations`
    recipe: Dict[str, Any]


class OperationCatalogOperationsItem(TypedDict):
    type: str
    description: str
    #: JSON Schema of the operation with the defaults of its parameters
    schema: Dict[str, Any]


class OperationCatalogPresetsItem(TypedDict):
    name: Literal["web", "mobile", "ar", "archive", "print"]
    description: str
    recipe: "Recipe"


class RenderRequestImage(TypedDict, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model
    view: Union[Literal["front", "back", "left", "right", "top", "bottom", "three-quarter", "isometric"], Literal["best"], "RenderRequestImageView3"]
    #: A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`
    camera: Union[str, "RenderRequestImageCamera"]
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp
    fStop: float
    #: What is sharp, in metres along the view; without it the target, else the middle of the model
    focusDistance: float
    #: `transparent`, `environment` (the surroundings are seen), or an sRGB colour such as `#f4f4f5`; without it `transparent`, and `#ffffff` in a jpg
    background: Union[Literal["transparent", "environment"], str]
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: Colour space of the picture; its profile is part of the file
    colorSpace: Literal["srgb", "display-p3"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Frames a second that `shutter` refers to
    framesPerSecond: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: What to render, the first is the file that a render by URL gives. As EXR all are layers of one file, else those other than the picture are PNG files. `alpha`: share of the pixel that the model covers; `depth`: along the view axis, in the units of the model, which are metres; `normal`: in world space; `albedo`: base colour; `object` and `material`: ids (Cryptomatte in EXR, a colour each in PNG); `uv`: texture coordinates
    passes: List[Literal["beauty", "alpha", "depth", "normal", "albedo", "object", "material", "uv"]]
    #: Of the file
    format: Literal["png", "jpg", "webp", "avif", "exr"]
    #: Bits of a colour in exr: `half` 16, `float` 32
    exrDepth: Literal["half", "float"]
    #: Of jpg, webp and avif, 1 to 100
    quality: int
    kind: Literal["image"]


class RenderRequestImageView3(TypedDict):
    azimuth: float
    elevation: float


class _RenderRequestImageCamera(TypedDict):
    position: List[float]


class RenderRequestImageCamera(_RenderRequestImageCamera, total=False):
    target: List[float]
    up: List[float]


class _RenderRequestTurntable(TypedDict):
    kind: Literal["turntable"]


class RenderRequestTurntable(_RenderRequestTurntable, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    frames: int
    #: Of the first frame, in degrees
    azimuth: float
    #: In degrees
    elevation: float
    #: How far it turns. Full turns loop without a seam: the frame after the last is the first
    degrees: float
    #: How the model seems to turn, seen from above
    direction: Literal["counterclockwise", "clockwise"]
    #: `camera`: it goes round the model; `model`: the model turns and the environment stands still
    turn: Literal["camera", "model"]


class _RenderRequestCameraPath(TypedDict):
    kind: Literal["camera-path"]
    #: With rising times; all in the one form or all in the other
    keyframes: Union[List["RenderRequestCameraPathKeyframes1Item"], List["RenderRequestCameraPathKeyframes2Item"]]


class RenderRequestCameraPath(_RenderRequestCameraPath, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    #: `smooth`: Catmull-Rom splines whose knots are the times of the keyframes
    interpolation: Literal["smooth", "linear"]
    #: The last keyframe is the first again, so its frame is left out
    loop: bool


class _RenderRequestCameraPathKeyframes1Item(TypedDict):
    #: In seconds
    time: float
    position: List[float]
    #: What the camera looks at
    target: List[float]


class RenderRequestCameraPathKeyframes1Item(_RenderRequestCameraPathKeyframes1Item, total=False):
    #: Default: [0, 1, 0]
    up: List[float]
    #: Vertical, in degrees; the request's by default
    fieldOfView: float


class _RenderRequestCameraPathKeyframes2Item(TypedDict):
    #: In seconds
    time: float
    #: In degrees; may go beyond a full turn
    azimuth: float
    elevation: float


class RenderRequestCameraPathKeyframes2Item(_RenderRequestCameraPathKeyframes2Item, total=False):
    #: Times the distance from which the model is seen whole all along the path
    distance: float


class _RenderRequestAnimation(TypedDict):
    kind: Literal["animation"]


class RenderRequestAnimation(_RenderRequestAnimation, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the clip; the first of the file by default
    animation: str
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    #: Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model
    view: Union[Literal["front", "back", "left", "right", "top", "bottom", "three-quarter", "isometric"], Literal["best"], "RenderRequestAnimationView3"]
    #: A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`
    camera: Union[str, "RenderRequestAnimationCamera"]
    #: Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp
    fStop: float
    #: What is sharp, in metres along the view; without it the target, else the middle of the model
    focusDistance: float
    #: In seconds
    start: float
    #: In seconds; the end of the clip by default
    end: float


class RenderRequestAnimationView3(TypedDict):
    azimuth: float
    elevation: float


class _RenderRequestAnimationCamera(TypedDict):
    position: List[float]


class RenderRequestAnimationCamera(_RenderRequestAnimationCamera, total=False):
    target: List[float]
    up: List[float]


class _RenderRequestDataset(TypedDict):
    kind: Literal["dataset"]


class RenderRequestDataset(_RenderRequestDataset, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Turns the cameras about the vertical axis
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent`, and `#ffffff` for jpg
    background: Union[Literal["transparent", "environment"], str]
    views: int
    #: Where the cameras stand: evenly above the model, or all round it
    distribution: Literal["hemisphere", "sphere"]
    imageFormat: Literal["png", "jpg"]
    #: With the depth of every view, in metres along its axis, as EXR
    depth: bool
    #: Of jpg
    quality: int


class Render(TypedDict):
    #: Id of the render
    id: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the project
    projectId: str
    #: `preview` of an upload, a picture by `url`, or a `request` to `POST /v1/renders`
    purpose: Literal["preview", "url", "request"]
    #: That of its job
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    request: "RenderRequest"
    #: Id of the job
    job: str
    #: The picture: the first of `files`; of a sequence its first frame
    image: Optional["RenderImage"]
    #: All that was made: the picture and one file for each pass, or one EXR; of a sequence its file and its poster
    files: List["RenderFilesItem"]
    #: The newest picture in the making, of a render that was asked for with `progressPictures` and goes on
    progressPicture: Optional["RenderProgressPicture"]
    #: What it took; null until it has ended
    cost: Optional["RenderCost"]
    #: What it was expected to take; compare with `cost`. Null for previews and for what was there already
    estimate: Optional["RenderEstimate"]
    #: Why it failed, and what to do; null unless it did
    error: Optional["ErrorValue"]
    #: When it was asked for
    createdAt: str
    #: When it ended; null while it goes on
    finishedAt: Optional[str]


class RenderImage(TypedDict):
    #: Where the file is, relative to the server
    url: str
    #: Id of the derivative
    derivativeId: str
    contentType: str
    width: int
    height: int
    bytes: int


class RenderFilesItem(TypedDict):
    role: Literal["beauty", "alpha", "depth", "normal", "albedo", "object", "material", "uv", "layers", "video", "archive", "poster"]
    #: Where the file is, relative to the server
    url: str
    #: Id of the derivative
    derivativeId: str
    contentType: str
    width: int
    height: int
    bytes: int
    #: Of a video or an archive
    media: Optional["RenderFilesItemMedia"]
    #: Of a pass as PNG whose numbers need telling: depth and ids
    meaning: Optional[Union["RenderFilesItemMeaning1", "RenderFilesItemMeaning12"]]


class RenderFilesItemMedia(TypedDict):
    frames: int
    #: Frames a second; null where they are no film
    fps: Optional[float]
    #: How long it plays; null where the frames are no film
    seconds: Optional[float]


class RenderFilesItemMeaning1(TypedDict):
    #: Of depth: what 0 stands for, in the units of the model, which are metres
    near: float
    #: What 65534 stands for; 65535 is nothing
    far: float


class RenderFilesItemMeaning12(TypedDict):
    #: Of ids: the name of each colour that is seen, `#rrggbb`
    colors: Dict[str, str]


class RenderProgressPicture(TypedDict):
    #: As of the final picture; of avif and exr a WebP
    contentType: Literal["image/png", "image/jpeg", "image/webp"]
    #: Larger pictures are made smaller
    width: int
    height: int
    bytes: int
    #: Samples of a pixel so far
    samples: int
    url: str


class RenderCost(TypedDict):
    seconds: float
    rays: float
    triangles: int
    #: Most memory that the process held
    peakBytes: float
    warnings: List[str]
    #: Whether an earlier render of the same content and parameters was reused
    cached: bool


class RenderEstimate(TypedDict):
    #: Of the work itself; a queue comes on top
    seconds: float
    #: How many are followed
    rays: float
    #: Memory of the process that renders; it needs no more
    peakBytes: float
    #: How much it may use (`MAQUETTE_RENDER_MEMORY`)
    memoryLimit: float


class RenderEstimate2(TypedDict):
    #: Of the work itself; a queue comes on top
    seconds: float
    #: How many are followed
    rays: float
    #: Memory of the process that renders; it needs no more
    peakBytes: float
    #: How much it may use (`MAQUETTE_RENDER_MEMORY`)
    memoryLimit: float
    #: Whether the memory suffices; else the render is refused
    fits: bool
    #: The memory in bytes, by what it holds
    parts: Dict[str, float]


class Environment(TypedDict):
    #: Id of the environment
    id: str
    name: str
    format: Literal["hdr", "exr"]
    #: Of the picture, in pixels
    width: int
    height: int
    bytes: int
    sha256: str
    createdAt: str


class EnvironmentPage(TypedDict):
    #: The items of this page
    data: List["Environment"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class _EnvironmentForm(TypedDict):
    #: The picture
    file: bytes


class EnvironmentForm(_EnvironmentForm, total=False):
    #: Name of the environment; that of the file without it
    name: str
    #: SHA-256 of the picture in hexadecimal: checked
    sha256: str


class _RenderInputImage(TypedDict):
    #: Id of the asset
    assetId: str


class RenderInputImage(_RenderInputImage, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model
    view: Union[Literal["front", "back", "left", "right", "top", "bottom", "three-quarter", "isometric"], Literal["best"], "RenderInputImageView3"]
    #: A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`
    camera: Union[str, "RenderInputImageCamera"]
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp
    fStop: float
    #: What is sharp, in metres along the view; without it the target, else the middle of the model
    focusDistance: float
    #: `transparent`, `environment` (the surroundings are seen), or an sRGB colour such as `#f4f4f5`; without it `transparent`, and `#ffffff` in a jpg
    background: Union[Literal["transparent", "environment"], str]
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: Colour space of the picture; its profile is part of the file
    colorSpace: Literal["srgb", "display-p3"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Frames a second that `shutter` refers to
    framesPerSecond: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: What to render, the first is the file that a render by URL gives. As EXR all are layers of one file, else those other than the picture are PNG files. `alpha`: share of the pixel that the model covers; `depth`: along the view axis, in the units of the model, which are metres; `normal`: in world space; `albedo`: base colour; `object` and `material`: ids (Cryptomatte in EXR, a colour each in PNG); `uv`: texture coordinates
    passes: List[Literal["beauty", "alpha", "depth", "normal", "albedo", "object", "material", "uv"]]
    #: Of the file
    format: Literal["png", "jpg", "webp", "avif", "exr"]
    #: Bits of a colour in exr: `half` 16, `float` 32
    exrDepth: Literal["half", "float"]
    #: Of jpg, webp and avif, 1 to 100
    quality: int
    kind: Literal["image"]
    #: Show a picture of `path` while it is made: after 1, 2, 4, 8 … seconds a further one, which `render_progress` tells of. The final picture is the same with it and without
    progressPictures: bool


class RenderInputImageView3(TypedDict):
    azimuth: float
    elevation: float


class _RenderInputImageCamera(TypedDict):
    position: List[float]


class RenderInputImageCamera(_RenderInputImageCamera, total=False):
    target: List[float]
    up: List[float]


class _RenderInputTurntable(TypedDict):
    kind: Literal["turntable"]
    #: Id of the asset
    assetId: str


class RenderInputTurntable(_RenderInputTurntable, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    frames: int
    #: Of the first frame, in degrees
    azimuth: float
    #: In degrees
    elevation: float
    #: How far it turns. Full turns loop without a seam: the frame after the last is the first
    degrees: float
    #: How the model seems to turn, seen from above
    direction: Literal["counterclockwise", "clockwise"]
    #: `camera`: it goes round the model; `model`: the model turns and the environment stands still
    turn: Literal["camera", "model"]


class _RenderInputCameraPath(TypedDict):
    kind: Literal["camera-path"]
    #: With rising times; all in the one form or all in the other
    keyframes: Union[List["RenderInputCameraPathKeyframes1Item"], List["RenderInputCameraPathKeyframes2Item"]]
    #: Id of the asset
    assetId: str


class RenderInputCameraPath(_RenderInputCameraPath, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    #: `smooth`: Catmull-Rom splines whose knots are the times of the keyframes
    interpolation: Literal["smooth", "linear"]
    #: The last keyframe is the first again, so its frame is left out
    loop: bool


class _RenderInputCameraPathKeyframes1Item(TypedDict):
    #: In seconds
    time: float
    position: List[float]
    #: What the camera looks at
    target: List[float]


class RenderInputCameraPathKeyframes1Item(_RenderInputCameraPathKeyframes1Item, total=False):
    #: Default: [0, 1, 0]
    up: List[float]
    #: Vertical, in degrees; the request's by default
    fieldOfView: float


class _RenderInputCameraPathKeyframes2Item(TypedDict):
    #: In seconds
    time: float
    #: In degrees; may go beyond a full turn
    azimuth: float
    elevation: float


class RenderInputCameraPathKeyframes2Item(_RenderInputCameraPathKeyframes2Item, total=False):
    #: Times the distance from which the model is seen whole all along the path
    distance: float


class _RenderInputAnimation(TypedDict):
    kind: Literal["animation"]
    #: Id of the asset
    assetId: str


class RenderInputAnimation(_RenderInputAnimation, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Another number gives `path` other noise
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the clip; the first of the file by default
    animation: str
    #: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it
    shutter: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent` where the format has alpha (webm with vp9, gif, webp, mov, zip), else `#ffffff`
    background: Union[Literal["transparent", "environment"], str]
    format: Literal["mp4", "webm", "gif", "webp", "mov", "zip"]
    #: Of webm; only vp9 has alpha
    codec: Literal["vp9", "av1"]
    #: Of mp4, webm and webp
    quality: int
    #: Frames a second
    fps: int
    #: Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model
    view: Union[Literal["front", "back", "left", "right", "top", "bottom", "three-quarter", "isometric"], Literal["best"], "RenderInputAnimationView3"]
    #: A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`
    camera: Union[str, "RenderInputAnimationCamera"]
    #: Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp
    fStop: float
    #: What is sharp, in metres along the view; without it the target, else the middle of the model
    focusDistance: float
    #: In seconds
    start: float
    #: In seconds; the end of the clip by default
    end: float


class RenderInputAnimationView3(TypedDict):
    azimuth: float
    elevation: float


class _RenderInputAnimationCamera(TypedDict):
    position: List[float]


class RenderInputAnimationCamera(_RenderInputAnimationCamera, total=False):
    target: List[float]
    up: List[float]


class _RenderInputDataset(TypedDict):
    kind: Literal["dataset"]
    #: Id of the asset
    assetId: str


class RenderInputDataset(_RenderInputDataset, total=False):
    #: In pixels
    width: int
    #: In pixels
    height: int
    #: Vertical, in degrees
    fieldOfView: float
    #: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own
    projection: Literal["perspective", "orthographic"]
    #: Free border on each side, as a share of the image
    margin: float
    #: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`)
    environment: Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]
    #: Factor of the environment's light
    environmentIntensity: float
    #: How much the environment is blurred where it is the background, 0 to 1
    environmentBlur: float
    #: Turns the environment about +Y, in degrees
    environmentRotation: float
    #: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off
    lights: Literal["file", "none"]
    #: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it
    ground: Literal["none", "shadow", "reflective"]
    #: Brightens or darkens, in stops
    exposure: float
    #: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light
    toneMapping: Literal["neutral", "aces", "agx", "none"]
    #: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other
    integrator: Literal["preview", "path"]
    #: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
    samples: int
    #: Most times that light of `path` is scattered between surfaces before it reaches the one seen
    bounces: int
    #: Relative error at which a pixel of `path` is finished before it has all samples; 0: never
    noiseThreshold: float
    #: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer
    denoise: Literal["off", "fast", "high"]
    #: Turns the cameras about the vertical axis
    seed: int
    #: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material
    display: Literal["shaded", "wireframe", "uv-checker", "material-id"]
    #: Of the lines of a wireframe, in pixels
    lineWidth: float
    #: Name of the animation that poses the model; without it the first, when `time` is given
    animation: str
    #: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
    time: float
    #: Name of a variant of its materials (KHR_materials_variants)
    variant: str
    #: Default: `transparent`, and `#ffffff` for jpg
    background: Union[Literal["transparent", "environment"], str]
    views: int
    #: Where the cameras stand: evenly above the model, or all round it
    distribution: Literal["hemisphere", "sphere"]
    imageFormat: Literal["png", "jpg"]
    #: With the depth of every view, in metres along its axis, as EXR
    depth: bool
    #: Of jpg
    quality: int


class RenderJob(TypedDict):
    #: Id of the job
    id: str
    #: What it does
    kind: Literal["asset.ingest", "geometry.process", "geometry.recipe", "render.image", "render.frames", "render.sequence"]
    #: `queued` and `running` go on; `succeeded`, `failed` and `canceled` are ends
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    #: Share of its units of work that is done, 0 to 1
    progress: float
    #: What it is doing, in a word or two; empty before it begins
    stage: str
    #: Of equal ones the oldest is first; organisations take turns whatever it is
    priority: int
    #: How often it was begun; after a worker died it is begun again
    attempt: int
    #: Project of the asset
    projectId: Optional[str]
    #: The asset that it works on
    assetId: Optional[str]
    #: When it was asked for
    createdAt: str
    #: When a worker began with it; null while it waits
    startedAt: Optional[str]
    #: When it ended; null while it goes on
    finishedAt: Optional[str]
    #: Seconds that are left, by its pace so far; null when that cannot be told
    etaSeconds: Optional[float]
    #: What came of it, by its kind; null unless it succeeded
    result: Optional[Dict[str, Any]]
    #: Why it failed, and what to do; null unless it did
    error: Optional["ErrorValue"]
    render: "Render"


class RenderPage(TypedDict):
    #: The items of this page
    data: List["Render"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class Job(TypedDict):
    #: Id of the job
    id: str
    #: What it does
    kind: Literal["asset.ingest", "geometry.process", "geometry.recipe", "render.image", "render.frames", "render.sequence"]
    #: `queued` and `running` go on; `succeeded`, `failed` and `canceled` are ends
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    #: Share of its units of work that is done, 0 to 1
    progress: float
    #: What it is doing, in a word or two; empty before it begins
    stage: str
    #: Of equal ones the oldest is first; organisations take turns whatever it is
    priority: int
    #: How often it was begun; after a worker died it is begun again
    attempt: int
    #: Project of the asset
    projectId: Optional[str]
    #: The asset that it works on
    assetId: Optional[str]
    #: When it was asked for
    createdAt: str
    #: When a worker began with it; null while it waits
    startedAt: Optional[str]
    #: When it ended; null while it goes on
    finishedAt: Optional[str]
    #: Seconds that are left, by its pace so far; null when that cannot be told
    etaSeconds: Optional[float]
    #: What came of it, by its kind; null unless it succeeded
    result: Optional[Dict[str, Any]]
    #: Why it failed, and what to do; null unless it did
    error: Optional["ErrorValue"]


class JobPage(TypedDict):
    #: The items of this page
    data: List["Job"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class Batch(TypedDict):
    #: Id of the batch
    id: str
    #: As it was named
    projectId: Optional[str]
    #: `ended` when every piece has
    state: Literal["running", "ended"]
    counts: "BatchCounts"
    #: Of all pieces together
    progress: float
    createdAt: str
    items: List["BatchItemsItem"]


class BatchCounts(TypedDict):
    queued: int
    running: int
    succeeded: int
    failed: int
    canceled: int
    refused: int


class BatchItemsItem(TypedDict):
    #: Its place in the request, from 0
    index: int
    state: Literal["queued", "running", "succeeded", "failed", "canceled", "refused"]
    job: Optional[str]
    #: Of a render
    render: Optional[str]
    error: Optional["ErrorValue"]


class _BatchInput(TypedDict):
    items: List[Union["BatchInputItemsItem", "BatchInputItemsItem2"]]


class BatchInput(_BatchInput, total=False):
    #: Where all assets of its items lie: an item about another is refused. Roles in the project then count
    projectId: str


class BatchInputItemsItem(TypedDict):
    render: "RenderInput"


class BatchInputItemsItem2(TypedDict):
    recipe: "RecipeInput"
    #: Id of the asset
    assetId: str


class BatchPage(TypedDict):
    #: The items of this page
    data: List["BatchPageDataItem"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class BatchPageDataItem(TypedDict):
    #: Id of the batch
    id: str
    #: As it was named
    projectId: Optional[str]
    #: `ended` when every piece has
    state: Literal["running", "ended"]
    counts: "BatchPageDataItemCounts"
    #: Of all pieces together
    progress: float
    createdAt: str


class BatchPageDataItemCounts(TypedDict):
    queued: int
    running: int
    succeeded: int
    failed: int
    canceled: int
    refused: int


class Usage(TypedDict):
    storage: "UsageStorage"
    renderSeconds: "UsageRenderSeconds"
    jobsQueued: "UsageJobsQueued"
    jobsRunning: "UsageJobsRunning"
    #: The newest first; days without use are left out
    days: List["UsageDaysItem"]


class UsageStorage(TypedDict):
    #: Bytes of uploads, models and everything that was made of them
    used: float
    #: Null: no limit
    limit: Optional[float]


class UsageRenderSeconds(TypedDict):
    #: Of the current month (UTC)
    used: float
    #: Null: no limit
    limit: Optional[float]


class UsageJobsQueued(TypedDict):
    #: Jobs that wait
    used: float
    #: Null: no limit
    limit: Optional[float]


class UsageJobsRunning(TypedDict):
    #: Jobs at work; more wait for these
    used: float
    #: Null: no limit
    limit: Optional[float]


class UsageDaysItem(TypedDict):
    day: str
    #: Time that workers spent on its renders, failed attempts included
    renderSeconds: float
    #: Time that workers spent on all of its jobs
    workSeconds: float
    #: Jobs that ended
    jobs: int
    uploadedBytes: float
    #: The most that was stored on that day
    storageBytes: float


class Project(TypedDict):
    #: Id of the project
    id: str
    #: What people call it; need not be unique
    name: str
    #: Grows with each change; the ETag is made of it
    revision: int
    #: When it was made
    createdAt: str
    #: When it last changed
    updatedAt: str


class ProjectInput(TypedDict):
    name: str


class ProjectChange(TypedDict, total=False):
    name: str


class ProjectPage(TypedDict):
    #: The items of this page
    data: List["Project"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class ApiKey(TypedDict):
    #: Id of the apiKey
    id: str
    #: What it is for, to tell it from others
    name: str
    #: `test`: works on the test side of the organisation
    mode: Literal["live", "test"]
    #: The first characters, to tell keys apart
    prefix: str
    #: What it may do; each operation names the one that it needs
    scopes: List[Literal["projects:read", "projects:write", "assets:read", "assets:write", "renders:write", "jobs:read", "jobs:write", "events:read", "webhooks:read", "webhooks:write", "organization:write", "members:read", "members:write", "audit:read", "keys:read", "keys:write"]]
    #: When it was made
    createdAt: str
    #: When it ends by itself; null: never
    expiresAt: Optional[str]
    #: When it was last used; null: never
    lastUsedAt: Optional[str]
    #: When it was revoked; null while it counts
    revokedAt: Optional[str]
    #: Whose key it is; null: of the organisation
    serviceAccountId: Optional[str]


class _ApiKeyInput(TypedDict):
    #: What it is for
    name: str
    #: What it may do; each has to be among those of who asks
    scopes: List[Literal["projects:read", "projects:write", "assets:read", "assets:write", "renders:write", "jobs:read", "jobs:write", "events:read", "webhooks:read", "webhooks:write", "organization:write", "members:read", "members:write", "audit:read", "keys:read", "keys:write"]]


class ApiKeyInput(_ApiKeyInput, total=False):
    #: `test`: for the test side of the organisation (docs/test-mode.md)
    mode: Literal["live", "test"]
    #: When it ends by itself; never without
    expiresAt: str
    #: Whose key it shall be; unless told, that of the key that asks, if it is of one
    serviceAccountId: str


class NewApiKey(TypedDict):
    #: Id of the apiKey
    id: str
    #: What it is for, to tell it from others
    name: str
    #: `test`: works on the test side of the organisation
    mode: Literal["live", "test"]
    #: The first characters, to tell keys apart
    prefix: str
    #: What it may do; each operation names the one that it needs
    scopes: List[Literal["projects:read", "projects:write", "assets:read", "assets:write", "renders:write", "jobs:read", "jobs:write", "events:read", "webhooks:read", "webhooks:write", "organization:write", "members:read", "members:write", "audit:read", "keys:read", "keys:write"]]
    #: When it was made
    createdAt: str
    #: When it ends by itself; null: never
    expiresAt: Optional[str]
    #: When it was last used; null: never
    lastUsedAt: Optional[str]
    #: When it was revoked; null while it counts
    revokedAt: Optional[str]
    #: Whose key it is; null: of the organisation
    serviceAccountId: Optional[str]
    #: The secret itself, as `Authorization: Bearer` takes it. Shown this once
    key: str


class ApiKeyPage(TypedDict):
    #: The items of this page
    data: List["ApiKey"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class Me(TypedDict):
    #: Where the request works
    organization: "MeOrganization"
    #: The person, when one is signed in
    user: Optional["User"]
    #: The key that asks, if it is one
    apiKeyId: Optional[str]
    #: Whose key it is, if it is of one
    serviceAccountId: Optional[str]
    #: In the organisation
    role: Literal["owner", "admin", "editor", "viewer", "guest"]
    #: `test`: the organisation is the test side of the one that the key belongs to
    mode: Literal["live", "test"]
    #: What may be done
    scopes: List[Literal["projects:read", "projects:write", "assets:read", "assets:write", "renders:write", "jobs:read", "jobs:write", "events:read", "webhooks:read", "webhooks:write", "organization:write", "members:read", "members:write", "audit:read", "keys:read", "keys:write"]]
    #: Roles in single projects, by project id
    projectRoles: Dict[str, Literal["owner", "admin", "editor", "viewer", "guest"]]


class MeOrganization(TypedDict):
    """Where the request works"""

    #: Id of the organization
    id: str
    name: str


class Readiness(TypedDict):
    ready: Literal[True]


class _ValidationProfile(TypedDict):
    name: str
    rules: List["ValidationProfileRulesItem"]
    #: It comes with Maquette and cannot be changed
    builtIn: bool
    #: Null of a built-in one
    updatedAt: Optional[str]


class ValidationProfile(_ValidationProfile, total=False):
    description: str


class _ValidationProfileRulesItem(TypedDict):
    #: A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]


class ValidationProfileRulesItem(_ValidationProfileRulesItem, total=False):
    #: Smallest value that passes
    min: float
    #: Largest value that passes
    max: float
    #: For lists: the entries that pass
    only: List[str]
    #: A broken rule of severity `error` fails the profile; one of severity `warning` is told
    severity: Literal["error", "warning"]
    #: Told when the rule is broken, in place of the general advice
    why: str
    #: Where the limit comes from
    source: str


class _ValidationProfileInput(TypedDict):
    rules: List["ValidationProfileInputRulesItem"]


class ValidationProfileInput(_ValidationProfileInput, total=False):
    description: str
    #: As in the path; may be left out
    name: str


class _ValidationProfileInputRulesItem(TypedDict):
    #: A measurement (`triangles`), a check (`OPEN_BOUNDARIES`) or a list (`textureFormats`)
    of: Literal["fileBytes", "gltfBytes", "triangles", "vertices", "points", "lines", "splats", "drawCalls", "nodes", "meshes", "materials", "textures", "largestTexture", "texturesNotPowerOfTwo", "textureGpuBytes", "skins", "joints", "morphTargets", "animations", "animationSeconds", "cameras", "lights", "variants", "width", "height", "depth", "longestSide", "shortestSide", "lowestPoint", "footprintOffset", "validationErrors", "validationWarnings", "NON_FINITE_VALUES", "WEIGHTS_NOT_NORMALIZED", "NON_MANIFOLD_EDGES", "OPEN_BOUNDARIES", "INCONSISTENT_WINDING", "INSIDE_OUT_PARTS", "INVERTED_NORMALS", "DEGENERATE_TRIANGLES", "DUPLICATE_TRIANGLES", "SELF_INTERSECTIONS", "DISCONNECTED_PARTS", "UNUSED_VERTICES", "UNUSED_DATA", "UV_OVERLAP", "UV_OUT_OF_RANGE", "UNEVEN_TEXEL_DENSITY", "TEXTURE_TOO_LARGE", "TEXTURE_NOT_POWER_OF_TWO", "TEXTURE_FORMAT", "MISSING_TANGENTS", "EXTREME_SCALE", "FAR_FROM_ORIGIN", "ANIMATION_GAPS", "textureFormats", "extensions"]


class ValidationProfileInputRulesItem(_ValidationProfileInputRulesItem, total=False):
    #: Smallest value that passes
    min: float
    #: Largest value that passes
    max: float
    #: For lists: the entries that pass
    only: List[str]
    #: A broken rule of severity `error` fails the profile; one of severity `warning` is told
    severity: Literal["error", "warning"]
    #: Told when the rule is broken, in place of the general advice
    why: str
    #: Where the limit comes from
    source: str


class ValidationProfilePage(TypedDict):
    #: The items of this page
    data: List["ValidationProfile"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class ErrorValue(TypedDict):
    #: Out of a closed set, which `/docs/errors` explains
    code: str
    #: What is wrong, with names and figures
    message: str
    #: `input`: the request or the model has to change; `system`: the operator has to look
    fault: Literal["input", "system"]
    #: What to do about it
    remedy: Any


class EventModelUploaded(TypedDict):
    id: Optional[str]
    type: Literal["model_uploaded"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventModelUploadedSubject"
    data: "EventModelUploadedData"


class EventModelUploadedSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventModelUploadedData(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    name: str
    bytes: int


class EventModelProcessed(TypedDict):
    id: Optional[str]
    type: Literal["model_processed"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventModelProcessedSubject"
    data: "EventModelProcessedData"


class EventModelProcessedSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventModelProcessedData(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    format: str
    triangles: int
    seconds: float


class EventModelRejected(TypedDict):
    id: Optional[str]
    type: Literal["model_rejected"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventModelRejectedSubject"
    data: "EventModelRejectedData"


class EventModelRejectedSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventModelRejectedData(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    error: "ErrorValue"


class EventRenderRequested(TypedDict):
    id: Optional[str]
    type: Literal["render_requested"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRenderRequestedSubject"
    data: "EventRenderRequestedData"


class EventRenderRequestedSubject(TypedDict):
    type: Literal["render"]
    id: str


class EventRenderRequestedData(TypedDict):
    #: Id of the render
    renderId: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    purpose: Literal["preview", "url", "request"]


class EventRenderComplete(TypedDict):
    id: Optional[str]
    type: Literal["render_complete"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRenderCompleteSubject"
    data: "EventRenderCompleteData"


class EventRenderCompleteSubject(TypedDict):
    type: Literal["render"]
    id: str


class _EventRenderCompleteData(TypedDict):
    #: Id of the render
    renderId: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    purpose: Literal["preview", "url", "request"]
    #: Where the image is, relative to the server; of a sequence its video or archive
    url: str
    width: int
    height: int
    bytes: int
    seconds: float


class EventRenderCompleteData(_EventRenderCompleteData, total=False):
    #: All that was made, as in the render: that of `url` first, then its passes or its poster
    files: List["EventRenderCompleteDataFilesItem"]


class EventRenderCompleteDataFilesItem(TypedDict):
    role: Literal["beauty", "alpha", "depth", "normal", "albedo", "object", "material", "uv", "layers", "video", "archive", "poster"]
    #: Where the file is, relative to the server
    url: str
    #: Id of the derivative
    derivativeId: str
    contentType: str
    width: int
    height: int
    bytes: int


class EventRenderFailed(TypedDict):
    id: Optional[str]
    type: Literal["render_failed"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRenderFailedSubject"
    data: "EventRenderFailedData"


class EventRenderFailedSubject(TypedDict):
    type: Literal["render"]
    id: str


class EventRenderFailedData(TypedDict):
    #: Id of the render
    renderId: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    purpose: Literal["preview", "url", "request"]
    error: "ErrorValue"


class EventRecipeComplete(TypedDict):
    id: Optional[str]
    type: Literal["recipe_complete"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRecipeCompleteSubject"
    data: "EventRecipeCompleteData"


class EventRecipeCompleteSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventRecipeCompleteData(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    #: Id of the derivative
    derivativeId: str
    #: Where the model is, relative to the server
    url: str
    bytes: int
    triangles: int
    seconds: float


class EventRecipeFailed(TypedDict):
    id: Optional[str]
    type: Literal["recipe_failed"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRecipeFailedSubject"
    data: "EventRecipeFailedData"


class EventRecipeFailedSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventRecipeFailedData(TypedDict):
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    error: "ErrorValue"


class EventAssetDeleted(TypedDict):
    id: Optional[str]
    type: Literal["asset_deleted"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventAssetDeletedSubject"
    data: "EventAssetDeletedData"


class EventAssetDeletedSubject(TypedDict):
    type: Literal["asset"]
    id: str


class EventAssetDeletedData(TypedDict):
    #: Id of the asset
    assetId: str


class EventJobCanceled(TypedDict):
    id: Optional[str]
    type: Literal["job_canceled"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventJobCanceledSubject"
    data: "EventJobCanceledData"


class EventJobCanceledSubject(TypedDict):
    type: Literal["job"]
    id: str


class EventJobCanceledData(TypedDict):
    #: Id of the job
    jobId: str
    #: What the job is about
    assetId: Optional[str]
    kind: str


class EventJobRetried(TypedDict):
    id: Optional[str]
    type: Literal["job_retried"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventJobRetriedSubject"
    data: "EventJobRetriedData"


class EventJobRetriedSubject(TypedDict):
    type: Literal["job"]
    id: str


class EventJobRetriedData(TypedDict):
    #: Id of the job
    jobId: str
    #: What the job is about
    assetId: Optional[str]
    kind: str


class EventWebhookDisabled(TypedDict):
    id: Optional[str]
    type: Literal["webhook_disabled"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventWebhookDisabledSubject"
    data: "EventWebhookDisabledData"


class EventWebhookDisabledSubject(TypedDict):
    type: Literal["webhook"]
    id: str


class EventWebhookDisabledData(TypedDict):
    #: Id of the webhook
    webhookId: str
    #: `gone`: it answered 410; `failing`: nothing reached it for days
    reason: Literal["gone", "failing"]
    #: Where it delivered to
    url: str


class EventJobProgress(TypedDict):
    id: Optional[str]
    type: Literal["job_progress"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventJobProgressSubject"
    data: "EventJobProgressData"


class EventJobProgressSubject(TypedDict):
    type: Literal["job"]
    id: str


class EventJobProgressData(TypedDict):
    #: Id of the job
    jobId: str
    #: What the job is about
    assetId: Optional[str]
    kind: str
    progress: float
    stage: str


class EventRenderProgress(TypedDict):
    id: Optional[str]
    type: Literal["render_progress"]
    time: str
    #: Id of the organization
    organizationId: str
    projectId: Optional[str]
    subject: "EventRenderProgressSubject"
    data: "EventRenderProgressData"


class EventRenderProgressSubject(TypedDict):
    type: Literal["render"]
    id: str


class EventRenderProgressData(TypedDict):
    #: Id of the render
    renderId: str
    #: Id of the asset
    assetId: str
    #: Id of the version
    versionId: str
    #: Id of the job
    jobId: str
    #: Where the picture is, relative to the server
    url: str
    #: As of the final picture; of avif and exr a WebP
    contentType: Literal["image/png", "image/jpeg", "image/webp"]
    #: Larger pictures are made smaller
    width: int
    height: int
    bytes: int
    #: Samples of a pixel so far
    samples: int


class Webhook(TypedDict):
    #: Id of the webhook
    id: str
    #: Where events are sent to, by POST
    url: str
    #: For people
    description: str
    #: Types of events that it gets; every type when empty
    events: List[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled"]]
    #: Only events of this project; of all when null
    projectId: Optional[str]
    #: Whether it gets events
    enabled: bool
    #: `owner`: it was switched off; `gone`: its endpoint answered 410; `failing`: nothing reached it for days
    disabledBecause: Optional[Literal["owner", "gone", "failing"]]
    #: Since when no delivery has reached it; null when the last one did
    failingSince: Optional[str]
    #: Until when the secret before signs too
    previousSecretUntil: Optional[str]
    #: Grows with each change; the ETag is made of it
    revision: int
    #: When it was made
    createdAt: str
    #: When it last changed
    updatedAt: str


class _WebhookInput(TypedDict):
    #: Where events are sent to, by POST. Redirects are not followed
    url: str


class WebhookInput(_WebhookInput, total=False):
    #: For people
    description: str
    #: Types of events that it gets; every type when empty
    events: List[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled"]]
    #: Only events of this project; of all when null
    projectId: Optional[str]
    #: Whether it gets events
    enabled: bool


class WebhookChange(TypedDict, total=False):
    #: Where events are sent to, by POST. Redirects are not followed
    url: str
    #: For people
    description: str
    #: Types of events that it gets; every type when empty
    events: List[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled"]]
    #: Only events of this project; of all when null
    projectId: Optional[str]
    #: True also switches one on again that the server has switched off
    enabled: bool


class WebhookWithSecret(TypedDict):
    #: Id of the webhook
    id: str
    #: Where events are sent to, by POST
    url: str
    #: For people
    description: str
    #: Types of events that it gets; every type when empty
    events: List[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled"]]
    #: Only events of this project; of all when null
    projectId: Optional[str]
    #: Whether it gets events
    enabled: bool
    #: `owner`: it was switched off; `gone`: its endpoint answered 410; `failing`: nothing reached it for days
    disabledBecause: Optional[Literal["owner", "gone", "failing"]]
    #: Since when no delivery has reached it; null when the last one did
    failingSince: Optional[str]
    #: Until when the secret before signs too
    previousSecretUntil: Optional[str]
    #: Grows with each change; the ETag is made of it
    revision: int
    #: When it was made
    createdAt: str
    #: When it last changed
    updatedAt: str
    #: `whsec_` and the key in base64, as libraries of Standard Webhooks take it. Shown this once
    secret: str


class WebhookPage(TypedDict):
    #: The items of this page
    data: List["Webhook"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class WebhookDelivery(TypedDict):
    #: Id of the webhookDelivery
    id: str
    #: Id of the webhook
    webhookId: str
    #: The header `webhook-id`: the same in each attempt and each replay
    messageId: str
    eventType: Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled", "webhook_test"]
    state: Literal["pending", "succeeded", "failed", "canceled"]
    attempts: int
    #: When it is tried again, at the earliest
    nextAttemptAt: Optional[str]
    lastAttempt: Optional["WebhookDeliveryLastAttempt"]
    #: The delivery that this one repeats
    replayOf: Optional[str]
    createdAt: str
    finishedAt: Optional[str]


class WebhookDeliveryLastAttempt(TypedDict):
    number: int
    at: str
    #: HTTP status of the answer; null when none came
    status: Any
    #: From the start of the request to the end of the answer, or to its failure
    milliseconds: int
    #: The beginning of the answer, as text
    response: Any
    #: Why no answer came
    error: Any


class WebhookDeliveryDetails(TypedDict):
    #: Id of the webhookDelivery
    id: str
    #: Id of the webhook
    webhookId: str
    #: The header `webhook-id`: the same in each attempt and each replay
    messageId: str
    eventType: Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled", "webhook_test"]
    state: Literal["pending", "succeeded", "failed", "canceled"]
    attempts: int
    #: When it is tried again, at the earliest
    nextAttemptAt: Optional[str]
    lastAttempt: Optional["WebhookDeliveryDetailsLastAttempt"]
    #: The delivery that this one repeats
    replayOf: Optional[str]
    createdAt: str
    finishedAt: Optional[str]
    #: Every attempt, the first first
    log: List["WebhookDeliveryDetailsLogItem"]
    #: What is sent, to the byte
    body: str


class WebhookDeliveryDetailsLastAttempt(TypedDict):
    number: int
    at: str
    #: HTTP status of the answer; null when none came
    status: Any
    #: From the start of the request to the end of the answer, or to its failure
    milliseconds: int
    #: The beginning of the answer, as text
    response: Any
    #: Why no answer came
    error: Any


class WebhookDeliveryDetailsLogItem(TypedDict):
    number: int
    at: str
    #: HTTP status of the answer; null when none came
    status: Any
    #: From the start of the request to the end of the answer, or to its failure
    milliseconds: int
    #: The beginning of the answer, as text
    response: Any
    #: Why no answer came
    error: Any


class WebhookDeliveryPage(TypedDict):
    #: The items of this page
    data: List["WebhookDelivery"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class WebhookReplay(TypedDict):
    #: How many deliveries were made
    deliveries: int
    #: Where to go on from (`since`) when there were more than 10000 events; else null
    next: Optional[str]


class _WebhookReplayInput(TypedDict):
    #: Events from this time on
    since: str


class WebhookReplayInput(_WebhookReplayInput, total=False):
    #: Events before this time; until now unless given
    until: str


class _UploadForm(TypedDict):
    #: The model, or its files in parts of the same name; `filename` may hold a relative path
    file: List[bytes]


class UploadForm(_UploadForm, total=False):
    #: Name of the asset; that of the first file without it
    name: str
    #: The first project of the organisation without it
    projectId: str
    #: A JSON object; no settings are defined yet
    settings: str
    #: SHA-256 of each file in hexadecimal, in their order, with commas between them: checked
    sha256: str


class _VersionForm(TypedDict):
    #: The model, or its files in parts of the same name; `filename` may hold a relative path
    file: List[bytes]


class VersionForm(_VersionForm, total=False):
    #: SHA-256 of each file in hexadecimal, in their order, with commas between them: checked
    sha256: str


class _UrlUpload(TypedDict):
    #: https or http, of the public internet; redirects are followed, credentials in it are refused
    url: str


class UrlUpload(_UrlUpload, total=False):
    #: Name of the asset, and of the file; the last part of the URL without it
    name: str
    #: Id of the project
    projectId: str
    settings: "UrlUploadSettings"


class UrlUploadSettings(TypedDict):
    pass


class _UrlVersion(TypedDict):
    #: https or http, of the public internet; redirects are followed, credentials in it are refused
    url: str


class UrlVersion(_UrlVersion, total=False):
    #: Name of the file; the last part of the URL without it
    name: str


class _UploadsAsset(TypedDict):
    #: Resumable uploads that are complete and held (`hold` in their metadata): the files of the model
    uploads: List[str]


class UploadsAsset(_UploadsAsset, total=False):
    #: Name of the asset; that of the first file without it
    name: str
    #: Id of the project
    projectId: str
    settings: "UploadsAssetSettings"


class UploadsAssetSettings(TypedDict):
    pass


class UploadsVersion(TypedDict):
    #: Resumable uploads that are complete and held (`hold` in their metadata): the files of the model
    uploads: List[str]


class Upload(TypedDict):
    #: Id of the upload
    id: str
    #: `complete`: every byte is stored; a held one then waits for `POST /v1/assets` to name it
    state: Literal["uploading", "complete"]
    fileName: str
    #: Of the whole file; null while the client has not said
    bytes: Optional[int]
    #: Bytes that are stored: where to go on
    received: int
    #: `Upload-Metadata` as it was given
    metadata: str
    #: Where it was named, by itself or as that of the asset that it is a version for; who has a role there may go on
    projectId: Optional[str]
    #: The asset that was made of it
    assetId: Optional[str]
    createdAt: str
    #: It is forgotten then, unless further bytes come
    expiresAt: str


class Link(TypedDict):
    #: Path on this server, good for whoever has it, without a key; to be given away after its address
    url: str
    #: When it ends; null: with its key
    expiresAt: Optional[str]


class _LinkInput(TypedDict):
    #: Of a read, with its query: of a file, a model, a picture by URL
    path: str


class LinkInput(_LinkInput, total=False):
    #: How long it is good; without, as long as its key (for pictures on public pages)
    expiresInSeconds: int


class Share(TypedDict):
    #: Id of the share
    id: str
    #: Id of the asset
    assetId: str
    #: What it is for, to tell it from others
    name: str
    #: Path of the asset on this server, to be given away after its address; `/files`, `/model.glb` and so on work behind it as they do behind the asset
    url: str
    #: When it was made
    createdAt: str
    #: When it ends by itself; null: never
    expiresAt: Optional[str]
    #: When it was revoked; null while it counts
    revokedAt: Optional[str]
    #: Whether readers are asked for a password
    hasPassword: bool


class ShareInput(TypedDict, total=False):
    #: What it is for, to tell it from others
    name: str
    #: When it ends by itself; never without
    expiresAt: str
    #: Readers are asked for it (HTTP Basic; any user name). It is not shown again, and does not change
    password: str


class SharePage(TypedDict):
    #: The items of this page
    data: List["Share"]
    #: The `cursor` of the next page; null: this is the last
    nextCursor: Any


class CreateDirectUploadAnswer(TypedDict):
    #: Id of the upload
    id: str
    #: `complete`: every part is there and they were made one; a held one then waits for `POST /v1/assets`
    state: Literal["uploading", "complete"]
    fileName: str
    #: Of the whole file
    bytes: int
    #: Of each part; the last one has what is left
    partBytes: int
    #: How many there are to send
    parts: int
    #: Those that are there, in order; empty once the upload is complete
    received: List["CreateDirectUploadAnswerReceivedItem"]
    projectId: Optional[str]
    #: The asset that was made of it
    assetId: Optional[str]
    createdAt: str
    #: It is forgotten then, unless it is gone on with
    expiresAt: str


class CreateDirectUploadAnswerReceivedItem(TypedDict):
    #: Parts count from 1
    number: int
    bytes: int
    #: What the storage answered the part with, without quotes
    etag: str


class _CreateDirectUploadBody(TypedDict):
    #: Name of the file; may hold folders
    fileName: str
    #: Of the whole file
    bytes: int


class CreateDirectUploadBody(_CreateDirectUploadBody, total=False):
    #: Of the asset; that of the file without it
    name: str
    #: The first project of the organisation without it
    projectId: str
    #: Makes a further version of that asset
    assetId: str
    #: Of the whole file: what hashes to something else is rejected
    sha256: str
    #: No asset is made: `POST /v1/assets` with `uploads` makes one model of several files
    hold: bool


class GetDirectUploadAnswer(TypedDict):
    #: Id of the upload
    id: str
    #: `complete`: every part is there and they were made one; a held one then waits for `POST /v1/assets`
    state: Literal["uploading", "complete"]
    fileName: str
    #: Of the whole file
    bytes: int
    #: Of each part; the last one has what is left
    partBytes: int
    #: How many there are to send
    parts: int
    #: Those that are there, in order; empty once the upload is complete
    received: List["GetDirectUploadAnswerReceivedItem"]
    projectId: Optional[str]
    #: The asset that was made of it
    assetId: Optional[str]
    createdAt: str
    #: It is forgotten then, unless it is gone on with
    expiresAt: str


class GetDirectUploadAnswerReceivedItem(TypedDict):
    #: Parts count from 1
    number: int
    bytes: int
    #: What the storage answered the part with, without quotes
    etag: str


class SignPartsAnswer(TypedDict):
    parts: List["SignPartsAnswerPartsItem"]
    #: The URLs count until then; ask again for further ones
    expiresAt: str


class SignPartsAnswerPartsItem(TypedDict):
    #: Parts count from 1
    number: int
    #: Exactly so many are taken
    bytes: int
    #: Where they are PUT, without a key
    url: str
    #: To be sent along
    headers: Dict[str, str]


class SignPartsBody(TypedDict):
    parts: List["SignPartsBodyPartsItem"]


class _SignPartsBodyPartsItem(TypedDict):
    #: Parts count from 1
    number: int


class SignPartsBodyPartsItem(_SignPartsBodyPartsItem, total=False):
    #: Of the bytes of the part: the storage then takes no others
    sha256: str


class CompleteDirectUploadAnswer(TypedDict):
    #: Id of the upload
    id: str
    #: `complete`: every part is there and they were made one; a held one then waits for `POST /v1/assets`
    state: Literal["uploading", "complete"]
    fileName: str
    #: Of the whole file
    bytes: int
    #: Of each part; the last one has what is left
    partBytes: int
    #: How many there are to send
    parts: int
    #: Those that are there, in order; empty once the upload is complete
    received: List["CompleteDirectUploadAnswerReceivedItem"]
    projectId: Optional[str]
    #: The asset that was made of it
    assetId: Optional[str]
    createdAt: str
    #: It is forgotten then, unless it is gone on with
    expiresAt: str


class CompleteDirectUploadAnswerReceivedItem(TypedDict):
    #: Parts count from 1
    number: int
    bytes: int
    #: What the storage answered the part with, without quotes
    etag: str


class CompleteDirectUploadBody(TypedDict, total=False):
    #: As the storage answered them: one that it holds otherwise is refused. Without it, what the storage holds
    parts: List["CompleteDirectUploadBodyPartsItem"]


class CompleteDirectUploadBodyPartsItem(TypedDict):
    #: Parts count from 1
    number: int
    etag: str


class _CreateEnvironmentBody(TypedDict):
    #: https or http, of the public internet; redirects are followed, credentials in it are refused
    url: str


class CreateEnvironmentBody(_CreateEnvironmentBody, total=False):
    #: That of the last part of the URL without it
    name: str


class RotateWebhookSecretBody(TypedDict, total=False):
    #: How long the secret before still signs beside the new one; 0: it counts no more
    overlapHours: float


class SetProjectMemberBody(TypedDict):
    role: Literal["owner", "admin", "editor", "viewer"]


class SignInBody(TypedDict):
    email: str
    password: str


class UpdateSessionBody(TypedDict):
    #: Id of the organization
    organizationId: str


class ChangePasswordBody(TypedDict):
    currentPassword: str
    newPassword: str


class ResetPasswordBody(TypedDict):
    token: str
    newPassword: str


class _AcceptInvitationBody(TypedDict):
    token: str
    #: A new one, or the one of the account that the address has already
    password: str


class AcceptInvitationBody(_AcceptInvitationBody, total=False):
    #: Of a person who is new here
    name: str


class CreateOrganizationBody(TypedDict):
    name: str


class UpdateOrganizationBody(TypedDict, total=False):
    name: str
    #: All of them: one that is left out is allowed no more
    allowedOrigins: List[str]


class ChangeMemberBody(TypedDict):
    role: Literal["owner", "admin", "editor", "viewer", "guest"]


class CreatePasswordResetAnswer(TypedDict):
    token: str
    expiresAt: str


class _CreateInvitationBody(TypedDict):
    email: str


class CreateInvitationBody(_CreateInvitationBody, total=False):
    role: Literal["owner", "admin", "editor", "viewer"]
    #: The one project that a guest is invited to: there they have the role, in the organisation none
    projectId: str


class CreateTokenAnswer(TypedDict):
    access_token: str
    token_type: Literal["Bearer"]
    #: Seconds
    expires_in: int
    scope: str


class CreateTokenBody(TypedDict, total=False):
    grant_type: Literal["client_credentials"]
    #: Scopes with spaces between them; all that one has without it
    scope: str
    #: Not looked at: the key says who asks
    client_id: str


class GetSigningKeysAnswer(TypedDict):
    keys: List[Dict[str, str]]


class _CreateServiceAccountBody(TypedDict):
    name: str


class CreateServiceAccountBody(_CreateServiceAccountBody, total=False):
    role: Literal["owner", "admin", "editor", "viewer"]


class UpdateServiceAccountBody(TypedDict, total=False):
    name: str
    role: Literal["owner", "admin", "editor", "viewer"]


class UpdateApiKeyBody(TypedDict, total=False):
    name: str


class RotateApiKeyBody(TypedDict, total=False):
    #: How long the old key counts yet, in seconds
    overlapSeconds: int


class UpdateMeBody(TypedDict, total=False):
    name: str


class GetHealthAnswer(TypedDict):
    status: Literal["ok"]


class GetOpenApiAnswer(TypedDict):
    openapi: str


Operation = Union["OperationTransform", "OperationDedupe", "OperationPrune", "OperationStrip", "OperationRename", "OperationTag", "OperationFlatten", "OperationJoin", "OperationSplit", "OperationInstance", "OperationWeld", "OperationFillHoles", "OperationRepair", "OperationSimplify", "OperationLod", "OperationNormals", "OperationTangents", "OperationHull", "OperationSlice", "OperationBoolean", "OperationRemesh", "OperationVoxelize", "OperationSample", "OperationConvexDecompose", "OperationCollider", "OperationNavmesh", "OperationUnwrap", "OperationBakeOcclusion", "OperationBake", "OperationAtlas", "OperationResample", "OperationTextures", "OperationQuantize", "OperationMeshopt", "OperationDraco"]


RenderRequest = Union["RenderRequestImage", "RenderRequestTurntable", "RenderRequestCameraPath", "RenderRequestAnimation", "RenderRequestDataset"]


RenderInput = Union["RenderInputImage", "RenderInputTurntable", "RenderInputCameraPath", "RenderInputAnimation", "RenderInputDataset"]


Event = Union["EventModelUploaded", "EventModelProcessed", "EventModelRejected", "EventRenderRequested", "EventRenderComplete", "EventRenderFailed", "EventRecipeComplete", "EventRecipeFailed", "EventAssetDeleted", "EventJobCanceled", "EventJobRetried", "EventWebhookDisabled", "EventJobProgress", "EventRenderProgress"]
