"""Text of a time in, the moment out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from analyzer.dump.reading import Input

_DAYS_COUNTED = 62


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime | None:
    """Return a time (ISO 8601 in UTC, or generalized time), None if it is neither."""
    line = text.strip()
    try:
        # `20110203040506.0Z`, as the directory writes it (RFC 4517, 3.3.13).
        if line[:14].isdigit() and line[14:].strip(".0Z") == "" and line.endswith("Z"):
            return datetime.strptime(line[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        parsed = datetime.fromisoformat(line)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    # At the ends of time another zone is another year, which there is none of.
    except (ValueError, OverflowError):
        return None


def age_in_words(days: int) -> str:
    """Return an age as people say it: in years and months, or in days while there are few."""
    if days < _DAYS_COUNTED:
        return f"{max(days, 0)} {'day' if days == 1 else 'days'}"
    years, rest = divmod(days, 365)
    months = rest // 31
    parts = [
        f"{number} {noun if number == 1 else noun + 's'}"
        for number, noun in ((years, "year"), (months, "month"))
        if number
    ]
    return " and ".join(parts)


def age_in_days(earlier: str, later: str) -> int | None:
    """Return the whole days between two times, None if one of them is unknown."""
    first, second = moment(earlier), moment(later)
    return (second - first).days if first is not None and second is not None else None


def time_of(inputs: Sequence[Input]) -> datetime:
    """Return the time that stands for a reproducible run: that of the newest input."""
    times = [time for source in inputs if (time := moment(source.modified))]
    return max(times, default=datetime(1980, 1, 1, tzinfo=UTC))
