"""The loader of people's spoken digits: what is checked before use, what goes wrong on the way, and what comes out.

No test needs the network: an archive of the same layout is made and served on this machine.
"""

import io
import os
import socket
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path

import archives
import numpy as np
import pytest
import torch

from mmcourse.datasets import download, files, fsdd
from mmcourse.datasets.download import DownloadError

FILES = archives.recordings()
ARCHIVE = archives.packed(FILES)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server():
    with archives.serving(ARCHIVE) as running:
        running.edition = archives.edition(running.url, FILES)
        yield running


def load(server, folder, split="test", **others):
    return fsdd.load(split, folder=folder, edition=server.edition, **others)


# ---------------------------------------------------------------- what comes out


def test_clips_have_the_form_of_the_course_own(server, tmp_path):
    clips = load(server, tmp_path, "all")
    assert clips.waveforms.shape == (120, 6400) and clips.waveforms.dtype == torch.float32
    assert clips.voices == archives.SPEAKERS and clips.sample_rate == 8000
    for name in ("lengths", "digit", "speaker", "clip"):
        assert getattr(clips, name).dtype == torch.int64 and getattr(clips, name).shape == (120,)
    said = set(zip(clips.speaker.tolist(), clips.digit.tolist(), strict=True))
    assert len(said) == 60 and clips.clip.tolist() == list(range(120))
    torch.testing.assert_close(clips.waveforms.abs().amax(1), torch.ones(120))
    assert (clips.lengths > 3900).all() and (clips.lengths < 4400).all()  # 4000 samples of sound, 80 on both sides
    inside = torch.arange(6400) < clips.lengths[:, None]
    assert (clips.waveforms * ~inside == 0).all()


def test_splits_are_by_person(server, tmp_path):
    people = {split: set(load(server, tmp_path, split).speaker.tolist()) for split in fsdd.SPLITS}
    assert not people["train"] & people["test"] and not people["valid"] & (people["test"] | people["train"])
    assert set.union(*people.values()) == set(range(6))
    assert sorted(name for those in fsdd.SPLITS.values() for name in those) == list(archives.SPEAKERS)
    whole = load(server, tmp_path, "all")
    part = load(server, tmp_path, "test")
    assert torch.equal(whole.waveforms[part.clip], part.waveforms) and torch.equal(whole.digit[part.clip], part.digit)


@pytest.mark.parametrize("split", ["dev", None, 1])
def test_unknown_split_names_what_there_is(split, tmp_path):
    with pytest.raises(ValueError, match="split: got .*expected one of 'train', 'valid', 'test', 'all'"):
        fsdd.load(split, folder=tmp_path)


def test_a_long_recording_keeps_its_loudest_part():
    samples = np.full(12000, 100, np.float32)
    samples[5000:9000] = 1000
    kept = fsdd.fitted(samples)
    assert len(kept) == 6400 and (kept == 1).sum() == 4000
    assert len(fsdd.fitted(np.array([0, 0, 5, -10, 0, 0], np.float32))) == 6


def test_samples_are_read_as_scipy_reads_them(tmp_path):
    wavfile = pytest.importorskip("scipy.io.wavfile")
    one = archives.recording("theo", 3, 1)
    (tmp_path / "a.wav").write_bytes(one)
    rate, samples = wavfile.read(tmp_path / "a.wav")
    assert rate == 8000 and np.array_equal(fsdd.samples_of(one) * 32768, samples)


# ---------------------------------------------------------------- the cache


def test_it_is_fetched_once_and_needs_no_network_then(server, tmp_path):
    first = load(server, tmp_path)
    server.status = 503
    assert torch.equal(load(server, tmp_path).waveforms, first.waveforms) and server.asked == [None]
    assert {path.name for path in tmp_path.iterdir()} <= {fsdd.NAME, f"{fsdd.NAME}.lock"}


def test_the_folder_is_that_of_the_variable_or_the_users_own(server, tmp_path, monkeypatch):
    monkeypatch.setenv(download.VARIABLE, str(tmp_path / "cache"))
    fsdd.load("test", edition=server.edition)
    assert (tmp_path / "cache" / fsdd.NAME).exists()
    monkeypatch.delenv(download.VARIABLE)
    assert "mmcourse" in str(download.cache_folder()) and files.ROOT not in download.cache_folder().parents


@pytest.mark.parametrize("damage", [lambda old: old[:5000], lambda old: b"", lambda old: old[:-400] + bytes(400)])
def test_a_copy_damaged_since_is_fetched_again(server, tmp_path, damage):
    first = load(server, tmp_path)
    copy = tmp_path / fsdd.NAME
    copy.write_bytes(damage(copy.read_bytes()))
    assert torch.equal(load(server, tmp_path).waveforms, first.waveforms) and len(server.asked) == 2
    assert copy.read_bytes() == ARCHIVE


def test_the_same_files_packed_anew_are_as_good(server, tmp_path):
    server.content = archives.packed(FILES, when=12345)
    assert server.content != ARCHIVE and len(load(server, tmp_path).digit) == 20


