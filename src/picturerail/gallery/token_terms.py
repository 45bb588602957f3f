"""For how long an address of what is closed opens it."""

import time
from dataclasses import dataclass
from datetime import datetime

# seconds for which an address stays the same, so that browsers keep it; twice so long it works
TOKEN_STEP = 12 * 3600
# for which a closed name has to be known: the clocks of several machines may differ, and pages may be on their way
CLOSED_SECONDS = 2 * TOKEN_STEP + 10 * 60


@dataclass(frozen=True)
class TokenTerms:
    """For how long what is closed is opened, and by which name that is ended before its time."""

    step: int = TOKEN_STEP  # seconds
    until: datetime | None = None
    name: str = ""  # as it stands in the token's ACL
    opens_private: bool = False  # whether it opens a picture also after that was made private
    is_exact: bool = False  # whether it opens one address only, and none of the picture's other sizes
    original_name: str = ""  # the name, as above, of what opens the file itself

    def end(self) -> int:
        """The Unix second after which a token that is made now opens nothing; the same for a step's time."""
        end = (int(time.time()) // self.step + 2) * self.step
        return end if self.until is None else min(end, int(self.until.timestamp()))
