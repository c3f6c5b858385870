"""A mail server that keeps what it gets, byte for byte."""

import socketserver
import threading
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    """One connection: as much of SMTP (RFC 5321) as ``smtplib`` speaks."""

    timeout = 30

    def handle(self):
        self._say("220 sink.example.com")
        for line in iter(self.rfile.readline, b""):
            word = line.split(b" ")[0].strip().upper()
            if word == b"QUIT":
                self._say("221 bye")
                return
            if word == b"DATA":
                self._say("354 go on")
                self.server.mails.append(self._read_mail())
            self._say("250 sink.example.com" if word == b"EHLO" else "250 fine")

    def _read_mail(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


@contextmanager
def smtp_sink():
    """Run a mail server on this machine: its port, and the list of what it gets."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.mails = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], server.mails
        finally:
            server.shutdown()
            thread.join()


def read_header(mail, name):
    """The lines of a header as they were sent, without their ends, or an empty list."""
    lines = []
    for line in mail.split(b"\r\n\r\n")[0].split(b"\r\n"):
        if lines and line[:1] in (b" ", b"\t"):
            lines.append(line.decode())
        elif lines:
            break
        elif line.lower().startswith(f"{name.lower()}:".encode()):
            lines.append(line.decode())
    return lines