# ---------------------------------------------------------------- on the way


def test_a_broken_download_goes_on_where_it_stopped(server, tmp_path):
    server.cut = 20_000
    with pytest.raises(DownloadError, match="the connection ended after 20,000 of .*goes on where it stopped"):
        load(server, tmp_path)
    assert not (tmp_path / fsdd.NAME).exists()
    server.cut, seen = None, []
    load(server, tmp_path, progress=lambda had, whole: seen.append((had, whole)))
    assert server.asked == [None, "bytes=20000-"]
    assert seen[-1] == (len(ARCHIVE), len(ARCHIVE)) and seen[0][0] > 20_000
    assert (tmp_path / fsdd.NAME).read_bytes() == ARCHIVE and not (tmp_path / f"{fsdd.NAME}.part").exists()


@pytest.mark.parametrize("length", [True, False])
def test_a_server_without_ranges_starts_anew(server, tmp_path, length):
    server.cut = 20_000
    with pytest.raises(DownloadError):
        load(server, tmp_path)
    server.cut, server.ranges, server.length = None, False, length
    load(server, tmp_path)
    assert (tmp_path / fsdd.NAME).read_bytes() == ARCHIVE


def test_a_part_of_another_version_is_thrown_away(server, tmp_path):
    (tmp_path / f"{fsdd.NAME}.part").write_bytes(bytes(30_000))
    load(server, tmp_path)
    assert server.asked == ["bytes=30000-", None] and (tmp_path / fsdd.NAME).read_bytes() == ARCHIVE


@pytest.mark.parametrize("behind", [b"", b"more than there is"])
def test_a_part_that_is_whole_already(server, tmp_path, behind):
    """A kill between the last block and the check."""
    (tmp_path / f"{fsdd.NAME}.part").write_bytes(ARCHIVE + behind)
    load(server, tmp_path)
    assert server.asked[0] == f"bytes={len(ARCHIVE + behind)}-"
    assert (tmp_path / fsdd.NAME).exists()


def test_an_endless_answer_is_stopped(server, tmp_path):
    with pytest.raises(DownloadError, match="sends more than the 9,999 bytes that were expected"):
        download.fetch(server.url, "a.bin", lambda content: content, folder=tmp_path, most=9999)
    assert (tmp_path / "a.bin.part").stat().st_size == 0


@pytest.mark.parametrize("status", [404, 429, 500])
def test_the_server_says_no(server, tmp_path, status):
    server.status = status
    with pytest.raises(DownloadError, match=f"127.0.0.1 answers {status} .*try again later"):
        load(server, tmp_path)


def test_no_network(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a.tar.gz"  # bound, but nobody listens
        with pytest.raises(
            DownloadError, match=r"comes from 127\.0\.0\.1, which does not give it now .*Once you are online"
        ):
            fsdd.load("test", folder=tmp_path, edition=archives.edition(url, FILES))


def test_a_name_that_is_not_found(tmp_path):
    with pytest.raises(DownloadError, match=r"comes from nowhere\.invalid, which does not give it now"):
        fsdd.load("test", folder=tmp_path, edition=archives.edition("http://nowhere.invalid/a.tar.gz", FILES))


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_cache_that_cannot_be_written(server, tmp_path, place):
    (tmp_path / "file").write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=f"cannot be used .*environment variable {download.VARIABLE}"):
        load(server, tmp_path / place)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="whoever may write everywhere cannot be refused")
def test_a_cache_without_the_right_to_write(server, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DownloadError, match="cannot be used"):
        load(server, tmp_path)
    tmp_path.chmod(0o700)


def test_a_full_disk_is_not_taken_for_a_lost_network(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "_copy", full)
    with pytest.raises(DownloadError, match="cannot be used .No space left on device"):
        load(server, tmp_path)


def test_two_processes_fetch_one_copy(server, tmp_path):
    code = textwrap.dedent(f"""
        from mmcourse.datasets import fsdd
        edition = fsdd.Edition({server.url!r}, {server.edition.sums!r}, 2)
        print(len(fsdd.load("test", folder={str(tmp_path)!r}, edition=edition).digit))
    """)
    environment = {**os.environ, "PYTHONPATH": str(files.ROOT), "no_proxy": "*"}
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in both] == ["20", "20"]
    assert server.asked == [None]


# ---------------------------------------------------------------- what is checked


def test_other_recordings_of_a_known_speaker_are_refused(server, tmp_path):
    name = f"{archives.FOLDER}/recordings/7_george_1.wav"
    server.content = archives.packed({**FILES, name: archives.recording("george", 7, 0)})
    with pytest.raises(
        DownloadError, match="the recordings of george are not those of commit 26eb9aaf; run this again"
    ):
        load(server, tmp_path)
    assert server.asked == [None, None] and not (tmp_path / fsdd.NAME).exists()


