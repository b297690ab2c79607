"""The learner's own in a real browser: strokes on the pad, a word into the microphone, files good and odd."""

from __future__ import annotations

import controls
import driver
import numpy as np
import pytest
from own_files import drawn, picture, spoken, wav

OWN = """
import base64
import numpy as np
from mmcourse.datasets.own_pictures import digit_of, photo_of
from mmcourse.datasets.own_sounds import recording_of, word_of
from mmcourse.pictures import Panel, View, style
from mmcourse.widgets import Microphone, Pad, Upload

def digit(content):
    digit_of(content)
    return "a digit"

def word(content):
    recording, found = recording_of(content), word_of(content)
    return f"a word of {found.length / 8000:.2f} s in {recording.seconds:.1f} s at {recording.rate} Hz"

def photo(content):
    return "{2} x {1} pixels".format(*photo_of(content).shape)

class Own(View):
    size, alt = (6.0, 2.5), "what was drawn, said and photographed"

    def build(self, figure):
        seen, heard, shown = figure.subplots(1, 3)
        self.seen = self.moving(style.heat(seen, np.zeros((20, 20)), low=0, high=1, cmap="gray_r"))
        self.wave = self.moving(heard.plot(np.zeros(6400), linewidth=0.5)[0])
        heard.set(ylim=(-1, 1))
        self.photo = self.moving(style.heat(shown, np.zeros((20, 20, 3)), low=0, high=1))

    def update(self, drawn=b"", said=b"", photo=b""):
        self.seen.set_data(digit_of(drawn)[0].numpy() if drawn else np.zeros((20, 20)))
        self.wave.set_ydata(word_of(said).waveform.numpy() if said else np.zeros(6400))
        self.photo.set_data(photo_of(photo).permute(1, 2, 0).numpy() if photo else np.zeros((20, 20, 3)))
"""
PANEL = """
pad, microphone, upload = Pad("your digit", digit), Microphone("your voice", word), Upload("your photo", photo)
own = Panel(Own(), drawn=pad, said=microphone, photo=upload)
own
"""
RECORD = "button[aria-label*='record']"  # also while it says stop
CELLS = "() => jupyterapp.shell.currentWidget.content.model.cells.length"


@pytest.fixture
def own(page, lab, small):
    """A notebook with a panel that has a pad, a microphone and a choice of files."""
    driver.open_notebook(page, lab, small("own.ipynb", OWN, PANEL, "1"))
    driver.run_all(page)
    assert not driver.wrong_cells(driver.notebook(page))
    [panel] = controls.panels(page)
    panel.locator(".mmcourse-given canvas").wait_for(state="visible")
    return panel


def part(panel, name: str):
    """The pad, the microphone or the choice of files, by its label."""
    return panel.locator(".mmcourse-given", has_text=name)


def words(panel, name: str) -> str:
    return part(panel, name).locator("[role=status]").inner_text()


def asked(page, code: str) -> str:
    """What the notebook's kernel says to an expression."""
    return page.evaluate(
        """async code => {
          const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          const asked = kernel.requestExecute({code: '', user_expressions: {it: code}, silent: false});
          const reply = await asked.done;
          const it = reply.content.user_expressions.it;
          return it.status === 'ok' ? it.data['text/plain'] : it.ename + ': ' + it.evalue;
        }""",
        code,
    )


