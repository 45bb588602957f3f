"""Which process takes which file of tests: folder by folder, so that what a folder's tests share is started once."""

from collections import defaultdict

from xdist.scheduler import LoadFileScheduling

SECONDS = {
    "backup": 10.0,
    "browser": 4.0,
    "cluster": 10.0,
    "door": 0.7,
    "edge": 0.7,
    "faults": 6.0,
    "sdk": 0.5,
    "siege": 7.0,
    "tests": 0.6,
    "transfer": 1.0,
}  # for a test, about; where it is more than
OTHERS_SECONDS = 0.25


class FolderScheduling(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Each process goes through a folder of its own, the longest first; who is done helps where most is left."""

    def _assign_work_unit(self, node: object) -> None:
        self.workqueue.move_to_end(self._next_file(node), last=False)
        super()._assign_work_unit(node)

    def _next_file(self, node: object) -> str:
        waiting = defaultdict[str, list[str]](list)
        left = defaultdict[str, float](float)
        for file, tests in self.workqueue.items():
            waiting[folder_of(file)].append(file)
            left[folder_of(file)] += len(tests) * SECONDS.get(folder_of(file), OTHERS_SECONDS)
        at = {each: folder_of(next(reversed(work))) for each, work in self.assigned_work.items() if work}
        if (own := at.pop(node, "")) in waiting:
            return waiting[own][0]
        free = waiting.keys() - at.values()
        return waiting[max(free or waiting, key=lambda folder: left[folder])][0]


def folder_of(file: str) -> str:
    """The folder below `tests`; files beside the folders are one of their own."""
    _, _, below = file.partition("/")
    return below.partition("/")[0] if "/" in below else "tests"
