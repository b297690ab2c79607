"""What comes from the browser: it is checked, kept in memory only, and answered in words, whatever it is."""

from __future__ import annotations

import pytest

from mmcourse.widgets import Given, Microphone, Pad, Upload


def read(content: bytes) -> str:
    if content == b"bad":
        raise ValueError("picture: got nonsense, expected a digit")
    return f"{len(content)} bytes" if content != b"odd" else 1 / 0


@pytest.fixture(params=[Pad, Microphone, Upload])
def given(request, monkeypatch):
    """A widget whose messages to the browser are kept in ``given.sent``."""
    one = request.param("yours", read)
    one.sent = []
    monkeypatch.setattr(one, "send", lambda content, buffers=None: one.sent.append((content, buffers)), raising=False)
    return one


def came(given: Given, kind, *buffers: bytes) -> None:
    given._handle_custom_msg({"kind": kind} if isinstance(kind, str) else kind, [memoryview(one) for one in buffers])


def test_what_can_be_used_becomes_the_value(given):
    came(given, "file", b"some")
    assert (given.value, given.words, given.refused) == (b"some", "4 bytes", False)
    assert isinstance(given.value, bytes) and given.sent == [({"kind": "taken"}, None)]


def test_what_cannot_is_answered_in_words_and_nothing_is_given(given):
    for content, words in ((b"bad", "expected a digit"), (b"odd", "could not be read (ZeroDivisionError)")):
        came(given, "file", b"some")
        came(given, "drawn", content)
        assert given.value == b"" and given.refused and words in given.words


def test_too_large_a_file_is_not_read(given):
    given.most, given._read = 10, lambda content: pytest.fail("read")
    came(given, "file", b"x" * 11)
    assert given.refused and "expected at most" in given.words


def test_clear_and_the_page_loaded_anew(given):
    came(given, "hello")
    came(given, "file", b"some")
    came(given, "hello")
    came(given, "clear")
    assert given.sent[0] == ({"kind": "given"}, []) and given.sent[2] == ({"kind": "given"}, [b"some"])
    assert (given.value, given.words, given.refused) == (b"", "", False)


@pytest.mark.parametrize("message", [None, 7, "x", {}, {"kind": "exec"}, {"kind": ["file"]}])
def test_messages_of_another_form_change_nothing(given, message):
    given.take(b"some")
    given._handle_custom_msg(message, [b"other"])
    came(given, "file"), came(given, "file", b"a", b"b")
    assert given.value == b"some"


def test_bytes_are_no_state_that_a_notebook_saves(given):
    given.take(b"some")
    assert b"some" not in given.get_state().values() and "value" not in given.get_state()


def test_a_watcher_hears_of_each_change(given):
    seen = []
    given.observe(lambda change: seen.append(change["new"]), names="value")
    for content in (b"one", b"two", b"bad"):
        came(given, "file", content)
    assert seen == [b"one", b"two", b""] and given.description == "yours" and repr(given) == "[yours]"
