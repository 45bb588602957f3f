"""Fuzzing: python -m tests.transform.fuzz --urls 100000 --renders 3000 --files 5000 [--seed N].

URLs are made from the table of parameters with good, odd and broken values, and planned; some are rendered on a
small picture. Files are pictures of every format, cut, flipped and mixed, and probed by real image workers under
their limits. Counts what is answered; anything but success or a 4xx is printed and ends with status 1.
"""

import argparse
import collections
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from picturerail.errors import PicturerailError
from picturerail.transform.grammar import canonical, is_component, parse
from picturerail.transform.language.effect_table import EFFECTS
from picturerail.transform.language.looks import LOOKS
from picturerail.transform.parameters import CROP_MODES, FLAGS, GRAVITIES, PARAMETERS
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.probe import Limits, SourceInfo
from picturerail.transform.workers import ImageWorkers
from tests import camera_raw_files, pictures
from tests.camera_raw_files import Dng

ODD = [
    *(
        "0",
        "-1",
        "1",
        "1.0",
        "0.0",
        "-0",
        "1e9",
        "99999999999999999999",
        "nan",
        "inf",
        "0x10",
        "1:2:3",
        "",
        "_",
        ":",
    ),
    *(
        "auto",
        "max",
        "iw",
        "ih_div_0",
        "w_pow_99",
        "$x",
        "$x_mul_$x",
        "!a!",
        "!",
        "%",
        "%25%2C",
        "☃",
        "\x00",
        "../..",
        "٣",
    ),
    *(
        "16384",
        "100000",
        "360",
        "-360",
        "0.00001",
        "100.0",
        "9_div_0.0",
        "$(x)",
        "text:Arial_20:%3Cb",
        "fetch:***",
        "logo",
    ),
]
FORMATS = ("jpg", "png", "webp", "avif", "gif", "tiff", "bmp", "ico")


def urls(seed: int) -> Iterator[str]:
    """Transformations without end: sensible, odd, and broken ones."""
    chance = random.Random(seed)
    while True:
        parts = [component(chance) for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6)))]
        text = "/".join(parts)
        yield broken(chance, text) if chance.random() < 0.1 else text


def component(chance: random.Random) -> str:
    keys = chance.choices([*PARAMETERS, "$x", "zz", "vc"], k=chance.choice((1, 2, 2, 3, 4)))
    return ",".join(f"{key}_{value(chance, key)}" for key in keys)


def value(chance: random.Random, key: str) -> str:
    if chance.random() < 0.08:
        return chance.choice(ODD)
    number = str(
        chance.choice((chance.randint(1, 300), chance.randint(-50, 5000), round(chance.uniform(0, 3), 3)))
    )
    words: dict[str, Callable[[], str]] = {
        "c": lambda: chance.choice(CROP_MODES),
        "g": lambda: chance.choice(GRAVITIES),
        "fl": lambda: ".".join(chance.sample(FLAGS, 2)),
        "e": lambda: effect(chance, number),
        "cs": lambda: chance.choice(("srgb", "cmyk", "keep_cmyk", "icc:raw")),
        "b": lambda: chance.choice(
            (
                "red",
                "auto",
                "auto:predominant_gradient:4",
                "auto:border_gradient:vertical",
                "blurred:300:20",
                "rgb:fff8",
                "transparent",
            )
        ),
        "co": lambda: chance.choice(("red", "rgb:123")),
        "q": lambda: chance.choice((number, "auto", "auto:low")),
        "l": lambda: chance.choice(
            (
                "logo",
                "text:Arial_20_bold:Hi",
                "text:Arial_9:$(x)",
                "fetch:aHR0cA==",
                "lut:a.cube",
                "text:$x:Hi",
            )
        ),
        "u": lambda: chance.choice(("logo", "text:Arial_200:Behind")),
        "f": lambda: chance.choice(FORMATS),
        "t": lambda: chance.choice(("small", "again", "none")),
        "if": lambda: chance.choice(("w_gt_100", "else", "end", "ar_lt_1:1_or_fc_gt_0", "!a!_in_tags")),
        "bo": lambda: f"{number}px_solid_red",
        "ar": lambda: chance.choice(("16:9", "1:1", number)),
        "a": lambda: chance.choice((number, "90", "hflip.45", "ignore", "auto_right")),
        "r": lambda: chance.choice((number, "max", "5:10", "1:2:3:4")),
    }
    return words.get(key, lambda: number)()


