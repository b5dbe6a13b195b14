"""The operations of the API."""

# Generated from the OpenAPI document by `npm run docs`: change contracts/rest in place of it.

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Literal, Optional, Sequence, Union
from urllib.parse import quote

from . import models
from .transport import TUS, Download, File, Transport


def _path(value: Any) -> str:
    return quote(str(value), safe="")


class Client(Transport):
    """A client of one server, in the name of one key. Methods raise ``MaquetteError``."""

    def create_asset(
        self,
        *,
        files: Optional[Sequence[File]] = None,
        name: Optional[str] = None,
        project_id: Optional[str] = None,
        settings: Optional[str] = None,
        sha256: Optional[str] = None,
        body: Optional[Union["models.UrlUpload", "models.UploadsAsset"]] = None,
        priority: Optional[int] = None,
    ) -> "models.Asset":
        """Upload a model.

        As a form (`multipart/form-data`) with one or several `file` parts, or as a raw body with `?name=`. Several files make one model: a glTF with its buffers and textures, an OBJ with its MTL. Give them their relative names (`textures/wood.png`). The format is recognised from the bytes, not from the name. Answers as soon as the bytes are stored: the asset is `processing`, and its `job` (or `GET /v1/events`) tells when it is `ready` or `failed`. A model that cannot be read ends as `failed` with the reason and what to do; its file is kept and can be downloaded. As JSON with a `url` the server fetches the file itself, by a job: the asset is `uploading` until the bytes are there, then `processing` with a further job. With `uploads` it makes one model of resumable uploads that were held.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param priority: Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin
        :param name: Name of the asset, and of the file when the body is raw
        :param project_id: Id of the project
        """
        return self._json("POST", "/v1/assets", query={"priority": priority}, fields={"name": name, "projectId": project_id, "settings": settings, "sha256": sha256}, files=files, body=body)

    def list_assets(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        project_id: Optional[str] = None,
        state: Optional[Literal["uploading", "processing", "ready", "failed"]] = None,
        name: Optional[str] = None,
    ) -> "models.AssetPage":
        """List assets.

        Newest first, by project, state or part of the name.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param project_id: Id of the project
        :param state: Only those in this state
        :param name: Part of the name, whatever its case
        """
        return self._json("GET", "/v1/assets", query={"limit": limit, "cursor": cursor, "projectId": project_id, "state": state, "name": name})

    def iter_assets(
        self,
        *,
        limit: Optional[int] = None,
        project_id: Optional[str] = None,
        state: Optional[Literal["uploading", "processing", "ready", "failed"]] = None,
        name: Optional[str] = None,
    ) -> Iterator["models.Asset"]:
        """List assets: all of them, page after page."""
        return self._pages("/v1/assets", {"limit": limit, "projectId": project_id, "state": state, "name": name})

    def get_asset(
        self,
        asset_id: str,
    ) -> "models.Asset":
        """Read an asset.

        The asset with the report, preview or error of its newest version.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        """
        return self._json("GET", f"/v1/assets/{_path(asset_id)}")

    def update_asset(
        self,
        asset_id: str,
        body: "models.AssetChange",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Asset":
        """Rename or move an asset.

        Fields that are left out stay as they are.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param asset_id: Id of the asset
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/assets/{_path(asset_id)}", headers={"If-Match": if_match}, body=body)

    def delete_asset(
        self,
        asset_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an asset.

        With its versions, files, derivatives and renders. Its unfinished jobs are canceled.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param asset_id: Id of the asset
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/assets/{_path(asset_id)}", headers={"If-Match": if_match})

    def get_report(
        self,
        asset_id: str,
        *,
        profile: Optional[str] = None,
    ) -> "models.AssetReport":
        """Validation and measurements.

        What was found and measured on the newest version, and with `profile` whether it keeps to the limits of a profile (`verdict`), a built-in one or one of the organisation (`GET /v1/validation-profiles`). Answers 409 while it is still being processed, or when it could not be.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param profile: Judges the model by this profile, a built-in one or one of the organisation; the answer then has a `verdict`
        """
        return self._json("GET", f"/v1/assets/{_path(asset_id)}/report", query={"profile": profile})

    def create_version(
        self,
        asset_id: str,
        *,
        files: Optional[Sequence[File]] = None,
        sha256: Optional[str] = None,
        body: Optional[Union["models.UrlVersion", "models.UploadsVersion"]] = None,
        priority: Optional[int] = None,
        name: Optional[str] = None,
    ) -> "models.Asset":
        """Upload a further version.

        The body is that of `POST /v1/assets`. Earlier versions stay. Answers as soon as the bytes are stored: the asset is `processing`, and its `job` (or `GET /v1/events`) tells when it is `ready` or `failed`. A model that cannot be read ends as `failed` with the reason and what to do; its file is kept and can be downloaded.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param asset_id: Id of the asset
        :param priority: Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin
        :param name: Name of the file when the body is raw
        """
        return self._json("POST", f"/v1/assets/{_path(asset_id)}/versions", query={"priority": priority, "name": name}, fields={"sha256": sha256}, files=files, body=body)

    def list_versions(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.AssetVersionPage":
        """List versions.

        Newest first. Versions never change.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", f"/v1/assets/{_path(asset_id)}/versions", query={"limit": limit, "cursor": cursor})

    def iter_versions(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.AssetVersion"]:
        """List versions: all of them, page after page."""
        return self._pages(f"/v1/assets/{_path(asset_id)}/versions", {"limit": limit})

    def list_files(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        version: Optional[int] = None,
    ) -> "models.AssetFilePage":
        """List the files of a version.

        The originals as they were uploaded, and the normalised GLB. Of the newest version without `version`.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param version: Number of the version; the newest where it may be left out
        """
        return self._json("GET", f"/v1/assets/{_path(asset_id)}/files", query={"limit": limit, "cursor": cursor, "version": version})

    def iter_files(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
        version: Optional[int] = None,
    ) -> Iterator["models.AssetFile"]:
        """List the files of a version: all of them, page after page."""
        return self._pages(f"/v1/assets/{_path(asset_id)}/files", {"limit": limit, "version": version})

    def list_derivatives(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.DerivativePage":
        """List derivatives.

        What was made from the asset: previews, renders and results of recipes, newest first.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", f"/v1/assets/{_path(asset_id)}/derivatives", query={"limit": limit, "cursor": cursor})

    def iter_derivatives(
        self,
        asset_id: str,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Derivative"]:
        """List derivatives: all of them, page after page."""
        return self._pages(f"/v1/assets/{_path(asset_id)}/derivatives", {"limit": limit})

    def create_upload(
        self,
        *,
        content: bytes = b"",
        upload_length: Optional[int] = None,
        upload_defer_length: Optional[Literal["1"]] = None,
        upload_metadata: Optional[str] = None,
        upload_checksum: Optional[str] = None,
    ) -> "models.Upload":
        """Begin a resumable upload.

        The tus protocol 1.0.0 (https://tus.io): any client of it works, with this address as its endpoint. The first bytes may come as the body. When the last byte is stored the asset is made, in state `uploading`, and a job brings its file together; the answer names it in `Upload-Asset`.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param upload_length: Bytes of the whole file
        :param upload_defer_length: In place of `Upload-Length`: a later request tells it
        :param upload_metadata: Pairs of a key and a value in base64, with commas between them: `filename` (may hold folders), `name`, `projectId`, `assetId` (makes a further version), `sha256` (of the whole file, in hexadecimal, checked), `hold` (`true`: wait for `POST /v1/assets` with `uploads`). Others are kept as they are
        :param upload_checksum: Digest of the bytes of this request: one of sha1, sha256, sha512, md5, a space, the digest in base64
        """
        return self._json("POST", "/v1/uploads", headers={**TUS, "Upload-Length": upload_length, "Upload-Defer-Length": upload_defer_length, "Upload-Metadata": upload_metadata, "Upload-Checksum": upload_checksum}, content=content)

    def get_upload(
        self,
        upload_id: str,
    ) -> "models.Upload":
        """Read an upload.

        With HEAD, as tus clients ask, the headers tell how far it has come.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param upload_id: Id of the upload
        """
        return self._json("GET", f"/v1/uploads/{_path(upload_id)}", headers=TUS)

    def write_upload(
        self,
        upload_id: str,
        *,
        content: bytes = b"",
        upload_offset: int,
        upload_length: Optional[int] = None,
        upload_checksum: Optional[str] = None,
    ) -> None:
        """Add bytes to an upload.

        From `Upload-Offset` on. What came before a connection broke stays: ask with HEAD where to go on. With `Upload-Checksum` all bytes of the request count or none. A newer request takes over from an older one, which gets 409.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param upload_id: Id of the upload
        :param upload_offset: Where the bytes belong: what `HEAD` says
        :param upload_length: Bytes of the whole file
        :param upload_checksum: Digest of the bytes of this request: one of sha1, sha256, sha512, md5, a space, the digest in base64
        """
        return self._json("PATCH", f"/v1/uploads/{_path(upload_id)}", headers={**TUS, "Upload-Offset": upload_offset, "Upload-Length": upload_length, "Upload-Checksum": upload_checksum}, content=content)

    def delete_upload(
        self,
        upload_id: str,
    ) -> None:
        """Give an upload up.

        What came of it is deleted. An asset that was made of it stays.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param upload_id: Id of the upload
        """
        return self._json("DELETE", f"/v1/uploads/{_path(upload_id)}", headers=TUS)

    def create_direct_upload(
        self,
        body: "models.CreateDirectUploadBody",
    ) -> "models.CreateDirectUploadAnswer":
        """Begin an upload straight to the storage.

        For servers that keep their objects in an S3 storage which clients can reach; others answer `not_offered`, and take tus (`/v1/uploads`) or one request (`/v1/assets`). The file goes in parts of `partBytes`: ask for their URLs, PUT them, and complete the upload.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.
        """
        return self._json("POST", "/v1/direct-uploads", body=body)

    def get_direct_upload(
        self,
        direct_upload_id: str,
    ) -> "models.GetDirectUploadAnswer":
        """Read an upload straight to the storage.

        With the parts that are there: whoever was interrupted sends the others.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param direct_upload_id: Id of the upload
        """
        return self._json("GET", f"/v1/direct-uploads/{_path(direct_upload_id)}")

    def delete_direct_upload(
        self,
        direct_upload_id: str,
    ) -> None:
        """Give up an upload straight to the storage.

        What came of it is removed within a minute. An asset that was made of it stays.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param direct_upload_id: Id of the upload
        """
        return self._json("DELETE", f"/v1/direct-uploads/{_path(direct_upload_id)}")

    def sign_parts(
        self,
        direct_upload_id: str,
        body: "models.SignPartsBody",
    ) -> "models.SignPartsAnswer":
        """Get the URLs of parts.

        Each takes one PUT of exactly the bytes of its part, from `(number - 1) * partBytes` on, until it expires; ask again for those that are needed anew. A part may be sent again, and several at once.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param direct_upload_id: Id of the upload
        """
        return self._json("POST", f"/v1/direct-uploads/{_path(direct_upload_id)}/parts", body=body)

    def complete_direct_upload(
        self,
        direct_upload_id: str,
        body: "models.CompleteDirectUploadBody",
    ) -> "models.CompleteDirectUploadAnswer":
        """Complete an upload straight to the storage.

        When every part is there: the asset is made, in state `uploading`, and a job hashes its file and brings it to its place. Repeating it changes nothing.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param direct_upload_id: Id of the upload
        """
        return self._json("POST", f"/v1/direct-uploads/{_path(direct_upload_id)}/complete", body=body)

    def create_link(
        self,
        body: "models.LinkInput",
    ) -> "models.Link":
        """Sign a link.

        A link to one download or picture by URL, good for whoever has it, until it expires. Nothing is kept of it: it cannot be revoked by itself, only with its key (`MAQUETTE_LINK_KEYS`). What can be revoked is a share.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.
        """
        return self._json("POST", "/v1/links", body=body)

    def create_share(
        self,
        asset_id: str,
        body: "models.ShareInput",
    ) -> "models.Share":
        """Share an asset.

        A link under which anybody may read the asset, its files, its normalised model and its derivatives, until it is revoked or expires; with a password, whoever knows that too. New pictures and other formats are not made for it.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param asset_id: Id of the asset
        """
        return self._json("POST", f"/v1/assets/{_path(asset_id)}/shares", body=body)

    def list_shares(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        asset_id: Optional[str] = None,
    ) -> "models.SharePage":
        """List shares.

        Newest first, those that were revoked or have expired included.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param asset_id: Id of the asset
        """
        return self._json("GET", "/v1/shares", query={"limit": limit, "cursor": cursor, "assetId": asset_id})

    def iter_shares(
        self,
        *,
        limit: Optional[int] = None,
        asset_id: Optional[str] = None,
    ) -> Iterator["models.Share"]:
        """List shares: all of them, page after page."""
        return self._pages("/v1/shares", {"limit": limit, "assetId": asset_id})

    def get_share(
        self,
        share_id: str,
    ) -> "models.Share":
        """Read a share.

        With its link, also when it was revoked or has expired.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param share_id: Id of the share
        """
        return self._json("GET", f"/v1/shares/{_path(share_id)}")

    def revoke_share(
        self,
        share_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Revoke a share.

        Its link is good no more, at once. It stays in the list.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param share_id: Id of the share
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/shares/{_path(share_id)}", headers={"If-Match": if_match})

    def download_file(
        self,
        asset_id: str,
        version: int,
        name: str,
        *,
        range: Optional[str] = None,
    ) -> Download:
        """Download a file of a version.

        An original as it was uploaded, byte by byte, or the normalised GLB. A `/` in a name is written `%2F`. Ranges are answered.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param version: Number of the version; the newest where it may be left out
        :param name: Name of the file, as the list of files tells it
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        """
        return self._bytes("GET", f"/v1/assets/{_path(asset_id)}/versions/{_path(version)}/files/{_path(name)}", headers={"Range": range})

    def download_model(
        self,
        asset_id: str,
        *,
        version: Optional[int] = None,
        range: Optional[str] = None,
    ) -> Download:
        """Download the model as GLB.

        The normalised model: glTF 2.0, metres, +Y up. Of the newest version without `version`. Answers 409 while it is being processed, or when it could not be.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param version: Number of the version; the newest where it may be left out
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        """
        return self._bytes("GET", f"/v1/assets/{_path(asset_id)}/model.glb", query={"version": version}, headers={"Range": range})

    def export_model(
        self,
        asset_id: str,
        format: Literal["gltf", "usdz", "fbx", "obj", "stl", "ply", "3mf"],
        *,
        unit: Optional[Literal["mm", "cm", "in", "ft", "m"]] = None,
        up: Optional[Literal["y", "z"]] = None,
        encoding: Optional[Literal["binary", "text"]] = None,
        animation: Optional[str] = None,
        time: Optional[float] = None,
        version: Optional[int] = None,
        range: Optional[str] = None,
        prefer: Optional[str] = None,
    ) -> Download:
        """Download the model in another format.

        Written when it is asked for the first time, and kept: each version is written once in each form. A format of several files (glTF, OBJ) comes as a zip. What the format cannot hold is listed in the report of the derivative (`GET /v1/assets/{assetId}/derivatives`). Of the newest version without `version`. Waits up to 60 seconds, or as many as `Prefer: wait=N` says (for the asset too, when it was just uploaded); when that is not enough answers 202 with the job, or 503 with `Retry-After` while the asset is processed, and the work goes on.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param format: The format that is wanted
        :param unit: Unit of lengths in the file, where the format leaves it open
        :param up: The axis that points up in the file, where the format leaves it open
        :param encoding: Of formats that have both
        :param animation: The animation in whose pose the model is written, in formats that hold none; without, it is at rest. In formats that hold one, the animation; without, the first
        :param time: Seconds from the beginning of the animation
        :param version: Number of the version; the newest where it may be left out
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        :param prefer: `wait=N`: wait up to N seconds (60 at most) for the end of the work (RFC 7240)
        """
        return self._bytes("GET", f"/v1/assets/{_path(asset_id)}/model.{_path(format)}", query={"unit": unit, "up": up, "encoding": encoding, "animation": animation, "time": time, "version": version}, headers={"Range": range, "Prefer": prefer})

    def get_derivative(
        self,
        derivative_id: str,
    ) -> "models.Derivative":
        """Read a derivative.

        What it was made from, how, and where its file is.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param derivative_id: Id of the derivative
        """
        return self._json("GET", f"/v1/derivatives/{_path(derivative_id)}")

    def download_derivative(
        self,
        derivative_id: str,
        *,
        range: Optional[str] = None,
    ) -> Download:
        """Download a derivative.

        The image or file itself. It never changes.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param derivative_id: Id of the derivative
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        """
        return self._bytes("GET", f"/v1/derivatives/{_path(derivative_id)}/file", headers={"Range": range})

    def render_by_url(
        self,
        asset_id: str,
        ending: Literal["png", "jpg", "jpeg", "webp", "avif"],
        *,
        width: Optional[int] = None,
        height: Optional[int] = None,
        view: Optional[str] = None,
        camera: Optional[str] = None,
        field_of_view: Optional[float] = None,
        projection: Optional[Literal["perspective", "orthographic"]] = None,
        margin: Optional[float] = None,
        f_stop: Optional[float] = None,
        focus_distance: Optional[float] = None,
        background: Optional[Union[Literal["transparent", "environment"], str]] = None,
        environment: Optional[Union[Literal["studio", "apartment", "city", "dawn", "forest", "lobby", "night", "park", "sunset", "warehouse"], str]] = None,
        environment_intensity: Optional[float] = None,
        environment_blur: Optional[float] = None,
        environment_rotation: Optional[float] = None,
        lights: Optional[Literal["file", "none"]] = None,
        ground: Optional[Literal["none", "shadow", "reflective"]] = None,
        exposure: Optional[float] = None,
        tone_mapping: Optional[Literal["neutral", "aces", "agx", "none"]] = None,
        color_space: Optional[Literal["srgb", "display-p3"]] = None,
        integrator: Optional[Literal["preview", "path"]] = None,
        samples: Optional[int] = None,
        bounces: Optional[int] = None,
        noise_threshold: Optional[float] = None,
        denoise: Optional[Literal["off", "fast", "high"]] = None,
        seed: Optional[int] = None,
        display: Optional[Literal["shaded", "wireframe", "uv-checker", "material-id"]] = None,
        line_width: Optional[float] = None,
        animation: Optional[str] = None,
        time: Optional[float] = None,
        shutter: Optional[float] = None,
        frames_per_second: Optional[float] = None,
        variant: Optional[str] = None,
        passes: Optional[List[Literal["beauty", "alpha", "depth", "normal", "albedo", "object", "material", "uv"]]] = None,
        exr_depth: Optional[Literal["half", "float"]] = None,
        quality: Optional[int] = None,
        azimuth: Optional[float] = None,
        elevation: Optional[float] = None,
        range: Optional[str] = None,
    ) -> Download:
        """A picture of the asset, by URL.

        Rendered when it is asked for the first time, and kept: the same content and parameters are rendered once. Waits up to 60 seconds for the picture (and for the asset, when it was just uploaded); when that is not enough answers 503 with `Retry-After`, and the work goes on.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param asset_id: Id of the asset
        :param ending: The format of the picture
        :param width: In pixels. Default: `800`
        :param height: In pixels. Default: `600`
        :param view: Where the camera looks from: a named direction, azimuth and elevation in degrees: `45,20`, or `best`: what shows most of the model. Written short or as JSON. Names: front, back, left, right, top, bottom, three-quarter, isometric, best. Default: `three-quarter`
        :param camera: A camera of the file by name, or a place: `{"position":[2,1,3],"target":[0,0.5,0]}` in metres; wins over `view`. Written short or as JSON
        :param field_of_view: Vertical, in degrees. Default: `35`
        :param projection: `orthographic`: parallel rays, so that lengths across the view keep their proportions; a placed camera then shows what it would show of the plane through its target. Cameras of the file have a projection of their own. Default: `perspective`
        :param margin: Free border on each side, as a share of the image. Default: `0.06`
        :param f_stop: Depth of field: f-number of a full-frame lens, such as 2.8; without it everything is sharp
        :param focus_distance: What is sharp, in metres along the view; without it the target, else the middle of the model
        :param background: `transparent`, `environment` (the surroundings are seen), or an sRGB colour such as `#f4f4f5`; without it `transparent`, and `#ffffff` in a jpg
        :param environment: What lights the model and is mirrored by it: a name, or the id of an uploaded environment (`env_…`). Default: `studio`
        :param environment_intensity: Factor of the environment's light. Default: `1`
        :param environment_blur: How much the environment is blurred where it is the background, 0 to 1. Default: `0`
        :param environment_rotation: Turns the environment about +Y, in degrees. Default: `0`
        :param lights: `file`: lamps of the file (KHR_lights_punctual) light the model beside the environment; `none`: they are off. Default: `file`
        :param ground: `none`; `shadow`: the model stands on ground that shows nothing but its soft shadow; `reflective`: ground that also mirrors it. Default: `none`
        :param exposure: Brightens or darkens, in stops. Default: `0`
        :param tone_mapping: `neutral`: Khronos PBR Neutral, which keeps base colours; `aces`: filmic, contrasty; `agx`: soft, bright colours fade to white; `none`: light is cut off at 1. Without effect in exr, which holds linear light. Default: `neutral`
        :param color_space: Colour space of the picture; its profile is part of the file. Default: `srgb`
        :param integrator: `preview`: light from around the model with traced occlusion, without noise and at once; `path`: path tracing, with all light that surfaces, glass and lamps send to each other. Default: `preview`
        :param samples: Samples a pixel: 8 for `preview` (32 with depth of field), which takes at most 64, and at most 128 for `path`, unless given
        :param bounces: Most times that light of `path` is scattered between surfaces before it reaches the one seen. Default: `8`
        :param noise_threshold: Relative error at which a pixel of `path` is finished before it has all samples; 0: never. Default: `0.02`
        :param denoise: Takes the noise out of pictures of `path`: `off`, `fast`, or `high`, which keeps more detail and takes longer. Default: `fast`
        :param seed: Another number gives `path` other noise. Default: `0`
        :param display: `shaded`, or a view for quality control: `wireframe`: edges of triangles, those behind surfaces hidden; `uv-checker`: a checker in texture space, magenta where coordinates are missing; `material-id`: a colour a material. Default: `shaded`
        :param line_width: Of the lines of a wireframe, in pixels. Default: `1`
        :param animation: Name of the animation that poses the model; without it the first, when `time` is given
        :param time: Moment of the animation in seconds; without it and without `animation` the model is in rest pose
        :param shutter: Motion blur: share of the time between two frames that the shutter is open; 0: none, 0.5: as films have it. Default: `0`
        :param frames_per_second: Frames a second that `shutter` refers to. Default: `24`
        :param variant: Name of a variant of its materials (KHR_materials_variants)
        :param passes: What to render, the first is the file that a render by URL gives. As EXR all are layers of one file, else those other than the picture are PNG files. `alpha`: share of the pixel that the model covers; `depth`: along the view axis, in the units of the model, which are metres; `normal`: in world space; `albedo`: base colour; `object` and `material`: ids (Cryptomatte in EXR, a colour each in PNG); `uv`: texture coordinates. Items with commas between them. Default: `beauty`
        :param exr_depth: Bits of a colour in exr: `half` 16, `float` 32. Default: `half`
        :param quality: Of jpg, webp and avif, 1 to 100. Default: `85`
        :param azimuth: Azimuth in degrees; wins over `view`
        :param elevation: Elevation in degrees; wins over `view`
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        """
        return self._bytes("GET", f"/v1/assets/{_path(asset_id)}/render.{_path(ending)}", query={"width": width, "height": height, "view": view, "camera": camera, "fieldOfView": field_of_view, "projection": projection, "margin": margin, "fStop": f_stop, "focusDistance": focus_distance, "background": background, "environment": environment, "environmentIntensity": environment_intensity, "environmentBlur": environment_blur, "environmentRotation": environment_rotation, "lights": lights, "ground": ground, "exposure": exposure, "toneMapping": tone_mapping, "colorSpace": color_space, "integrator": integrator, "samples": samples, "bounces": bounces, "noiseThreshold": noise_threshold, "denoise": denoise, "seed": seed, "display": display, "lineWidth": line_width, "animation": animation, "time": time, "shutter": shutter, "framesPerSecond": frames_per_second, "variant": variant, "passes": passes, "exrDepth": exr_depth, "quality": quality, "azimuth": azimuth, "elevation": elevation}, headers={"Range": range})

    def run_recipe(
        self,
        asset_id: str,
        body: "models.RecipeInput",
        *,
        priority: Optional[int] = None,
        prefer: Optional[str] = None,
    ) -> "models.RecipeJob":
        """Carry a recipe out on an asset.

        Operations in their order, a preset, or a graph (`nodes` and `outputs`) of several results; with limits that the result has to keep to (`gates`) and a size to come down to (`target`). The newest version is taken, and stays as it is: each result is a derivative, in each of its formats. Answers 202 with the job; with `Prefer: wait=N` waits up to N seconds and answers 200 when it has ended in time, whichever way (see its `state` and `error`). The `derivative` is there when the job has succeeded, with the report of what was done, what it cost and how far the result is from its source. The same recipe on the same version is carried out once. `boolean` can take another asset (`with`), which whoever asks has to be allowed to read (`assets:read`); its newest version is taken. What operations there are: `GET /v1/operations`.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param asset_id: Id of the asset
        :param priority: Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin
        :param prefer: `wait=N`: wait up to N seconds (60 at most) for the end of the work (RFC 7240)
        """
        return self._json("POST", f"/v1/assets/{_path(asset_id)}/operations", query={"priority": priority}, headers={"Prefer": prefer}, body=body)

    def list_operations(
        self,
    ) -> "models.OperationCatalog":
        """List the operations that recipes are made of.

        Each with its JSON Schema and defaults, and the presets as plain recipes to begin from.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("GET", "/v1/operations")

    def create_render(
        self,
        body: "models.RenderInput",
        *,
        priority: Optional[int] = None,
        prefer: Optional[str] = None,
    ) -> Union["models.Render", "models.RenderJob"]:
        """Render an asset.

        Answers 202 with the job (and the render in its field `render`). With `Prefer: wait=N` waits up to N seconds and answers with the finished render: 201 when it was made, 200 when an equal one was reused or it ended without a picture (see its `state` and `error`); 202 when N seconds were not enough.

        Needs the scope `renders:write`, which the roles owner, admin, editor have.

        :param priority: Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin
        :param prefer: `wait=N`: wait up to N seconds (60 at most) for the end of the work (RFC 7240)
        """
        return self._json("POST", "/v1/renders", query={"priority": priority}, headers={"Prefer": prefer}, body=body)

    def list_renders(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        asset_id: Optional[str] = None,
        state: Optional[Literal["queued", "running", "succeeded", "failed", "canceled"]] = None,
    ) -> "models.RenderPage":
        """List renders.

        Newest first, by asset or state.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param asset_id: Id of the asset
        :param state: Only those in this state
        """
        return self._json("GET", "/v1/renders", query={"limit": limit, "cursor": cursor, "assetId": asset_id, "state": state})

    def iter_renders(
        self,
        *,
        limit: Optional[int] = None,
        asset_id: Optional[str] = None,
        state: Optional[Literal["queued", "running", "succeeded", "failed", "canceled"]] = None,
    ) -> Iterator["models.Render"]:
        """List renders: all of them, page after page."""
        return self._pages("/v1/renders", {"limit": limit, "assetId": asset_id, "state": state})

    def estimate_render(
        self,
        body: "models.RenderInput",
    ) -> "models.RenderEstimate":
        """Estimate what a render would take.

        Takes the body of `POST /v1/renders` and refuses what that would refuse, but for what does not fit: that is answered with `fits: false`. Nothing is rendered. The memory is a bound that the render stays under; the time follows what recent renders took on the machine.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.
        """
        return self._json("POST", "/v1/renders/estimate", body=body)

    def get_render(
        self,
        render_id: str,
    ) -> "models.Render":
        """Read a render.

        Its request, state, cost, and where its image is.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param render_id: Id of the render
        """
        return self._json("GET", f"/v1/renders/{_path(render_id)}")

    def get_render_picture(
        self,
        render_id: str,
        *,
        samples: Optional[int] = None,
        range: Optional[str] = None,
    ) -> Download:
        """The picture of a render as it is now.

        The final picture once there is one. Before that, of a render that was asked for with `progressPictures`, the newest one in the making: smaller, with the noise that it still has. Answers 404 while there is none. It changes until the render has ended: ask again with `If-None-Match`, or when `render_progress` tells of another.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param render_id: Id of the render
        :param samples: Gives each picture in the making a URL of its own; the newest is sent whatever it says
        :param range: Ranges of bytes, e.g. `bytes=0-1023`; answers 206, several as `multipart/byteranges`
        """
        return self._bytes("GET", f"/v1/renders/{_path(render_id)}/picture", query={"samples": samples}, headers={"Range": range})

    def list_jobs(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        state: Optional[Literal["queued", "running", "succeeded", "failed", "canceled"]] = None,
        kind: Optional[Literal["asset.ingest", "geometry.process", "geometry.recipe", "render.image", "render.frames", "render.sequence"]] = None,
        asset_id: Optional[str] = None,
        project_id: Optional[str] = None,
    ) -> "models.JobPage":
        """List jobs.

        Newest first, by state, kind, asset or project.

        Needs the scope `jobs:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param state: Only those in this state
        :param kind: Only those of this kind
        :param asset_id: Id of the asset
        :param project_id: Id of the project
        """
        return self._json("GET", "/v1/jobs", query={"limit": limit, "cursor": cursor, "state": state, "kind": kind, "assetId": asset_id, "projectId": project_id})

    def iter_jobs(
        self,
        *,
        limit: Optional[int] = None,
        state: Optional[Literal["queued", "running", "succeeded", "failed", "canceled"]] = None,
        kind: Optional[Literal["asset.ingest", "geometry.process", "geometry.recipe", "render.image", "render.frames", "render.sequence"]] = None,
        asset_id: Optional[str] = None,
        project_id: Optional[str] = None,
    ) -> Iterator["models.Job"]:
        """List jobs: all of them, page after page."""
        return self._pages("/v1/jobs", {"limit": limit, "state": state, "kind": kind, "assetId": asset_id, "projectId": project_id})

    def get_job(
        self,
        job_id: str,
        *,
        prefer: Optional[str] = None,
    ) -> "models.Job":
        """Read a job.

        Its state, progress and error. With `Prefer: wait=N` answers when it has ended, or after N seconds as it is then.

        Needs the scope `jobs:read`, which the roles owner, admin, editor, viewer have.

        :param job_id: Id of the job
        :param prefer: `wait=N`: wait up to N seconds (60 at most) for the end of the work (RFC 7240)
        """
        return self._json("GET", f"/v1/jobs/{_path(job_id)}", headers={"Prefer": prefer})

    def cancel_job(
        self,
        job_id: str,
    ) -> "models.Job":
        """Cancel a job.

        A running job stops within a second or so. Answers 409 when it has ended already.

        Needs the scope `jobs:write`, which the roles owner, admin, editor have.

        :param job_id: Id of the job
        """
        return self._json("POST", f"/v1/jobs/{_path(job_id)}/cancel")

    def retry_job(
        self,
        job_id: str,
    ) -> "models.Job":
        """Do a job again.

        Queues a job that failed or was canceled once more, under its id: what waited for it (a version, renders) waits again, and `job_retried` tells of it. Answers 409 for any other, when its asset was deleted, or when another job does the same by now.

        Needs the scope `jobs:write`, which the roles owner, admin, editor have.

        :param job_id: Id of the job
        """
        return self._json("POST", f"/v1/jobs/{_path(job_id)}/retry")

    def create_environment(
        self,
        *,
        files: Optional[Sequence[File]] = None,
        name: Optional[str] = None,
        sha256: Optional[str] = None,
        body: Optional["models.CreateEnvironmentBody"] = None,
    ) -> "models.Environment":
        """Upload an environment.

        A picture of all directions, equirectangular, twice as wide as high: Radiance .hdr or OpenEXR. It is checked at once, whole. Its id is used as `environment` of any render. As JSON with a `url` the server fetches it, within a minute.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param name: Name of the environment, for a raw body
        """
        return self._json("POST", "/v1/environments", fields={"name": name, "sha256": sha256}, files=files, body=body)

    def list_environments(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.EnvironmentPage":
        """List environments.

        Those that were uploaded, newest first.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/environments", query={"limit": limit, "cursor": cursor})

    def iter_environments(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Environment"]:
        """List environments: all of them, page after page."""
        return self._pages("/v1/environments", {"limit": limit})

    def get_environment(
        self,
        environment_id: str,
    ) -> "models.Environment":
        """Read an environment.

        Its name, format and size.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param environment_id: Id of the environment
        """
        return self._json("GET", f"/v1/environments/{_path(environment_id)}")

    def delete_environment(
        self,
        environment_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an environment.

        Pictures that were made with it stay, and renders that wait are made; no further one can name it.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param environment_id: Id of the environment
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/environments/{_path(environment_id)}", headers={"If-Match": if_match})

    def list_validation_profiles(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.ValidationProfilePage":
        """List validation profiles.

        The built-in ones, and those of the organisation by their names. Each can be named as `profile` of a report.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/validation-profiles", query={"limit": limit, "cursor": cursor})

    def iter_validation_profiles(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.ValidationProfile"]:
        """List validation profiles: all of them, page after page."""
        return self._pages("/v1/validation-profiles", {"limit": limit})

    def get_validation_profile(
        self,
        name: str,
    ) -> "models.ValidationProfile":
        """Read a validation profile.

        A built-in one, or one of the organisation.

        Needs the scope `assets:read`, which the roles owner, admin, editor, viewer have.

        :param name: Name of the profile
        """
        return self._json("GET", f"/v1/validation-profiles/{_path(name)}")

    def put_validation_profile(
        self,
        name: str,
        body: "models.ValidationProfileInput",
        *,
        if_match: Optional[str] = None,
    ) -> "models.ValidationProfile":
        """Make or replace a validation profile.

        Its rules, as in a file for `maquette validate --profile` (docs/validation.md). The names of built-in profiles are taken (409). An organisation has up to 100 of its own.

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param name: Name of the profile
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PUT", f"/v1/validation-profiles/{_path(name)}", headers={"If-Match": if_match}, body=body)

    def delete_validation_profile(
        self,
        name: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a validation profile.

        One of the organisation; built-in ones stay (409).

        Needs the scope `assets:write`, which the roles owner, admin, editor have.

        :param name: Name of the profile
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/validation-profiles/{_path(name)}", headers={"If-Match": if_match})

    def create_batch(
        self,
        body: "models.BatchInput",
        *,
        priority: Optional[int] = None,
    ) -> "models.Batch":
        """Ask for much work at once.

        Up to 200 renders and recipes, recorded in one transaction. Each item is taken or refused by itself, as it would be alone, one that cannot be read included; a refused one says why and leaves the others as they are. Recipes need the scope `assets:write` too.

        Needs the scope `renders:write`, which the roles owner, admin, editor have.

        :param priority: Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin
        """
        return self._json("POST", "/v1/batches", query={"priority": priority}, body=body)

    def list_batches(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        project_id: Optional[str] = None,
    ) -> "models.BatchPage":
        """List batches.

        Newest first, without their items; with `projectId` those that named the project.

        Needs the scope `jobs:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param project_id: Id of the project
        """
        return self._json("GET", "/v1/batches", query={"limit": limit, "cursor": cursor, "projectId": project_id})

    def get_batch(
        self,
        batch_id: str,
    ) -> "models.Batch":
        """Read a batch.

        How far it is, and the job of each item.

        Needs the scope `jobs:read`, which the roles owner, admin, editor, viewer have.

        :param batch_id: Id of the batch
        """
        return self._json("GET", f"/v1/batches/{_path(batch_id)}")

    def cancel_batch(
        self,
        batch_id: str,
    ) -> "models.Batch":
        """Cancel a batch.

        Every job that it began and that has not ended. What others had asked for before goes on.

        Needs the scope `jobs:write`, which the roles owner, admin, editor have.

        :param batch_id: Id of the batch
        """
        return self._json("POST", f"/v1/batches/{_path(batch_id)}/cancel")

    def get_usage(
        self,
        *,
        days: Optional[int] = None,
    ) -> "models.Usage":
        """What the organisation uses.

        What is stored, the seconds of renders of this month and the jobs of this moment, each with its limit, and what was used on each of the last days. What is over a limit is refused with `quota_exceeded`; jobs over `jobsRunning` wait.

        Needs any API key, or somebody who is signed in.

        :param days: How many days back, today included
        """
        return self._json("GET", "/v1/usage", query={"days": days})

    def listen_to_events(
        self,
        *,
        project: Optional[str] = None,
        asset: Optional[str] = None,
        job: Optional[str] = None,
        types: Optional[str] = None,
        last_event_id: Optional[str] = None,
    ) -> Iterator["models.Event"]:
        """Listen to events.

        Everything that happens in the organisation, as server-sent events, or over a WebSocket when the request asks for the upgrade. The `id` of each event is its position in one ordered stream: send the last one as `Last-Event-ID` (or `lastEventId`) to get everything after it. Without it only what happens from now on. Events without an `id` (progress) are not replayed; those with one are for 30 days, and who asks for older ones is told of the gap. A listener that does not keep up is told so and disconnected. The rules of both transports are in `contracts/socket/SPEC.md`.

        Needs the scope `events:read`, which the roles owner, admin, editor, viewer have.

        :param project: Only those of this project
        :param asset: Only those about this asset, its jobs and renders
        :param job: Only those about this job
        :param types: Comma-separated names out of model_uploaded, model_processed, model_rejected, render_requested, render_complete, render_failed, recipe_complete, recipe_failed, asset_deleted, job_canceled, job_retried, webhook_disabled, job_progress, render_progress
        :param last_event_id: Id of the last event that was seen; everything after it follows
        """
        return self._events("/v1/events", {"project": project, "asset": asset, "job": job, "types": types})

    def create_webhook(
        self,
        body: "models.WebhookInput",
    ) -> "models.WebhookWithSecret":
        """Make a webhook.

        From now on every event that it asks for is sent to its URL, signed after the Standard Webhooks specification (`docs/webhooks.md`). The answer shows the secret, this once. An organisation has up to 50.

        Needs the scope `webhooks:write`, which the roles owner, admin have.
        """
        return self._json("POST", "/v1/webhooks", body=body)

    def list_webhooks(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        project_id: Optional[str] = None,
    ) -> "models.WebhookPage":
        """List webhooks.

        Newest first, without their secrets; with `projectId` those for one project alone.

        Needs the scope `webhooks:read`, which the roles owner, admin, editor have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param project_id: Id of the project
        """
        return self._json("GET", "/v1/webhooks", query={"limit": limit, "cursor": cursor, "projectId": project_id})

    def iter_webhooks(
        self,
        *,
        limit: Optional[int] = None,
        project_id: Optional[str] = None,
    ) -> Iterator["models.Webhook"]:
        """List webhooks: all of them, page after page."""
        return self._pages("/v1/webhooks", {"limit": limit, "projectId": project_id})

    def get_webhook(
        self,
        webhook_id: str,
    ) -> "models.Webhook":
        """Read a webhook.

        What it asks for, and whether it is reached.

        Needs the scope `webhooks:read`, which the roles owner, admin, editor have.

        :param webhook_id: Id of the webhook
        """
        return self._json("GET", f"/v1/webhooks/{_path(webhook_id)}")

    def update_webhook(
        self,
        webhook_id: str,
        body: "models.WebhookChange",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Webhook":
        """Change a webhook.

        Fields that are left out stay as they are. `enabled: false` cancels what is on its way; `enabled: true` switches it on again, also after the server switched it off. What it missed can be replayed.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/webhooks/{_path(webhook_id)}", headers={"If-Match": if_match}, body=body)

    def delete_webhook(
        self,
        webhook_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a webhook.

        With its log. What is on its way is not sent any more.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/webhooks/{_path(webhook_id)}", headers={"If-Match": if_match})

    def rotate_webhook_secret(
        self,
        webhook_id: str,
        body: "models.RotateWebhookSecretBody",
    ) -> "models.WebhookWithSecret":
        """Change the secret of a webhook.

        The answer shows the new one, this once. The one before signs beside it for a while, so that the receiver can change over without losing anything; one that was still signing from an earlier change ends now.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        """
        return self._json("POST", f"/v1/webhooks/{_path(webhook_id)}/secret", body=body)

    def test_webhook(
        self,
        webhook_id: str,
    ) -> "models.WebhookDelivery":
        """Send a test to a webhook.

        A message of the type `webhook_test`, signed and logged as any other. It is tried once.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        """
        return self._json("POST", f"/v1/webhooks/{_path(webhook_id)}/test")

    def replay_webhook(
        self,
        webhook_id: str,
        body: "models.WebhookReplayInput",
    ) -> "models.WebhookReplay":
        """Deliver events again.

        Every event since a time that the webhook asks for, whether it was delivered or not: also what happened while it was switched off. Events are kept for 30 days. At most 10000 at once; `next` tells where to go on.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        """
        return self._json("POST", f"/v1/webhooks/{_path(webhook_id)}/replay", body=body)

    def list_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        state: Optional[Literal["pending", "succeeded", "failed", "canceled"]] = None,
        event_type: Optional[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled", "webhook_test"]] = None,
    ) -> "models.WebhookDeliveryPage":
        """List deliveries of a webhook.

        Newest first, by state or type of event. They are kept for 30 days.

        Needs the scope `webhooks:read`, which the roles owner, admin, editor have.

        :param webhook_id: Id of the webhook
        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param state: Only those in this state
        :param event_type: Only those of events of this type
        """
        return self._json("GET", f"/v1/webhooks/{_path(webhook_id)}/deliveries", query={"limit": limit, "cursor": cursor, "state": state, "eventType": event_type})

    def iter_webhook_deliveries(
        self,
        webhook_id: str,
        *,
        limit: Optional[int] = None,
        state: Optional[Literal["pending", "succeeded", "failed", "canceled"]] = None,
        event_type: Optional[Literal["model_uploaded", "model_processed", "model_rejected", "render_requested", "render_complete", "render_failed", "recipe_complete", "recipe_failed", "asset_deleted", "job_canceled", "job_retried", "webhook_disabled", "webhook_test"]] = None,
    ) -> Iterator["models.WebhookDelivery"]:
        """List deliveries of a webhook: all of them, page after page."""
        return self._pages(f"/v1/webhooks/{_path(webhook_id)}/deliveries", {"limit": limit, "state": state, "eventType": event_type})

    def get_webhook_delivery(
        self,
        webhook_id: str,
        delivery_id: str,
    ) -> "models.WebhookDeliveryDetails":
        """Read a delivery.

        What is sent, and every attempt with its status, its time and the beginning of the answer.

        Needs the scope `webhooks:read`, which the roles owner, admin, editor have.

        :param webhook_id: Id of the webhook
        :param delivery_id: Id of the webhookDelivery
        """
        return self._json("GET", f"/v1/webhooks/{_path(webhook_id)}/deliveries/{_path(delivery_id)}")

    def replay_webhook_delivery(
        self,
        webhook_id: str,
        delivery_id: str,
    ) -> "models.WebhookDelivery":
        """Repeat a delivery.

        Makes a new delivery of the same message: its `webhook-id` is the same, so that a receiver can tell that it had it.

        Needs the scope `webhooks:write`, which the roles owner, admin have.

        :param webhook_id: Id of the webhook
        :param delivery_id: Id of the webhookDelivery
        """
        return self._json("POST", f"/v1/webhooks/{_path(webhook_id)}/deliveries/{_path(delivery_id)}/replay")

    def create_project(
        self,
        body: "models.ProjectInput",
    ) -> "models.Project":
        """Make a project.

        A project groups assets. Names need not be unique.

        Needs the scope `projects:write`, which the roles owner, admin, editor have.
        """
        return self._json("POST", "/v1/projects", body=body)

    def list_projects(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.ProjectPage":
        """List projects.

        Newest first.

        Needs the scope `projects:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/projects", query={"limit": limit, "cursor": cursor})

    def iter_projects(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Project"]:
        """List projects: all of them, page after page."""
        return self._pages("/v1/projects", {"limit": limit})

    def get_project(
        self,
        project_id: str,
    ) -> "models.Project":
        """Read a project.

        One project by its id.

        Needs the scope `projects:read`, which the roles owner, admin, editor, viewer have.

        :param project_id: Id of the project
        """
        return self._json("GET", f"/v1/projects/{_path(project_id)}")

    def update_project(
        self,
        project_id: str,
        body: "models.ProjectChange",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Project":
        """Rename a project.

        Fields that are left out stay as they are.

        Needs the scope `projects:write`, which the roles owner, admin, editor have.

        :param project_id: Id of the project
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/projects/{_path(project_id)}", headers={"If-Match": if_match}, body=body)

    def delete_project(
        self,
        project_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete an empty project.

        A project that still holds assets stays: delete or move them first.

        Needs the scope `projects:write`, which the roles owner, admin, editor have.

        :param project_id: Id of the project
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/projects/{_path(project_id)}", headers={"If-Match": if_match})

    def list_project_members(
        self,
        project_id: str,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.MemberPage":
        """List roles in a project.

        The people who have a role of their own in the project, beside the one in the organisation.

        Needs the scope `members:read`, which the roles owner, admin, editor, viewer have.

        :param project_id: Id of the project
        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", f"/v1/projects/{_path(project_id)}/members", query={"limit": limit, "cursor": cursor})

    def iter_project_members(
        self,
        project_id: str,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Member"]:
        """List roles in a project: all of them, page after page."""
        return self._pages(f"/v1/projects/{_path(project_id)}/members", {"limit": limit})

    def get_project_member(
        self,
        project_id: str,
        user_id: str,
    ) -> "models.Member":
        """Read a role in a project.

        The role of their own that a person has in the project.

        Needs the scope `members:read`, which the roles owner, admin, editor, viewer have.

        :param project_id: Id of the project
        :param user_id: Id of the user
        """
        return self._json("GET", f"/v1/projects/{_path(project_id)}/members/{_path(user_id)}")

    def set_project_member(
        self,
        project_id: str,
        user_id: str,
        body: "models.SetProjectMemberBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Member":
        """Give a role in a project.

        To a member of the organisation, or a guest. Within the project the stronger of the two roles counts: a viewer can be an editor of one project. Somebody who is no member is invited (`POST /v1/invitations` with `projectId`).

        Needs the scope `members:write`, which the roles owner, admin have.

        :param project_id: Id of the project
        :param user_id: Id of the user
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PUT", f"/v1/projects/{_path(project_id)}/members/{_path(user_id)}", headers={"If-Match": if_match}, body=body)

    def remove_project_member(
        self,
        project_id: str,
        user_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Take a role in a project away.

        The role in the organisation stays.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param project_id: Id of the project
        :param user_id: Id of the user
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/projects/{_path(project_id)}/members/{_path(user_id)}", headers={"If-Match": if_match})

    def sign_in(
        self,
        body: "models.SignInBody",
    ) -> "models.SignedIn":
        """Sign in by password.

        Starts a session, whose cookie then stands for an API key. An unknown address and a wrong password get the same answer after the same time; wrong ones in a row have to wait ever longer (429).

        Needs no API key.
        """
        return self._json("POST", "/v1/auth/sign-in", body=body)

    def sign_out(
        self,
    ) -> None:
        """Sign out.

        Ends the session that asks, and takes its cookie back.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("POST", "/v1/auth/sign-out")

    def get_signed_in(
        self,
    ) -> "models.SignedIn":
        """Read the session that asks.

        The person, the organisation that the session works in, and the token that changes have to bear.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("GET", "/v1/auth/session")

    def update_session(
        self,
        body: "models.UpdateSessionBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.SignedIn":
        """Work in another organisation.

        All further requests of the session belong to that organisation, with the role that the person has there.

        Needs any API key, or somebody who is signed in.

        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", "/v1/auth/session", headers={"If-Match": if_match}, body=body)

    def list_sessions(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.SignInSessionPage":
        """List my sessions.

        Where the person who asks is signed in, newest first.

        Needs any API key, or somebody who is signed in.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/auth/sessions", query={"limit": limit, "cursor": cursor})

    def iter_sessions(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.SignInSession"]:
        """List my sessions: all of them, page after page."""
        return self._pages("/v1/auth/sessions", {"limit": limit})

    def get_session(
        self,
        session_id: str,
    ) -> "models.SignInSession":
        """Read one of my sessions.

        Where the person who asks is signed in; one that is over is not there.

        Needs any API key, or somebody who is signed in.

        :param session_id: Id of the session
        """
        return self._json("GET", f"/v1/auth/sessions/{_path(session_id)}")

    def revoke_session(
        self,
        session_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """End one of my sessions.

        Every gateway refuses it within 5 seconds.

        Needs any API key, or somebody who is signed in.

        :param session_id: Id of the session
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/auth/sessions/{_path(session_id)}", headers={"If-Match": if_match})

    def change_password(
        self,
        body: "models.ChangePasswordBody",
    ) -> None:
        """Change my password.

        Ends all other sessions of the person.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("POST", "/v1/auth/password", body=body)

    def reset_password(
        self,
        body: "models.ResetPasswordBody",
    ) -> None:
        """Set a new password by a token.

        An administrator makes the token for a member. It counts once, for 24 hours, and ends all sessions.

        Needs no API key.
        """
        return self._json("POST", "/v1/auth/password-reset", body=body)

    def accept_invitation(
        self,
        body: "models.AcceptInvitationBody",
    ) -> "models.SignedIn":
        """Join by an invitation.

        Makes the person a member and signs them in. Somebody new chooses name and password; if the address has an account already, its password is needed.

        Needs no API key.
        """
        return self._json("POST", "/v1/invitations/accept", body=body)

    def list_organizations(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.OrganizationPage":
        """List my organisations.

        Those of the person who is signed in; of a key the one that it belongs to.

        Needs any API key, or somebody who is signed in.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/organizations", query={"limit": limit, "cursor": cursor})

    def iter_organizations(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Organization"]:
        """List my organisations: all of them, page after page."""
        return self._pages("/v1/organizations", {"limit": limit})

    def create_organization(
        self,
        body: "models.CreateOrganizationBody",
    ) -> "models.Organization":
        """Make an organisation.

        The person who asks owns it. For members who are signed in, neither for guests nor for keys; one person may own a number of organisations that the operator sets.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("POST", "/v1/organizations", body=body)

    def get_organization(
        self,
        organization_id: str,
    ) -> "models.Organization":
        """Read an organisation.

        The one that the request belongs to; for somebody who is signed in, any that they are in.

        Needs any API key, or somebody who is signed in.

        :param organization_id: Id of the organization
        """
        return self._json("GET", f"/v1/organizations/{_path(organization_id)}")

    def update_organization(
        self,
        organization_id: str,
        body: "models.UpdateOrganizationBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Organization":
        """Change an organisation.

        The one that the request belongs to: its name, and the origins whose pages may use the API with its keys and tokens. Changes of origins count everywhere within five seconds.

        Needs the scope `organization:write`, which the roles owner, admin have.

        :param organization_id: Id of the organization
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/organizations/{_path(organization_id)}", headers={"If-Match": if_match}, body=body)

    def list_members(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.MemberPage":
        """List members.

        The people of the organisation and their roles.

        Needs the scope `members:read`, which the roles owner, admin, editor, viewer have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/members", query={"limit": limit, "cursor": cursor})

    def iter_members(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Member"]:
        """List members: all of them, page after page."""
        return self._pages("/v1/members", {"limit": limit})

    def get_member(
        self,
        user_id: str,
    ) -> "models.Member":
        """Read a member.

        A person of the organisation and their role in it.

        Needs the scope `members:read`, which the roles owner, admin, editor, viewer have.

        :param user_id: Id of the user
        """
        return self._json("GET", f"/v1/members/{_path(user_id)}")

    def change_member(
        self,
        user_id: str,
        body: "models.ChangeMemberBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Member":
        """Give a member another role.

        Nobody gives or takes a role that is stronger than their own; the last owner stays one.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param user_id: Id of the user
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/members/{_path(user_id)}", headers={"If-Match": if_match}, body=body)

    def remove_member(
        self,
        user_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Remove a member.

        Their roles in projects and the keys that they made go with them. The last owner stays. To leave oneself: `POST /v1/members/leave`.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param user_id: Id of the user
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/members/{_path(user_id)}", headers={"If-Match": if_match})

    def leave_organization(
        self,
    ) -> None:
        """Leave the organisation.

        The person who asks is no member of the organisation any more. The last owner cannot leave.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("POST", "/v1/members/leave")

    def create_password_reset(
        self,
        user_id: str,
    ) -> "models.CreatePasswordResetAnswer":
        """Let a member set a new password.

        The answer is the only place where the token is shown: hand it to the person. Who is a member of other organisations too cannot be helped so: the token would open these as well.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param user_id: Id of the user
        """
        return self._json("POST", f"/v1/members/{_path(user_id)}/password-reset")

    def create_invitation(
        self,
        body: "models.CreateInvitationBody",
    ) -> "models.NewInvitation":
        """Invite somebody.

        The answer is the only place where the token is shown: hand it to the person. It counts once, for seven days. With `projectId` the person becomes a guest, who sees that project alone.

        Needs the scope `members:write`, which the roles owner, admin have.
        """
        return self._json("POST", "/v1/invitations", body=body)

    def list_invitations(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.InvitationPage":
        """List invitations.

        Newest first, without their tokens; accepted and revoked ones included.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/invitations", query={"limit": limit, "cursor": cursor})

    def iter_invitations(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.Invitation"]:
        """List invitations: all of them, page after page."""
        return self._pages("/v1/invitations", {"limit": limit})

    def get_invitation(
        self,
        invitation_id: str,
    ) -> "models.Invitation":
        """Read an invitation.

        One of any state, without its token.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param invitation_id: Id of the invitation
        """
        return self._json("GET", f"/v1/invitations/{_path(invitation_id)}")

    def revoke_invitation(
        self,
        invitation_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Revoke an invitation.

        Nobody can accept it any more.

        Needs the scope `members:write`, which the roles owner, admin have.

        :param invitation_id: Id of the invitation
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/invitations/{_path(invitation_id)}", headers={"If-Match": if_match})

    def start_oidc(
        self,
        *,
        return_to: Optional[str] = None,
    ) -> None:
        """Begin a sign-in by the OpenID provider.

        For a browser: sends the person to the provider that the operator has set up (authorisation code with PKCE). 404 where there is none.

        Needs no API key.

        :param return_to: Path of this server that the person comes back to afterwards; `/` without it
        """
        return self._json("GET", "/v1/auth/oidc/start", query={"returnTo": return_to})

    def finish_oidc(
        self,
        *,
        code: Optional[str] = None,
        state: Optional[str] = None,
        iss: Optional[str] = None,
        error: Optional[str] = None,
        error_description: Optional[str] = None,
    ) -> None:
        """End a sign-in by the OpenID provider.

        Where the provider sends the person back to. Starts a session for who is known by this account, or by its verified address; somebody new needs an invitation, or an address of a domain that may join.

        Needs no API key.

        :param code: What the provider gives for a sign-in that went well
        :param state: What the sign-in was begun with
        :param iss: Who the provider says it is (RFC 9207)
        :param error: Why it did not go well, as a code of OAuth
        :param error_description: The same in words
        """
        return self._json("GET", "/v1/auth/oidc/callback", query={"code": code, "state": state, "iss": iss, "error": error, "error_description": error_description})

    def create_token(
        self,
        body: "models.CreateTokenBody",
    ) -> "models.CreateTokenAnswer":
        """Make an access token.

        The token endpoint of OAuth 2.0 (RFC 6749, client credentials), with JSON or a form as its body: an API key (as `Bearer`, or as the password of `Basic`) or a session becomes a JWT that counts for 15 minutes, for the same or fewer scopes. Whoever verifies it needs only `/.well-known/jwks.json`. It ends within seconds when the key or session ends.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("POST", "/v1/tokens", body=body)

    def get_signing_keys(
        self,
    ) -> "models.GetSigningKeysAnswer":
        """Read the public keys of access tokens.

        A JSON Web Key Set (RFC 7517) of Ed25519 keys. A key stays in it for a day after the next one signs.

        Needs no API key.
        """
        return self._json("GET", "/.well-known/jwks.json")

    def create_service_account(
        self,
        body: "models.CreateServiceAccountBody",
    ) -> "models.ServiceAccount":
        """Make a service account.

        For a program that works in its own name. It has a role, and holds API keys: make them with its id as `serviceAccountId`.

        Needs the scope `keys:write`, which the roles owner, admin have.
        """
        return self._json("POST", "/v1/service-accounts", body=body)

    def list_service_accounts(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.ServiceAccountPage":
        """List service accounts.

        Newest first.

        Needs the scope `keys:read`, which the roles owner, admin have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/service-accounts", query={"limit": limit, "cursor": cursor})

    def iter_service_accounts(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.ServiceAccount"]:
        """List service accounts: all of them, page after page."""
        return self._pages("/v1/service-accounts", {"limit": limit})

    def get_service_account(
        self,
        service_account_id: str,
    ) -> "models.ServiceAccount":
        """Read a service account.

        One by its id.

        Needs the scope `keys:read`, which the roles owner, admin have.

        :param service_account_id: Id of the serviceAccount
        """
        return self._json("GET", f"/v1/service-accounts/{_path(service_account_id)}")

    def update_service_account(
        self,
        service_account_id: str,
        body: "models.UpdateServiceAccountBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.ServiceAccount":
        """Change a service account.

        Another role bounds its keys within seconds.

        Needs the scope `keys:write`, which the roles owner, admin have.

        :param service_account_id: Id of the serviceAccount
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/service-accounts/{_path(service_account_id)}", headers={"If-Match": if_match}, body=body)

    def delete_service_account(
        self,
        service_account_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Delete a service account.

        Its keys are revoked.

        Needs the scope `keys:write`, which the roles owner, admin have.

        :param service_account_id: Id of the serviceAccount
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/service-accounts/{_path(service_account_id)}", headers={"If-Match": if_match})

    def create_api_key(
        self,
        body: "models.ApiKeyInput",
    ) -> "models.NewApiKey":
        """Make an API key.

        The answer is the only place where the secret is shown. A key cannot give away more than it has: `scopes` must be among those of the key that asks.

        Needs the scope `keys:write`, which the roles owner, admin have.
        """
        return self._json("POST", "/v1/api-keys", body=body)

    def list_api_keys(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
    ) -> "models.ApiKeyPage":
        """List API keys.

        Newest first, without their secrets; revoked ones included.

        Needs the scope `keys:read`, which the roles owner, admin have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        """
        return self._json("GET", "/v1/api-keys", query={"limit": limit, "cursor": cursor})

    def iter_api_keys(
        self,
        *,
        limit: Optional[int] = None,
    ) -> Iterator["models.ApiKey"]:
        """List API keys: all of them, page after page."""
        return self._pages("/v1/api-keys", {"limit": limit})

    def get_api_key(
        self,
        api_key_id: str,
    ) -> "models.ApiKey":
        """Read an API key.

        Without its secret, also when it has ended.

        Needs the scope `keys:read`, which the roles owner, admin have.

        :param api_key_id: Id of the apiKey
        """
        return self._json("GET", f"/v1/api-keys/{_path(api_key_id)}")

    def update_api_key(
        self,
        api_key_id: str,
        body: "models.UpdateApiKeyBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.ApiKey":
        """Rename an API key.

        What it may do stays: make another key for that.

        Needs the scope `keys:write`, which the roles owner, admin have.

        :param api_key_id: Id of the apiKey
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", f"/v1/api-keys/{_path(api_key_id)}", headers={"If-Match": if_match}, body=body)

    def revoke_api_key(
        self,
        api_key_id: str,
        *,
        if_match: Optional[str] = None,
    ) -> None:
        """Revoke an API key.

        It stays in the list with the time of its end. Every gateway refuses it within 5 seconds.

        Needs the scope `keys:write`, which the roles owner, admin have.

        :param api_key_id: Id of the apiKey
        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("DELETE", f"/v1/api-keys/{_path(api_key_id)}", headers={"If-Match": if_match})

    def rotate_api_key(
        self,
        api_key_id: str,
        body: "models.RotateApiKeyBody",
    ) -> "models.NewApiKey":
        """Replace an API key.

        Makes a key that does what this one does; this one counts for a while yet (a day unless told), so that there is no gap. The answer is the only place where the new secret is shown.

        Needs the scope `keys:write`, which the roles owner, admin have.

        :param api_key_id: Id of the apiKey
        """
        return self._json("POST", f"/v1/api-keys/{_path(api_key_id)}/rotate", body=body)

    def list_audit_log(
        self,
        *,
        limit: Optional[int] = None,
        cursor: Optional[str] = None,
        action: Optional[str] = None,
        actor_id: Optional[str] = None,
        subject_id: Optional[str] = None,
        since: Optional[str] = None,
        until: Optional[str] = None,
    ) -> "models.AuditPage":
        """Read the audit log.

        Every change and every sign-in, newest first: who, what, to what, from where, when. An entry is written in the transaction of its change: both are there or neither. Entries are kept for `MAQUETTE_AUDIT_DAYS`.

        Needs the scope `audit:read`, which the roles owner, admin have.

        :param limit: Most items of a page
        :param cursor: `nextCursor` of the page before
        :param action: Operation id, such as `deleteAsset`, or `signIn`
        :param actor_id: Id of the user, service account or key that did it
        :param subject_id: Id of what it was done to
        :param since: Entries of that time and later
        :param until: Entries before that time
        """
        return self._json("GET", "/v1/audit-log", query={"limit": limit, "cursor": cursor, "action": action, "actorId": actor_id, "subjectId": subject_id, "since": since, "until": until})

    def iter_audit_log(
        self,
        *,
        limit: Optional[int] = None,
        action: Optional[str] = None,
        actor_id: Optional[str] = None,
        subject_id: Optional[str] = None,
        since: Optional[str] = None,
        until: Optional[str] = None,
    ) -> Iterator["models.AuditEntry"]:
        """Read the audit log: all of them, page after page."""
        return self._pages("/v1/audit-log", {"limit": limit, "action": action, "actorId": actor_id, "subjectId": subject_id, "since": since, "until": until})

    def get_me(
        self,
    ) -> "models.Me":
        """Who am I.

        The person or key that asks, with organisation, role and scopes. Anybody who is known may ask.

        Needs any API key, or somebody who is signed in.
        """
        return self._json("GET", "/v1/me")

    def update_me(
        self,
        body: "models.UpdateMeBody",
        *,
        if_match: Optional[str] = None,
    ) -> "models.Me":
        """Change my name.

        For people who are signed in, not for keys.

        Needs any API key, or somebody who is signed in.

        :param if_match: The ETag that the change builds on; answers 412 when the resource has another
        """
        return self._json("PATCH", "/v1/me", headers={"If-Match": if_match}, body=body)

    def get_health(
        self,
    ) -> "models.GetHealthAnswer":
        """Is the process alive.

        Answers at once and asks nobody else: for a supervisor that restarts what hangs.

        Needs no API key.
        """
        return self._json("GET", "/healthz")

    def get_readiness(
        self,
    ) -> "models.Readiness":
        """Can the server do its work.

        Asks every part that this process needs. Answers 503 when one of them is not ready, with the reason of each in `errors`: for a load balancer.

        Needs no API key.
        """
        return self._json("GET", "/readyz")

    def get_metrics(
        self,
    ) -> Download:
        """Metrics for Prometheus.

        Counters, gauges and histograms of this process in the text format of Prometheus.

        Needs no API key.
        """
        return self._bytes("GET", "/metrics")

    def get_open_api(
        self,
    ) -> "models.GetOpenApiAnswer":
        """This document.

        The OpenAPI 3.1 description of the whole API. `/docs` shows it as a page.

        Needs no API key.
        """
        return self._json("GET", "/openapi.json")
