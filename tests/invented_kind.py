"""The command line with one more row in the table of kinds; `frame` prints tables instead.

A program of its own, because the row has to stand there before anything else is imported.
"""

import json
import sys

from analyzer.directory import kinds
from analyzer.directory.attributes import AttributeType, Syntax
from analyzer.directory.kinds import KindOfObject

MAIL_COACH = KindOfObject(
    key="mail_coach",
    object_class="inventedMailCoach",
    singular="mail coach",
    plural="mail coaches",
    heading="Mail coach",
    identity=("organization", "administrative_group", "server", "name"),
    own_attributes=(AttributeType("inventedHorses", Syntax.INTEGER, "Horses", unit="horses"),),
    path=("stables", "protocols"),
    is_named=True,
    in_results=True,
)

kinds.KINDS = (*kinds.KINDS, MAIL_COACH)


def print_frames(path: str) -> None:
    """Print the two tables of a dump that show the invented kind."""
    from analyzer import read_dump

    dump = read_dump(path)
    wide, long = dump.objects(MAIL_COACH.key), dump.settings()
    found = long[(long["kind"] == MAIL_COACH.key) & (long["attribute"] == "inventedHorses")]
    print(
        json.dumps(
            {
                "columns": list(wide.columns),
                "dtype": str(wide["inventedHorses"].dtype),
                "names": wide["name"].tolist(),
                "texts": found["text"].tolist(),
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1] == "frame":
        print_frames(sys.argv[2])
    else:
        from analyzer.cli import main

        main()
