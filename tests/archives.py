"""For tests of what is fetched: a small archive like that of the spoken digits, and a server on this machine."""

import contextlib
import hashlib
import io
import tarfile
import threading
import wave
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from mmcourse.datasets import fsdd

FOLDER = "free-spoken-digit-dataset-26eb9aaf76e81b692f806f9140c2d2777410d7a1"
SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")


def wav(samples, rate=8000):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(np.asarray(samples, "<i2").tobytes())
    return buffer.getvalue()


def recording(speaker, digit, take, count=4000):
    """A tone of its own for every recording, with silence on both sides."""
    tone = 8000 * np.sin((0.1 + 0.02 * digit + 0.003 * SPEAKERS.index(speaker)) * np.arange(count)) + 40 * take
    return wav(np.concatenate([np.zeros(800), tone.astype(np.int16), np.zeros(800)]))


def recordings(speakers=SPEAKERS, takes=2):
    """Name in the archive → WAV."""
    return {
        f"{FOLDER}/recordings/{digit}_{speaker}_{take}.wav": recording(speaker, digit, take)
        for speaker in speakers for digit in range(10) for take in range(takes)
    }  # fmt: skip


def packed(files, extra=(), when=0):
    """A tar.gz; ``extra`` are members (TarInfo, bytes) put in front. Another ``when`` gives other bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, content in [*extra, *((tarfile.TarInfo(name), content) for name, content in files.items())]:
            if member.isreg():
                member.size = len(content)
            member.mtime = when
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def edition(url, files, takes=2, unknown=("theo", "yweweler")):
    """What `fsdd` is to expect at a URL: the sums of all speakers but the unknown ones."""
    sums = {}
    for speaker in SPEAKERS:
        own = {name.split("/")[-1]: each for name, each in files.items() if f"_{speaker}_" in name}
        lines = "".join(f"{hashlib.sha256(own[name]).hexdigest()}  {name}\n" for name in sorted(own))
        sums[speaker] = None if speaker in unknown else hashlib.sha256(lines.encode()).hexdigest()
    return fsdd.Edition(url, sums, takes)


class Server:
    """What it gives and how it behaves may be changed at any time: content, ranges, cut (bytes before it hangs up)."""

    def __init__(self, content):
        self.content, self.ranges, self.cut, self.status, self.length = content, True, None, 200, True
        self.asked = []  # the Range of each request, None without

    def answer(self, handler):
        wanted = handler.headers.get("Range")
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        if self.status != 200 or start >= len(self.content) > 0:
            handler.send_error(self.status if self.status != 200 else 416)
            return
        body = self.content[start:]
        handler.send_response(206 if start else 200)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        if self.length:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body if self.cut is None else body[: self.cut])


@contextlib.contextmanager
def serving(content):
    """A `Server` on 127.0.0.1 with its URL."""
    server = Server(content)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.answer(self)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.url = f"http://127.0.0.1:{http.server_port}/{FOLDER}.tar.gz"
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
