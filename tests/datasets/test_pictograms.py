"""The pictograms: styles and concepts kept apart, pictures, names, and the script that makes the files."""

import io
import lzma
import re
from collections import Counter, defaultdict

import makers
import numpy as np
import pytest
import torch
from PIL import Image

from mmcourse.datasets import files, pictograms

NAMES = [pictograms.TABLE, *(pictograms.SHEET.format(style) for style in pictograms.STYLES)]
BETWEEN = (("train", "valid"), ("train", "test"), ("valid", "test"))


# ---------------------------------------------------------------- what is loaded


@pytest.mark.parametrize("split", [*pictograms.SPLITS, "all"])
@pytest.mark.parametrize("styles", [*pictograms.SPLITS, "openmoji"])
def test_shapes_types_and_ranges(split, styles):
    images, concept, style, group = pictograms.load(split, styles)
    count = len(images)
    assert images.shape == (count, 3, 24, 24) and images.dtype == torch.float32 and count > 100
    assert images.min() >= 0 and images.max() == 1
    for numbers in (concept, style, group):
        assert numbers.shape == (count,) and numbers.dtype == torch.int64
    everything = pictograms.concepts()
    assert all(split in (everything[place].split, "all") for place in concept.tolist())
    assert [everything[place].group for place in concept.tolist()] == [pictograms.GROUPS[place] for place in group]
    expected = pictograms.STYLE_SPLITS.get(styles, (styles,))
    assert set(style.tolist()) == {pictograms.STYLES.index(name) for name in expected}


def test_how_many_there_are():
    whole = pictograms.load("all", "all")
    assert len(pictograms.concepts()) == 1396 and len(whole.images) == 8566
    assert [len(pictograms.concepts(split)) for split in pictograms.SPLITS] == [973, 141, 282]
    assert (whole.concept.bincount() >= 4).all()  # every concept in four styles at least
    assert len(set(zip(whole.concept.tolist(), whole.style.tolist(), strict=True))) == len(whole.images)


def test_what_is_returned_is_a_copy():
    pictograms.load("test").images.fill_(7)
    pictograms.load("test").concept.fill_(0)
    assert pictograms.load("test").images.max() == 1 and pictograms.load("test").concept.unique().numel() == 282


@pytest.mark.parametrize("split", ["dev", "", None, 1])
def test_unknown_split_names_what_there_is(split):
    for give in (pictograms.load, pictograms.concepts):
        with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
            give(split)


@pytest.mark.parametrize("styles", ["apple", "", None, ("noto",)])
def test_unknown_styles_name_what_there_is(styles):
    with pytest.raises(ValueError, match="styles: got .*expected one of 'train', 'valid', 'test', 'all', 'noto', "):
        pictograms.load("train", styles)


# ---------------------------------------------------------------- splits


def test_no_concept_and_no_family_in_two_splits():
    split_of = defaultdict(set)
    for one in pictograms.concepts():
        split_of[one.family].add(one.split)
    assert all(len(splits) == 1 for splits in split_of.values()) and len(split_of) == 1090


def test_no_variants_by_skin_or_sex_and_no_flags():
    for one in pictograms.concepts():
        codes = [ord(sign) for sign in one.emoji]
        assert not any(0x1F3FB <= code <= 0x1F3FF or code in (0x2640, 0x2642) for code in codes), one.name
        assert not (codes[0] in (0x1F468, 0x1F469) and 0x200D in codes), one.name
        assert not any(0x1F1E6 <= code <= 0x1F1FF for code in codes), one.name


@pytest.mark.parametrize(
    "pattern",
    ["o’clock|-thirty", r"^(red|orange|yellow|green|blue|purple) heart$", "^keycap", "banknote", "^Japanese “",
     "(holding hands)$", "pregnant", "(red|green) apple", "hourglass", "snowman", "^(muted )?speaker( |$)",
     "^(un)?locked", "^chart ", "battery",
     "^kissing face", "-no-evil", "mountain$"],
)  # fmt: skip
def test_what_differs_in_a_colour_a_number_or_a_sex_is_one_family(pattern):
    found = [one for one in pictograms.concepts() if re.search(pattern, one.name.replace("'", "’"))]
    assert len(found) >= 2 and len({one.family for one in found}) == 1


