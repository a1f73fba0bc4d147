"""Errors of the system and of foreign libraries in, one line of text out."""


def reason_of(error: BaseException) -> str:
    """Return the text of a foreign error on one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return " ".join(str(error).split()) or type(error).__name__
