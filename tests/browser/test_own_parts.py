"""Pad, microphone and choice of files alone on a page, without a notebook: what they send, and what they say."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from own_files import drawn, picture, spoken
from PIL import Image

from mmcourse.datasets.own_pictures import digit_of
from mmcourse.datasets.own_sounds import recording_of, word_of
from mmcourse.widgets import Microphone, Pad, Upload

PAGE = "<!doctype html><meta charset=utf-8><body style='margin:30px'></body>"
# What a notebook gives a widget: its state, and a line to Python on which window.sent keeps what was sent.
MODEL = """async ([source, state]) => {
  const listeners = {};
  window.sent = [];
  window.model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; listeners[`change:${name}`]?.forEach((act) => act()); },
    on: (names, act) => names.split(' ').forEach((name) => (listeners[name] ??= []).push(act)),
    off: (names, act) => names.split(' ').forEach(
      (name) => { listeners[name] = (listeners[name] ?? []).filter((one) => one !== act); }),
    send: (content, _callbacks, buffers = []) => {
      window.sent.push([content.kind, ...buffers]);
      if (!window.busy) setTimeout(() => window.model.answer({kind: 'taken'}), 20);
    },
    answer: (content, buffers = []) => (listeners['msg:custom'] ?? []).forEach((act) => act(content, buffers)),
    listeners: () => Object.values(listeners).flat().length,
  };
  const address = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  const el = document.body.appendChild(document.createElement('div'));
  window.forget = (await import(address)).default.render({model, el});
}"""
BYTES = "() => btoa(Array.from(new Uint8Array(window.sent.at(-1)[1]), (one) => String.fromCharCode(one)).join(''))"
KINDS = "() => window.sent.map((one) => one[0])"


@pytest.fixture
def alone(chromium):
    """A function that puts a widget on an empty page of an address, and gives the page."""
    contexts, complaints = [], []

    def put(widget, address: str = "http://localhost/", **options):
        context = chromium.new_context(**{"permissions": ["microphone"], **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
        page.goto(address)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        state = {
            name: value for name, value in widget.get_state().items() if isinstance(value, str | int | float | bool)
        }
        page.evaluate(MODEL, [widget._esm, state])
        return page

    yield put
    for context in contexts:
        context.close()
    assert not complaints


def nothing(content: bytes) -> str:
    return ""


def stroke(page, *points: tuple[float, float], steps: int = 5) -> None:
    """Draw through these places of the pad with the mouse."""
    box = page.locator("canvas").bounding_box()
    where = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*where[0])
    page.mouse.down()
    for place in where[1:]:
        page.mouse.move(*place, steps=steps)
    page.mouse.up()


def sent(page, kind: str) -> bytes:
    """The bytes of the last message, which is of this kind, once the pen has rested."""
    page.wait_for_timeout(400)
    page.wait_for_function("kind => window.sent.length && window.sent.at(-1)[0] === kind", arg=kind)
    return base64.b64decode(page.evaluate(BYTES))


def grey(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"))


def status(page, expected: str) -> str:
    page.wait_for_function("words => document.querySelector('[role=status]').innerText.includes(words)", arg=expected)
    return page.locator("[role=status]").inner_text()


SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.42, 0.85)]


@pytest.mark.parametrize("density", [1, 2])
def test_ink_lies_where_the_pen_was(alone, density):
    page = alone(Pad("your digit", nothing), device_scale_factor=density)
    assert page.evaluate(KINDS) == ["hello"]
    stroke(page, *SEVEN)
    ink = grey(sent(page, "drawn"))
    assert ink.shape == (200, 200) and ink.max() == 255 and ink.min() == 0
    assert page.locator("canvas").evaluate("one => one.width") == 200 * density
    for x, y in SEVEN:
        row, column = round(200 * y), round(200 * x)
        assert ink[row - 2 : row + 2, column - 2 : column + 2].mean() < 60
    assert 10 < (ink[:, 100] < 128).sum() < 80 and (ink[185:] > 250).all() and (ink[:, 165:] == 255)[60:].all()
    assert digit_of(picture(ink)).shape == (1, 20, 20)


def test_python_sets_the_pace_and_gets_the_last(alone):
    page = alone(Pad("your digit", nothing))
    page.evaluate("() => { window.busy = true; }")
    for x in (0.2, 0.4, 0.6, 0.8):
        stroke(page, (x, 0.2), (x, 0.8))
        page.wait_for_timeout(200)
    assert page.evaluate(KINDS) == ["hello", "drawn"], "the first is not yet taken"
    page.evaluate("() => model.answer({kind: 'taken'})")
    ink = grey(sent(page, "drawn"))
    assert page.evaluate(KINDS) == ["hello", "drawn", "drawn"]
    assert [bool(ink[100, round(200 * x)] < 60) for x in (0.2, 0.4, 0.6, 0.8)] == [True] * 4


def test_a_click_is_a_dot_and_clear_takes_all_away(alone):
    page = alone(Pad("your digit", nothing))
    clear = page.locator("button", has_text="clear")
    assert clear.is_disabled()
    stroke(page, (0.5, 0.5))
    assert 200 < (grey(sent(page, "drawn")) < 128).sum() < 400
    clear.focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => window.sent.at(-1)[0] === 'clear'")
    page.wait_for_timeout(300)
    assert page.evaluate(KINDS)[-1] == "clear" and clear.is_disabled()
    assert page.evaluate("() => document.activeElement.textContent") == "choose a picture …", "the focus is not lost"
    assert "empty" in page.locator("canvas").get_attribute("aria-label")


def test_a_chosen_picture_lies_on_the_pad(alone, pictures_folder):
    page = alone(Pad("your digit", nothing))
    content = picture(drawn())
    page.locator("input").set_input_files({"name": "digit.png", "mimeType": "image/png", "buffer": content})
    assert sent(page, "file") == content
    page.wait_for_function("() => document.querySelector('canvas').ariaLabel.includes('picture')")
    if pictures_folder:
        page.screenshot(path=str(pictures_folder / "pad_with_a_picture.png"))
    stroke(page, (0.05, 0.95), (0.95, 0.95))
    ink = grey(sent(page, "drawn"))
    assert ink[190, 100] < 60 and (ink[:150] < 128).sum() > 1000, "drawn on top of it"


def test_a_new_page_shows_what_python_still_has(alone):
    page = alone(Pad("your digit", nothing))
    page.evaluate(
        "text => model.answer({kind: 'given'}, [Uint8Array.from(atob(text), (one) => one.charCodeAt(0))])",
        base64.b64encode(picture(drawn())).decode(),
    )
    page.wait_for_function("() => document.querySelector('canvas').ariaLabel.includes('picture')")
    page.evaluate("() => { window.forget(); }")
    assert page.evaluate("() => model.listeners()") == 0


def test_the_words_of_python_are_shown_and_too_large_is_not_sent(alone):
    page = alone(Upload("your photo", nothing))
    page.evaluate("() => { model.set('refused', true); model.set('words', 'picture: got a song'); }")
    assert status(page, "got a song")
    page.locator("input").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": bytes(8_000_001)})
    assert "a.png: got 8 MB, expected at most 8 MB" in status(page, "8 MB")
    assert page.evaluate(KINDS) == []


def test_a_recording_is_a_wav_file_of_what_was_said(alone, pictures_folder):
    page = alone(Microphone("your voice", nothing))
    page.locator("button", has_text="record").click()
    status(page, "Speak now: 2 s")
    page.wait_for_function("() => document.querySelector('meter').value > 0.05")
    if pictures_folder:
        page.screenshot(path=str(pictures_folder / "microphone_recording.png"))
    content = sent(page, "sound")
    found, word = recording_of(content), word_of(content)
    assert found.rate in (44_100, 48_000) and found.channels == 1 and found.seconds == pytest.approx(3, abs=0.05)
    _sound, first, last = spoken(7, 48_000)
    assert word.length / 8000 == pytest.approx(last - first, abs=0.1) and word.whole
    assert page.locator("meter").evaluate("one => one.value") == 0
    assert page.locator("button", has_text="record").is_visible()


def test_no_microphone_from_a_page_that_is_not_safe(alone, pictures_folder):
    page = alone(Microphone("your voice", nothing), "http://own.test/", permissions=[])
    page.locator("button", has_text="record").click()
    said = status(page, "choose a WAV file instead")
    assert "only to pages from https or localhost, and this one is from http://own.test" in said
    if pictures_folder:
        page.screenshot(path=str(pictures_folder / "microphone_unsafe.png"))


def test_no_microphone_without_permission(alone):
    page = alone(Microphone("your voice", nothing), permissions=[])
    page.locator("button", has_text="record").click()
    assert "may not use the microphone" in status(page, "choose a WAV file instead")


@pytest.mark.parametrize(
    "name, words", [("NotFoundError", "No microphone was found"), ("NotReadableError", "Is another program using it?")]
)
def test_other_reasons_are_told(alone, name, words):
    page = alone(Microphone("your voice", nothing))
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', name); }; }", name
    )
    page.locator("button", has_text="record").click()
    assert words in status(page, "choose a WAV file instead")


def test_stop_while_waiting_for_permission_says_nothing(alone):
    page = alone(Microphone("your voice", nothing))
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => new Promise(() => {}); }")
    page.locator("button", has_text="record").click()
    page.locator("button", has_text="stop").click()
    page.wait_for_function("() => document.querySelector('[role=status]').innerText === ''")
    assert page.evaluate(KINDS) == []
