"""Files of tests are dealt by folder, and nobody is idle while a file waits."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tests.schedule import FolderScheduling

FILES = {
    "tests/browser/test_a.py": 3,
    "tests/browser/test_b.py": 3,
    "tests/browser/test_c.py": 3,
    "tests/gallery/test_a.py": 3,
    "tests/gallery/access/test_b.py": 3,
    "tests/jobs/test_a.py": 3,
}


@dataclass(eq=False)
class Node:
    """A process that is given tests."""

    scheduling: FolderScheduling
    gateway: Any = field(default_factory=lambda: SimpleNamespace(id="one of them"))
    given: list[int] = field(default_factory=list)
    done: int = 0
    shutting_down: bool = False

    def send_runtest_some(self, indices: list[int]) -> None:
        self.given += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    def files(self) -> list[str]:
        return list(dict.fromkeys(TESTS[index].partition("::")[0] for index in self.given))

    def run(self) -> None:
        self.done += 1
        self.scheduling.mark_test_complete(self, self.given[self.done - 1])


TESTS = [f"{file}::test_{number}" for file, count in FILES.items() for number in range(count)]


def nodes(count: int) -> list[Node]:
    config: Any = SimpleNamespace(
        getvalue=lambda _: ["popen"] * count, option=SimpleNamespace(loadscopereorder=False)
    )
    scheduling = FolderScheduling(config)
    made = [Node(scheduling) for _ in range(count)]
    for each in made:
        scheduling.add_node(each)
        scheduling.add_node_collection(each, TESTS)
    scheduling.schedule()
    return made


def test_a_folder_stays_with_one_process_while_each_has_one() -> None:
    one, two = nodes(2)
    for _ in range(6):
        one.run()
        two.run()
    assert one.files() == ["tests/browser/test_a.py", "tests/browser/test_b.py", "tests/browser/test_c.py"]
    assert two.files()[:2] == ["tests/gallery/test_a.py", "tests/gallery/access/test_b.py"]


def test_who_is_done_helps_until_every_file_is_given() -> None:
    one, two = nodes(2)
    while not two.shutting_down:
        two.run()
    assert two.files()[-1] == "tests/browser/test_c.py", "one has not done a test yet"
    assert sorted([*one.given, *two.given]) == list(range(len(TESTS)))
