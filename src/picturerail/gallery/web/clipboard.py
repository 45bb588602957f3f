"""What a person has copied, to be pasted on another page: the edit of a picture."""

from flask import request, session

_EDIT_OF = "edit_of"


def copy_edit_of(picture_id: str) -> None:
    """Remember whose edit is to be pasted, for as long as the browser is open."""
    session[_EDIT_OF] = picture_id


def copied_edit() -> str:
    """The id of the picture whose edit was copied; "" when none was."""
    return str(session.get(_EDIT_OF, "")) if request.cookies else ""
