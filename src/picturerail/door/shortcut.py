"""Answers from memory before the event loop is woken.

granian takes a request in with a thread of its own and hands it to the event loop: a thread is woken, a task made, and
the answer goes back the same way, which costs more than an answer that is there already. So the door is asked first,
in granian's thread, by a private function of granian (2.8); where that is not there, the loop answers as always.
"""

import logging
from collections.abc import Callable
from typing import Any

from granian import _futures

from picturerail.door.answers import Transport
from picturerail.door.head import Scope

Answers = Callable[[Scope, Transport], bool]
_Schedule = Callable[[Any], None]
_NAME = "_cbsched_aioschedule"

log = logging.getLogger(__name__)


def install(answers: Answers) -> bool:
    """Let `answers` try each request that this process takes in from now on; the loop gets what it leaves.

    False where that cannot be.
    """
    granians = getattr(_futures, _NAME, None)
    if granians is None:
        log.warning("this version of granian cannot be asked before the event loop is")
        return False

    def scheduled(loop: Any, context: Any, callback: Any) -> _Schedule:  # noqa: ANN401
        return _asked_first(answers, granians(loop, context, callback))

    setattr(_futures, _NAME, scheduled)
    return True


def _asked_first(answers: Answers, later: _Schedule) -> _Schedule:
    def schedule(watcher: Any) -> None:  # noqa: ANN401
        try:
            done = answers(watcher.scope, watcher.proto)
        except Exception:
            log.exception("a stored picture could not be answered at once")
            done = False
        if done:
            watcher.done()
        else:
            later(watcher)

    return schedule