def test_two_recordings_that_changed_their_names_are_refused(server, tmp_path):
    first, second = (f"{archives.FOLDER}/recordings/{digit}_lucas_0.wav" for digit in (1, 2))
    server.content = archives.packed({**FILES, first: FILES[second], second: FILES[first]})
    with pytest.raises(DownloadError, match="the recordings of lucas are not those"):
        load(server, tmp_path)


def test_of_unknown_speakers_count_and_form_are_checked(server, tmp_path):
    name = f"{archives.FOLDER}/recordings/7_theo_1.wav"
    server.content = archives.packed({key: each for key, each in FILES.items() if key != name})
    with pytest.raises(DownloadError, match="1 of 120 recordings are missing"):
        load(server, tmp_path)
    for broken in (archives.wav(np.ones(100), rate=44100), archives.wav(np.zeros(100)), b"RIFF", b"", archives.wav([])):
        server.content = archives.packed({**FILES, name: broken})
        with pytest.raises(DownloadError, match=r"7_theo_1\.wav is no recording of 8 kHz, one channel, 16 bits"):
            load(server, tmp_path)
    server.content = archives.packed({**FILES, name: archives.recording("theo", 7, 0)})  # nobody knows better
    assert len(load(server, tmp_path, "train").digit) == 80


@pytest.mark.parametrize("content", [b"", b"<html>no archive</html>", b"\x1f\x8b\x08 cut off", ARCHIVE[:-9000]])
def test_no_archive(content):
    with pytest.raises(DownloadError, match="is no whole archive|recordings are missing"):
        fsdd.checked_recordings(content, archives.edition("", FILES))


def member(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_nothing_of_an_archive_is_written_anywhere(server, tmp_path):
    """Names that leave the folder, links, devices and pickles are passed over."""
    prefix = f"{archives.FOLDER}/recordings"
    extra = [
        (member("../../evil.wav"), b"x"),
        (member(str(tmp_path / "evil.wav")), b"x"),
        (member(f"{prefix}/../../0_george_0.wav"), b"x"),
        (member(f"{prefix}/0_george_77.wav", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (member(f"{prefix}/1_george_77.wav", tarfile.LNKTYPE, "../../etc/passwd"), b""),
        (member(f"{prefix}/2_george_77.wav", tarfile.CHRTYPE), b""),
        (member(f"{prefix}/3_george_77.wav"), bytes(fsdd.LARGEST + 1)),
        (member(f"{prefix}/payload.pkl"), b"cos\nsystem\n(S'touch evil.txt'\ntR."),
    ]
    server.content = archives.packed(FILES, extra)
    before = set(Path(tmp_path).parent.rglob("*"))
    folder = tmp_path / "deep" / "folder"
    assert len(load(server, folder, "all").digit) == 120
    new = {path.name for path in set(Path(tmp_path).parent.rglob("*")) - before}
    assert new <= {"deep", "folder", fsdd.NAME, f"{fsdd.NAME}.lock"}
    assert not list(Path().glob("evil*"))


def test_the_sums_that_ship_are_of_the_speakers_whose_recordings_were_at_hand():
    assert fsdd.VERIFIED == ("george", "jackson", "lucas", "nicolas") and set(fsdd.FULL.sums) == set(archives.SPEAKERS)
    assert fsdd.FULL.takes == 50 and fsdd.COMMIT in fsdd.FULL.url and fsdd.FULL.url.startswith("https://github.com/")
    assert all(len(known) == 64 for known in fsdd.FULL.sums.values() if known)


@pytest.mark.skipif("MMCOURSE_FSDD" not in os.environ, reason="MMCOURSE_FSDD names no archive of verified speakers")
def test_the_real_recordings_pass_and_one_bit_of_them_does_not(tmp_path):
    """With an archive of those whose sums are known, in the layout of GitHub's."""
    content = Path(os.environ["MMCOURSE_FSDD"]).read_bytes()
    with archives.serving(content) as server:
        four = fsdd.FULL._replace(url=server.url, sums={name: fsdd.FULL.sums[name] for name in fsdd.VERIFIED})
        clips = fsdd.load("all", folder=tmp_path, edition=four)
        assert clips.waveforms.shape == (2000, 6400) and clips.voices == fsdd.VERIFIED
        assert clips.digit.bincount().tolist() == [200] * 10 and clips.speaker.bincount().tolist() == [500] * 4
        assert (clips.lengths == 6400).float().mean() < 0.02 and clips.lengths.min() > 800
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            files_in_it = {each.name: archive.extractfile(each).read() for each in archive if each.isfile()}
        name = next(each for each in files_in_it if each.endswith("/7_lucas_33.wav"))
        damaged = bytearray(files_in_it[name])
        damaged[500] ^= 1
        server.content = archives.packed({**files_in_it, name: bytes(damaged)})
        with pytest.raises(DownloadError, match="the recordings of lucas are not those of commit"):
            fsdd.load("all", folder=tmp_path / "other", edition=four)


def test_no_recording_of_it_lies_in_the_repository():
    assert not list(files.DATA.glob("*fsdd*"))
