"""What of Cloudinary's interface is here, partly here, or not here and why: the remarks of the endpoints page.

An endpoint in routes.py without a remark is done; some are there only to say why they cannot be. A parameter of an
upload is in one of the three tables below.
"""

PARTLY = {
    "POST /<resource_type>/text": "size, family, weight, style, decoration, alignment, colours, opacity; no hinting",
    "POST /<resource_type>/multi": "gif and pdf of up to 100 pictures, no video; a gif beyond 40 MP is made smaller",
    "POST /<resource_type>/sprite": "up to 100 pictures; beyond 40 MP those without a size are made smaller",
    "POST /resources/search": "total_count is exact up to 3,000 matches; beyond, total_count_relation is gte",
    "GET /usage": "of edges and CDNs it knows only the requests that reach this service",
    "POST /triggers": "uri_type webhook and poll, not flow",
    "POST /triggers/<trigger_id>/test": "compares the kind of event only",
    "GET /streaming_profiles": "kept for clients; no video is made",
}

NOT_HERE = {
    "GET /resources/visual_search": "searching by a picture or by what it shows needs a model: 400",
    "POST /resources/visual_search": "searching by a picture or by what it shows needs a model: 400",
    "POST /video/...": "video is neither stored nor transformed yet: the image pipeline is libvips",
    "POST /video/create_slideshow": "it makes a video",
    "/video/concat": "it makes a video",
    "/video/analytics/views": "it counts who watches videos",
    "/live_streams": "live video is neither taken nor sent",
    "POST /<resource_type>/upload_large": "the SDKs of before 2015 sent parts by part_number and final: parts go to "
    "/<resource_type>/upload, with X-Unique-Upload-Id and Content-Range",
    "POST /v2/<cloud>/analysis/analyze/uri": "analysis by models is an add-on of the vendor",
    "POST /v2/<cloud>/generate": "making pictures by models is an add-on of the vendor",
    "/v1_1/provisioning/...": "one service is one cloud, managed by settings (decisions/0007-one-cloud.md)",
}

# how a path begins, behind the name of a cloud where it has one, that leads to one of these
_ABSENT = {
    "/v1_1/provisioning/": "/v1_1/provisioning/...",
    "/v1_1/access_keys": "/v1_1/provisioning/...",
    "/v2/analysis/": "POST /v2/<cloud>/analysis/analyze/uri",
    "/v2/generate": "POST /v2/<cloud>/generate",
    "/v1_1/video/create_slideshow": "POST /video/create_slideshow",
    "/v1_1/video/concat": "/video/concat",
    "/v1_1/video/analytics/": "/video/analytics/views",
    "/v1_1/live_streams": "/live_streams",
    "/v1_1/video/live_streams": "/live_streams",
    "/v2/video/": "POST /video/...",
    **{
        f"/v1_1/{kind}/upload_large": "POST /<resource_type>/upload_large"
        for kind in ("image", "video", "raw", "auto")
    },
}


def why_absent(path: str) -> str:
    """Why an endpoint of Cloudinary's is not here, when the path is that of one; else nothing."""
    version, _, rest = path.removeprefix("/").partition("/")
    whole, without_cloud = f"/{version}/{rest}", f"/{version}/{rest.partition('/')[2]}"
    names = (
        name for begin, name in _ABSENT.items() if whole.startswith(begin) or without_cloud.startswith(begin)
    )
    return NOT_HERE.get(next(names, ""), "")


PARAMETERS = [
    "access_control",
    "access_mode",
    "allowed_formats",
    "asset_folder",
    "async",
    "backup",
    "batch_id",
    "callback",
    "colors",
    "context",
    "custom_coordinates",
    "discard_original_filename",
    "display_name",
    "eager",
    "eager_async",
    "eager_notification_url",
    "face_coordinates",
    "filename_override",
    "folder",
    "format",
    "headers",
    "metadata",
    "notification_url",
    "overwrite",
    "phash",
    "public_id",
    "public_id_prefix",
    "quality_override",
    "regions",
    "responsive_breakpoints",
    "return_delete_token",
    "tags",
    "timestamp",
    "transformation",
    "type",
    "unique_display_name",
    "unique_filename",
    "upload_preset",
    "use_asset_folder_as_public_id_prefix",
    "use_filename",
    "use_filename_as_display_name",
]

_CAMERA = "what EXIF holds, GPS included; to signed callers only, in uploads and details"
PARAMETERS_PARTLY = {
    **dict.fromkeys(("exif", "image_metadata", "media_metadata"), _CAMERA),
    "accessibility_analysis": "red-green blindness only, by a formula of our own: not the vendor's figures",
    "cinemagraph_analysis": "1 for an animation, 0 for a still picture",
    "eval": "the part of JavaScript that media/upload/eval/ describes: no loops, no calls",
    "faces": "the coordinates that were given, else frontal faces found by OpenCV's cascade",
    "file": "a file, a data URI, or an address of http or https; not of ftp, s3 or gs",
    "invalidate": "always done, whether it is asked for or not",
    "moderation": "manual only",
    "quality_analysis": "focus only",
}

_ADD_ON = "an add-on of the vendor: 400"
PARAMETERS_NOT_HERE = {
    **dict.fromkeys(
        ("auto_chaptering", "auto_transcription", "background_removal", "categorization"), _ADD_ON
    ),
    **dict.fromkeys(("detection", "ocr", "raw_convert", "similarity_search", "visual_search"), _ADD_ON),
    "auto_tagging": "as with the vendor it acts on what categorization and detection find; those are refused",
    "on_success": "it runs code after the upload: 400; use notification_url, or eval",
    "proxy": "files are fetched by the service itself, which checks every address: 400",
}