def stroke(page, canvas, *points: tuple[float, float]) -> None:
    """Draw a line through these places of the pad, (0, 0) to (1, 1), with the mouse."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    where = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*where[0])
    page.mouse.down()
    for place in where[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()
    page.wait_for_timeout(300)  # the pad waits a moment before it sends what was drawn
    driver.wait_idle(page)


def wait_words(page, panel, name: str, expected: str) -> str:
    status = part(panel, name).locator("[role=status]")
    page.wait_for_function(
        "([one, expected]) => one.innerText.includes(expected)", arg=[status.element_handle(), expected]
    )
    return status.inner_text()


def give_file(panel, name: str, content: bytes, file: str) -> None:
    """Choose a file, as by the button."""
    kind = "application/octet-stream"
    part(panel, name).locator("input[type=file]").set_input_files({"name": file, "mimeType": kind, "buffer": content})


SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.42, 0.85)]


def test_strokes_of_the_mouse_become_a_digit(page, own, pictures_folder):
    canvas, before = part(own, "your digit").locator("canvas"), controls.settled(page, own)
    assert canvas.get_attribute("aria-label") == "your digit: an empty pad, to draw on with mouse, finger or pen"
    stroke(page, canvas, *SEVEN)
    wait_words(page, own, "your digit", "a digit")
    assert controls.settled(page, own) != before and "drawing" in canvas.get_attribute("aria-label")
    ink = np.array(eval(asked(page, "digit_of(pad.value)[0].tolist()")))
    assert ink.shape == (20, 20) and ink.max() > 0.9
    high = ink > 0.5
    assert high[4:8, 4:15].sum() > 12 and high[15:19, 5:11].sum() > 4 and not high[10:19, 14:].any()
    if pictures_folder:
        own.screenshot(path=str(pictures_folder / "own_drawn.png"))


def test_a_drawing_is_the_same_on_a_sharp_screen_and_clear_empties_it(page, own, pictures_folder):
    canvas = part(own, "your digit").locator("canvas")
    found = []
    for density in (1, 2):
        driver.set_density(page, density)
        page.wait_for_function(
            "([one, density]) => one.width === 200 * density", arg=[canvas.element_handle(), density]
        )
        stroke(page, canvas, *SEVEN)
        wait_words(page, own, "your digit", "a digit")
        controls.settled(page, own)
        if pictures_folder and density == 2:
            own.screenshot(path=str(pictures_folder / "own_sharp.png"))
        found.append(np.array(eval(asked(page, "digit_of(pad.value)[0].tolist()"))))
        clear = part(own, "your digit").locator("button", has_text="clear")
        clear.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("one => one.getAttribute('aria-label').includes('empty')", arg=canvas.element_handle())
        controls.settled(page, own)
        assert asked(page, "pad.value, pad.words") == "(b'', '')" and clear.is_disabled()
    driver.set_density(page, 1)
    assert np.abs(found[0] - found[1]).max() < 0.2


def test_finger_and_pen_draw_too(page, own):
    canvas = part(own, "your digit").locator("canvas")
    for kind in ("touch", "pen"):
        canvas.evaluate(
            """(canvas, [kind, points]) => {
              const box = canvas.getBoundingClientRect();
              canvas.setPointerCapture = () => {};
              const at = (type, [x, y]) => canvas.dispatchEvent(new PointerEvent(type, {pointerId: 5, pointerType: kind,
                button: 0, bubbles: true, clientX: box.left + x * box.width, clientY: box.top + y * box.height}));
              at('pointerdown', points[0]);
              for (const point of points) at('pointermove', point);
              at('pointerup', points[points.length - 1]);
            }""",
            [kind, SEVEN],
        )
        wait_words(page, own, "your digit", "a digit")
        part(own, "your digit").locator("button", has_text="clear").click()
        controls.settled(page, own)
    assert canvas.evaluate("one => getComputedStyle(one).touchAction") == "none", "the page does not scroll instead"


def test_a_pad_outlives_its_page(page, lab, own):
    stroke(page, part(own, "your digit").locator("canvas"), *SEVEN)
    wait_words(page, own, "your digit", "a digit")
    controls.settled(page, own)
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    page.evaluate("() => jupyterapp.commands.execute('notebook:create-output-view')")
    page.wait_for_function(
        "() => document.querySelectorAll(\".mmcourse-given canvas[aria-label*='a picture']\").length === 1"
    )


def test_a_word_is_recorded(page, own, pictures_folder):
    before = controls.settled(page, own)
    record = part(own, "your voice").locator(RECORD)
    assert record.get_attribute("aria-label") == "your voice: record 3 s"
    record.click()
    wait_words(page, own, "your voice", "Speak now")
    assert "stop" in record.inner_text()
    level = part(own, "your voice").locator("meter")
    page.wait_for_function("one => one.value > 0.05", arg=level.element_handle())
    if pictures_folder:
        own.screenshot(path=str(pictures_folder / "own_recording.png"))
    said = wait_words(page, own, "your voice", "a word of")
    assert " in 3.0 s at 4" in said, said
    assert controls.changes(page, own, before)
    _sound, first, last = spoken(7, 48_000)
    assert float(said.split()[3]) == pytest.approx(last - first, abs=0.08)
    if pictures_folder:
        own.screenshot(path=str(pictures_folder / "own_recorded.png"))


def test_stop_ends_a_recording(page, own):
    record = part(own, "your voice").locator(RECORD)
    record.click()
    wait_words(page, own, "your voice", "Speak now: 1 s")
    record.click()
    said = wait_words(page, own, "your voice", " at 4")
    assert float(said.split(" in ")[1].split()[0]) < 2.8


def test_a_microphone_that_is_refused_is_explained(page, own):
    page.context.clear_permissions()
    part(own, "your voice").locator(RECORD).click()
    said = wait_words(page, own, "your voice", "choose a WAV file instead")
    assert "may not use the microphone" in said
    assert part(own, "your voice").locator(RECORD).is_visible()


ODD = {
    "empty.png": ("your digit", b"", "empty file"),
    "words.png": ("your digit", b"hello, I am a text", "a file that is none"),
    "blank.png": ("your digit", picture(np.full((90, 90), 255, np.uint8)), "paper without ink"),
    "empty.wav": ("your voice", b"", "empty file"),
    "song.mp3": ("your voice", b"ID3\x04" + bytes(4000), "expected a WAV file"),
    "silent.wav": ("your voice", wav(np.zeros(44_100)), "silence"),
    "cut.jpg": (
        "your photo",
        picture(np.uint8(np.random.default_rng(0).integers(0, 255, (300, 300, 3))), "JPEG")[:9000],
        "damaged",
    ),
    "huge.png": ("your photo", bytes(8_000_001), "huge.png: got 8 MB"),
}


def test_odd_files_are_answered_in_words(page, own):
    for file, (name, content, expected) in ODD.items():
        give_file(own, name, content, file)
        wait_words(page, own, name, expected)
    assert asked(page, "[pad.value, microphone.value, upload.value]") == "[b'', b'', b'']"
    assert controls.error_shown(own) == "" and not driver.complaints(page)


def test_good_files_are_taken(page, own, pictures_folder):
    colour = np.zeros((400, 900, 4), np.uint8)
    colour[:, :450, 0], colour[:, 450:, 2], colour[..., 3] = 255, 255, 200
    stereo = np.stack([spoken(3)[0]] * 2, 1)
    for name, content, file, expected in (
        ("your digit", picture(drawn(), "JPEG"), "paper.jpg", "a digit"),
        ("your voice", wav(stereo, 44_100, 24), "stereo.wav", "at 44100 Hz"),
        ("your photo", picture(colour), "photo.png", "640 x 284 pixels"),
    ):
        before = controls.settled(page, own)
        give_file(own, name, content, file)
        wait_words(page, own, name, expected)
        assert controls.changes(page, own, before)
    assert "a picture" in part(own, "your digit").locator("canvas").get_attribute("aria-label")
    if pictures_folder:
        own.screenshot(path=str(pictures_folder / "own_files.png"))


def test_everything_has_a_name_and_keeps_its_keys(page, lab, own):
    own.scroll_into_view_if_needed()
    names = driver.spoken(page, "button")
    expected = {"your digit: clear", "your digit: choose a picture …", "your voice: record 3 s"}
    assert expected | {"your voice: choose a WAV file …", "your photo: choose a picture …"} <= set(names)
    cells = page.evaluate(CELLS)
    for control in own.locator(".mmcourse-given button:not([disabled])").all():
        for key in ("a", "x", "z"):
            control.focus()
            page.keyboard.press(key)
    assert page.evaluate(CELLS) == cells and not controls.unknown_controls(own)


def test_nothing_of_it_is_saved_in_the_notebook(page, lab, own):
    before = set(lab.folder.rglob("*"))
    stroke(page, part(own, "your digit").locator("canvas"), *SEVEN)
    wait_words(page, own, "your digit", "a digit")
    part(own, "your voice").locator(RECORD).click()
    wait_words(page, own, "your voice", "a word of")
    driver.save(page, lab, "own.ipynb")
    saved = (lab.folder / "own.ipynb").read_text(encoding="utf-8")
    for name in ("pad", "microphone"):
        start = asked(page, f"base64.b64encode({name}.value[2000:2060]).decode()").strip("'")
        assert len(start) > 20 and start not in saved
    made = {path.suffix for path in lab.folder.rglob("*") if path not in before}
    assert not made & {".png", ".wav"}
