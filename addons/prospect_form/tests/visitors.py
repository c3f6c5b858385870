"""Visitors who send forms, without Odoo: also a program of its own, for benchmarks.

``python visitors.py PORT DATABASE COUNT < posts.json`` sends [[path, values]] by COUNT
machines at once and prints [[status, answer, seconds]].
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlencode


class Visitor:
    """One machine; each request is a connection of its own."""

    def __init__(self, port, database, address="203.0.113.1"):
        self.port = port
        self.headers = {
            "X-Odoo-Database": database,
            "X-Forwarded-For": address,
            "X-Forwarded-Host": "forms.example.com",
            "X-Forwarded-Proto": "https",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def post(self, path, values):
        """(status, what the answer says, seconds) of a form that is sent."""
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            body = urlencode(values, doseq=True)
            connection.request("POST", path, body, self.headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        try:
            found = json.loads(text)
        except ValueError:
            found = {}
        return response.status, found, time.monotonic() - started


def send_all(port, database, posts, machines):
    """Send [(path, values)] from several machines at once, each the next one."""
    results = [None] * len(posts)
    places, lock = iter(range(len(posts))), threading.Lock()

    def visit(machine):
        visitor = Visitor(port, database, f"203.0.113.{machine}")
        while True:
            with lock:
                place = next(places, None)
            if place is None:
                return
            results[place] = visitor.post(*posts[place])

    threads = [
        threading.Thread(target=visit, args=(machine,))
        for machine in range(1, machines + 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return results


if __name__ == "__main__":
    _program, to_port, to_database, count = sys.argv
    found = send_all(int(to_port), to_database, json.load(sys.stdin), int(count))
    json.dump(found, sys.stdout)
