"""Starts the sandbox: ``python -m sandbox --port 8711``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from datetime import date

from sandbox.server import start

EXAMPLE = "example: python -m sandbox --port 8711 --seed 1 --world demo --time-scale 20"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A local Lexware Office server with invented companies.", epilog=EXAMPLE
    )
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--seed", type=int, default=1, help="which world (default: 1)")
    parser.add_argument("--world", choices=("demo", "empty"), default="demo", help="what is in it (default: demo)")
    parser.add_argument(
        "--time-scale", type=_scale, default=1.0, metavar="X", help="make a second of the rate limit last 1/X seconds"
    )
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=None,
        metavar="YYYY-MM-DD",
        help="day on whose morning the world stands (default: today); the clock stays the real one",
    )
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port (0 to 65535)")
    return number


def _scale(text: str) -> float:
    number = float(text)
    if not 0 < number <= 100_000:
        raise argparse.ArgumentTypeError("the time scale must be above 0 and at most 100000")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 then, 1 when the port is taken, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    try:
        running = start(options.port, options.seed, options.world, options.time_scale, options.today)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        sys.stderr.write(f"The sandbox cannot listen on 127.0.0.1:{options.port}: {reason}. Choose another --port.\n")
        return 1
    sys.stdout.write(json.dumps(running.announcement()) + "\n")
    sys.stdout.flush()
    over.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
