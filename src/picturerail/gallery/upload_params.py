"""What an upload asks the cloud for beside the usual: facts about the picture, and sizes made ahead. Pure."""

TOLD = ("colors", "image_metadata", "phash")
AHEAD = "|".join(f"c_limit,f_avif,q_auto,w_{width}" for width in (320, 480, 640, 960, 1440, 1920))
MOVING = (".gif", ".webp")  # what may move is not made ahead: it would be made still


def asked(filename: str, ahead: str) -> dict[str, str]:
    """The parameters; `ahead` are the transformations that the cloud makes when it has nothing else to do."""
    told = dict.fromkeys(TOLD, "1")
    if not ahead or filename.lower().endswith(MOVING):
        return told
    return {**told, "eager": ahead, "eager_async": "1"}