@pytest.mark.parametrize("split", pictograms.SPLITS)
def test_every_group_has_its_share(split):
    share = Counter(one.group for one in pictograms.concepts())
    found = Counter(one.group for one in pictograms.concepts(split))
    whole = len(pictograms.concepts(split)) / len(pictograms.concepts())
    for group in pictograms.GROUPS:
        assert found[group] == pytest.approx(share[group] * whole, abs=2)


def test_styles_are_split_without_rest():
    assert sorted(name for those in pictograms.STYLE_SPLITS.values() for name in those) == sorted(pictograms.STYLES)


def nearest(one, other):
    """The root mean square difference of each picture of one set to the nearest of another, 0 to 1."""
    return torch.cdist(one.flatten(1), other.flatten(1)).amin(1) / one[0].numel() ** 0.5


@pytest.mark.parametrize(("one", "other"), BETWEEN)
def test_hardly_a_drawing_stands_nearly_the_same_in_two_splits_of_styles(one, other):
    """A black square is one by any hand; else less than 1 in 100 is as near as .05."""
    apart = nearest(pictograms.load("all", other).images, pictograms.load("all", one).images)
    assert apart.min() > 0.005 and (apart < 0.05).float().mean() < 0.01


@pytest.mark.parametrize(("one", "other"), BETWEEN)
def test_hardly_a_drawing_stands_nearly_the_same_in_two_splits_of_concepts(one, other):
    apart = nearest(pictograms.load(other, "all").images, pictograms.load(one, "all").images)
    assert apart.min() > 0.005 and (apart < 0.05).float().mean() < 0.02


# ---------------------------------------------------------------- pictures and texts


def test_pictures_are_what_they_are_called():
    """The same concept by an unseen hand is found by its plain pixels far more often than by chance (1 in 900)."""
    known, unknown = pictograms.load("train", "train"), pictograms.load("train", "test")
    flat = [(images - images.mean((1, 2, 3), keepdim=True)).flatten(1) for images in (known.images, unknown.images)]
    ours, theirs = (torch.nn.functional.normalize(rows) for rows in flat)
    right = known.concept[(theirs @ ours.T).argmax(1)] == unknown.concept
    assert right.float().mean() > 0.2


def test_every_picture_shows_something():
    images = pictograms.load("all", "all").images
    assert (1 - images.amin(1)).sum((1, 2)).min() > 3  # ink, in pixels: a small white square


def test_names_and_keywords_in_two_languages():
    everything = pictograms.concepts()
    assert len({one.emoji for one in everything}) == len({one.name for one in everything}) == len(everything)
    for one in everything:
        assert one.name and one.chinese_name and one.group in pictograms.GROUPS
        assert one.name not in one.keywords and one.chinese_name not in one.chinese_keywords
        assert all(word == word.strip() for word in (one.name, *one.keywords, one.chinese_name, *one.chinese_keywords))
    panda = next(one for one in everything if one.name == "panda")
    assert panda.emoji == "🐼" and panda.chinese_name == "熊猫" and "face" in panda.keywords
    assert panda.group == "Animals & Nature"


# ---------------------------------------------------------------- files and script


FILES = (*NAMES, "make_pictograms.py")


@pytest.mark.parametrize("name", [NAMES[0], NAMES[-1]])
def test_damaged_file_is_named_with_the_way_to_restore_it(copied, name):
    (copied / name).write_bytes(b"\x89PNG")
    with pytest.raises(
        files.DataError, match=rf"data/{re.escape(name)} is damaged.*(git checkout|fresh copy).*make_pictograms\.py"
    ):
        pictograms.load("test", "fluent")


def png(width, height):
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (NAMES[0], lzma.compress(b"emoji\n"), "is no table of emoji, group, split"),
        (NAMES[0], b"nothing", "is no packed text"),
        (NAMES[-1], b"\x89PNG\r\n\x1a\nbroken", "is no picture"),
        (NAMES[-1], png(960, 24), "is a picture of 960 x 24, too small for 1"),
        (NAMES[-1], png(960, 1000), "is a picture of 960 x 1000"),
        (NAMES[-1], b"GIF89a" + bytes(100), "is no picture"),
    ],
)
def test_right_checksum_but_something_else(copied, monkeypatch, name, content, message):
    whole = files.checked_bytes
    monkeypatch.setattr(files, "checked_bytes", lambda asked: content if asked == name else whole(asked))
    with pytest.raises(files.DataError, match=message):
        pictograms.load("test", "fluent")


