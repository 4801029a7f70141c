"""A mail server that answers recipients as a test wants it: it takes, refuses, or asks to come back later."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """What it answers to a recipient, and what it has taken."""

    port: int = 0
    answer: str = "250 ok"
    taken: list[str] = field(default_factory=list)


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """Run one on a free port of this machine."""
    state = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.say("354 go on")
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += self.rfile.readline()
                    state.taken.append(body.decode())
                    self.say("250 taken")
                elif word == b"RCPT":
                    self.say(state.answer)
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
