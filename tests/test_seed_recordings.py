"""The demo's sounds: short, whole, and the same each time."""

import wave
from pathlib import Path
from random import Random

from seeds.recordings import conversation, make_recordings


def test_recordings_are_short_wave_files(tmp_path: Path) -> None:
    made = make_recordings(tmp_path / "recordings")
    assert len(made) == 8
    for path in made:
        assert path.stat().st_size < 200_000
        with wave.open(str(path)) as sound:
            assert sound.getparams()[:3] == (1, 2, 8000)
            assert 3 < sound.getnframes() / sound.getframerate() < 13


def test_recordings_that_exist_are_left_alone(tmp_path: Path) -> None:
    make_recordings(tmp_path)
    (tmp_path / "demo-3.wav").unlink()
    assert [path.name for path in make_recordings(tmp_path)] == ["demo-3.wav"]


def test_a_conversation_is_the_same_each_time_and_never_clips() -> None:
    samples = conversation(Random(1))
    assert samples == conversation(Random(1))
    assert 4000 < max(samples) < 32767
