"""The runs: so many damaged files of a format, always the same ones for the same seed."""

from collections.abc import Callable
from random import Random

from .judge import judge, shrink
from .mutations import mutate
from .seeds import Target


def damaged(target: Target, seed: int, number: int) -> bytes:
    """The file of this number."""
    rng = Random(f"{seed}/{number}")
    return mutate(rng, rng.choice(target.seeds))


def run(
    target: Target, count: int, seed: int, *, progress: Callable[[int], None] = lambda _: None, most: int = 5
) -> list[str]:
    """Read ``count`` damaged files. Gives up to ``most`` findings, each with the smallest input that shows it."""
    findings = []
    for number in range(count):
        data = damaged(target, seed, number)
        finding = judge(data, target.oracle)
        if finding:
            small = shrink(data, _fails_like(finding, target))
            findings.append(f"file {number}: {finding}\n  smallest: {judge(small, target.oracle)}\n  {small!r}")
            if len(findings) >= most:
                break
        progress(number + 1)
    return findings


def _fails_like(finding: str, target: Target) -> Callable[[bytes], bool]:
    kind = finding.split(":")[0].split(" give ")[0]
    return lambda data: judge(data, target.oracle).startswith(kind)