def effect(chance: random.Random, number: str) -> str:
    """An effect, by its name alone, with a number, or in the words that need many."""
    name = chance.choice([*EFFECTS, "art", "distort", "shear", "gradient_fade", "dropshadow", "recolor"])
    few = [
        str(round(chance.uniform(-90, 200), chance.choice((0, 1))))
        for _ in range(chance.choice((2, 8, 9, 16)))
    ]
    look = chance.choice(list(LOOKS))
    return chance.choice(
        (name, EFFECTS[name].sample, f"{name}:{number}", f"{name}:{':'.join(few)}", f"art:{look}")
    )


def broken(chance: random.Random, text: str) -> str:
    """The text with a few characters lost, doubled or exchanged."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        text = (
            text[:at]
            + chance.choice(("", "_", ",", "/", ":", "$", "!", "9", "\n", "é", text[at : at + 5]))
            + text[at + chance.randint(0, 3) :]
        )
    return text


LOGO = SourceInfo("png", 30, 20, has_alpha=True, bands=4)


def context() -> Context:
    def named(name: str) -> object:
        return {"small": parse("w_50"), "again": parse("t_again"), "none": parse("")}.get(name, parse(""))

    return Context(
        named=named,  # type: ignore[arg-type]
        layer=lambda _kind, _name: LayerAsset(LOGO, "logo"),
        faces=lambda: (Face(0.4, 0.3, 0.2, 0.3),),
        tags=("a",),
        raw=lambda _name: "raw",
    )


def planned(text: str, source: SourceInfo, kind: str) -> Plan:
    transformation = parse(text)
    assert parse(canonical(transformation)) == transformation, "printing and parsing disagree"
    for segment in text.split("/"):
        is_component(segment)
    plan = make_plan(transformation, source, Output(kind), context())
    assert Plan.from_json(plan.to_json()) == plan
    return plan


class Count:
    """How often each answer was given, and what was wrong."""

    def __init__(self) -> None:
        self.answers: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []

    def add(self, what: str, do: Callable[[], object]) -> None:
        try:
            do()
            self.answers["done"] += 1
        except PicturerailError as error:
            self.answers[str(error.status)] += 1
            if error.status >= 500:
                self.wrong.append(f"{what!r}: {error.status} {error.message}")
        except Exception as error:
            self.answers[type(error).__name__] += 1
            self.wrong.append(f"{what!r}: {type(error).__name__} {error}")


def fuzz_urls(number: int, seed: int) -> Count:
    count, source = Count(), SourceInfo("jpg", 400, 300, orientation=6)
    for at, text in zip(range(number), urls(seed), strict=False):
        count.add(text, lambda text=text, at=at: planned(text, source, FORMATS[at % len(FORMATS)]))  # type: ignore[misc]
    return count


def fuzz_renders(number: int, seed: int, folder: Path) -> Count:
    """Pictures that come out small, so that there can be many."""
    count = Count()
    source = pictures.saved(pictures.photo("cat", (90, 60)).convert("RGBA"), folder / "cat.png")
    logo = pictures.saved(Image.new("RGBA", (30, 20), (255, 0, 0, 128)), folder / "logo.png")
    raw = folder / "raw"
    raw.write_text("LUT_3D_SIZE 2\n" + "0 0 0\n1 1 1\n" * 4)
    info = probe.gather(source, Limits()).info

    def render(text: str, kind: str) -> None:
        plan = make_plan(parse(text), info, Output(kind, max_side=2000, max_pixels=300_000), context())
        execute.render(source, plan, folder / "out", Limits(), {"logo": logo, "raw": raw})

    for tried, text in enumerate(urls(seed)):
        if count.answers["done"] >= number or tried > 40 * number:
            break
        count.add(text, lambda text=text, tried=tried: render(text, FORMATS[tried % len(FORMATS)]))  # type: ignore[misc]
    count.wrong += [f"{number} pictures were damaged by a URL" for number in [count.answers["415"]] if number]
    return count


def seeds(folder: Path) -> list[bytes]:
    """One good picture of each format and kind."""
    small = pictures.photo("cat", (64, 48))
    made = [pictures.encoded(small, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "TIFF", "BMP")]
    made += [
        pictures.encoded(small, "JPEG", progressive=True),
        pictures.encoded(small, "WEBP", lossless=True),
    ]
    made += [
        pictures.encoded(small.convert(mode), "TIFF", compression=how)
        for mode in ("L", "CMYK")
        for how in ("tiff_lzw", "jpeg")
    ]
    made += [pictures.animation(folder / f"a.{kind}", [50] * 4).read_bytes() for kind in ("gif", "webp")]
    made += [pictures.png16_rgba(40, 30, (1, 2, 3, 4)), pictures.encoded(small.convert("CMYK"), "JPEG")]
    made.append(pictures.heic(small))
    made += [Dng(small, preview).content() for preview in (None, small.resize((32, 24)))]
    made += camera_raw_files.maker_files().values()
    made.append(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><g fill="red"><path d="M0 0h9v9z"/></g></svg>'
    )
    return made


def damaged(chance: random.Random, good: list[bytes]) -> bytes:
    data = bytearray(chance.choice(good))
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at, way = chance.randrange(len(data)), chance.randrange(6)
        if way == 0:
            del data[at:]
            data += b"\0"
        elif way == 1:
            data[at] ^= 1 << chance.randrange(8)
        elif way == 2:
            data[at : at + 4] = chance.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\xff\xff")
            )
        elif way == 3:
            other = chance.choice(good)
            start = chance.randrange(len(other))
            data[at : at + 40] = other[start : start + 40]
        elif way == 4:
            del data[at : at + chance.randint(1, 30)]
            data += b"\0"
        else:
            data[at:at] = data[at : at + chance.randint(1, 60)]
    return bytes(data)


def fuzz_files(number: int, seed: int, folder: Path) -> tuple[Count, int]:
    """Damaged files through real workers; also the most memory that one of them held, in megabytes."""
    chance, count, peak = random.Random(seed), Count(), 0
    good, path, socket = seeds(folder), folder / "file", folder / "p.sock"
    command = [sys.executable, "-m", "picturerail.transform", str(socket), "1", "8", "10", str(1200 * 2**20)]
    with subprocess.Popen(command) as pool:
        while not socket.exists():
            time.sleep(0.02)
        workers = ImageWorkers(socket)
        for at in range(number):
            path.write_bytes(damaged(chance, good))
            count.add(f"file {at}", lambda: deliver(workers, path, folder / "out"))
            peak = max([peak, *(high_water(child) for child in children(pool.pid))])
        pool.terminate()
    return count, peak // 1024


def deliver(workers: ImageWorkers, path: Path, target: Path) -> None:
    found = workers.probe(path)
    workers.render(path, make_plan(parse("c_fill,w_40,h_40"), found.info, Output("webp")), target)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def high_water(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("urls", 100_000), ("renders", 2_000), ("files", 5_000), ("seed", 1)):
        options.add_argument(f"--{name}", type=int, default=default)
    asked = options.parse_args()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, count in (
            ("URLs planned", fuzz_urls(asked.urls, asked.seed)),
            ("URLs rendered", fuzz_renders(asked.renders, asked.seed + 1, Path(folder))),
        ):
            print(name, dict(count.answers), flush=True)
            wrong += count.wrong
        count, peak = fuzz_files(asked.files, asked.seed + 2, Path(folder))
        print("files", dict(count.answers), f"largest worker {peak} MB")
        wrong += count.wrong
    print("\n".join(wrong[:40]) or "nothing wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