def test_script_gives_the_same_bytes():
    pytest.importorskip(
        "resvg_py", reason="resvg-py is not installed: whether the script draws the same pictures was not tried"
    )
    maker = makers.script_with_packages("make_pictograms")
    made = maker.make()
    assert set(made) == set(NAMES)
    assert lzma.decompress(made[NAMES[0]]) == lzma.decompress(files.checked_bytes(NAMES[0]))
    makers.check_same_packing(NAMES[0], made[NAMES[0]])
    for name in NAMES[1:]:
        again, shipped = (Image.open(io.BytesIO(content)) for content in (made[name], files.checked_bytes(name)))
        assert np.array_equal(np.asarray(again.convert("RGB")), np.asarray(shipped.convert("RGB"))), name
        if maker.packed(shipped) == files.checked_bytes(name):  # another zlib packs other bytes
            assert made[name] == files.checked_bytes(name)


def test_script_leaves_out_variants_and_writes_names_as_the_packages_do():
    maker = makers.script("pictogram_texts")
    assert maker.code("❤\ufe0f") == "2764" and maker.code("🧑‍🚒") == "1f9d1-200d-1f692"
    assert [maker.variant(emoji) for emoji in ("👋", "👋🏽", "🏃‍♀️", "👩‍🚒", "🧑‍🚒", "👩")] == [
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert maker.slug("Santa Claus") == "santa-claus" and maker.slug("twelve o’clock") == "twelve-oclock"
    icons = {"icons": {"a": {"body": "<g/>"}}, "aliases": {"b": {"parent": "a"}}, "width": 72, "height": 72}
    assert 'viewBox="4 4 64 64"' in maker.svg(icons, "b", 4)


def test_two_drawings_that_show_something_else_were_left_out():
    drawn = {style: pictograms.load("all", style).concept.tolist() for style in ("openmoji", "noto-v1", "twemoji")}
    place = {one.name: place for place, one in enumerate(pictograms.concepts())}
    assert place["scroll"] not in drawn["openmoji"] and place["scroll"] in drawn["twemoji"]
    assert place["keycap: #"] not in drawn["noto-v1"] and place["keycap: 1"] in drawn["noto-v1"]


def test_script_finds_what_looks_alike():
    """A picture and the same a little brighter in three styles are alike; in two styles only, too few to tell."""
    maker, random = makers.script("make_pictograms"), np.random.default_rng(0)
    one, far = (random.integers(0, 240, (24, 24, 3)).astype(np.uint8) for _ in range(2))
    styles = [{"a": one, "b": one + 15, "c": far}, {"a": one, "b": one + 15}, {"a": far, "b": far + 15, "c": one}]
    whole = {str(number): style for number, style in enumerate(styles)}
    assert set(maker.look_alike(["a", "b", "c"], whole)) == {("a", "b")}
    assert set(maker.look_alike(["a", "b", "c"], dict(list(whole.items())[:2]))) == set()
    apart = maker.differences(np.stack([one, far]))
    expected = np.sqrt(((one.astype(float) - far) ** 2).mean()) / 255
    assert apart[0, 1] == pytest.approx(expected) and apart[0, 0] == 0
    scipy = pytest.importorskip("scipy.ndimage")
    grey = np.dot(one, [30, 59, 11])
    steep = np.hypot(scipy.sobel(grey.astype(float), 0), scipy.sobel(grey.astype(float), 1)).ravel()
    assert np.corrcoef(steep, maker.outlines(one[None])[0])[0, 1] == pytest.approx(1)


def test_script_deals_families_whole_and_large_ones_to_train():
    maker = makers.script("make_pictograms")
    codes = [f"{number:x}" for number in range(60)]
    known = {each: maker.Meaning(each, "Objects", "tool", each, each, (), each, ()) for each in codes}
    family = {each: codes[0] if number < 9 else each for number, each in enumerate(codes)}
    split_of = maker.deal(known, family)
    assert {split_of[each] for each in codes[:9]} == {"train"}
    assert Counter(split_of.values()) == {"train": 42, "valid": 6, "test": 12}
