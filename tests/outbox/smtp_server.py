"""A mail server of the tests: accepts, refuses or hangs up, and remembers what it accepted."""

import socketserver
import threading
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 essai")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                return self.say("221 au revoir")
            if verb.upper() == "RCPT":
                recipient = rest.partition("<")[2].partition(">")[0]
            answer = self.server.answers.get((verb.upper(), recipient), "250 bien")
            if answer is None:
                return None
            if verb.upper() == "DATA" and answer.startswith("250"):
                self.say("354 allez-y")
                text = self.read_text()
                answer = self.server.answers.get(("TEXT", recipient), answer)
                if answer is None:
                    return None
                self.server.received.append((recipient, message_from_bytes(text, policy=default)))
                self.server.accepted.release()
                self.server.before_answering()
            self.say(answer)
        return None

    def read_text(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Conversation)
        self.received = []
        self.accepted = threading.Semaphore(0)  # one a message
        self.answers = {}  # (verb or TEXT, recipient): what is said; None hangs up
        self.before_answering = lambda: None  # called once a text is received

    @property
    def port(self):
        return self.server_address[1]


@contextmanager
def serving(port=0):
    with Server(port) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield server
        finally:
            server.shutdown()
