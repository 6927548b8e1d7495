"""Recordings for the demo: two soft voices made of tones, so that the player really plays."""

import math
import wave
from array import array
from pathlib import Path
from random import Random

COUNT = 8
RATE = 8000
LOUDNESS = 9000

# The agent answers a fifth above the caller; both move along a scale that sounds friendly in any order.
CALLER, AGENT = 196.0, 293.7
SCALE = (1.0, 9 / 8, 5 / 4, 3 / 2, 5 / 3)


def make_recordings(folder: Path) -> list[Path]:
    """Write demo-1.wav to demo-8.wav (8 kHz, mono, 16 bits) where they are missing; gives the new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(1, COUNT + 1):
        path = folder / f"demo-{number}.wav"
        if not path.exists():
            _write(path, conversation(Random(number)))
            made.append(path)
    return made


def conversation(chance: Random) -> list[int]:
    """Samples of caller and agent taking turns, with pauses between the words and the turns."""
    samples: list[int] = []
    turns, speaker = chance.randint(4, 6), AGENT
    for _ in range(turns):
        for _ in range(chance.randint(3, 5)):
            samples.extend(_word(speaker * chance.choice(SCALE), chance.uniform(0.14, 0.3)))
            samples.extend([0] * int(RATE * chance.uniform(0.02, 0.09)))
        samples.extend([0] * int(RATE * chance.uniform(0.3, 0.6)))
        speaker = CALLER if speaker == AGENT else AGENT
    return samples


def _word(pitch: float, seconds: float) -> list[int]:
    """One tone with two overtones, swelling and fading so that it does not click."""
    count = int(RATE * seconds)
    tones = ((1, 0.7), (2, 0.22), (3, 0.08))
    return [
        int(
            LOUDNESS
            * math.sin(math.pi * at / count) ** 1.5
            * sum(share * math.sin(math.tau * pitch * overtone * at / RATE) for overtone, share in tones)
        )
        for at in range(count)
    ]


def _write(path: Path, samples: list[int]) -> None:
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(array("h", samples).tobytes())
    unfinished.replace(path)
