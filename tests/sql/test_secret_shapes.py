"""What looks like a key is told from what does not, by the database and by the forms alike."""

from random import Random

import pytest

from certus_admin.secret_shapes import looks_like_secret
from tests.secret_samples import DISGUISES, ORDINARY, SHAPES
from tests.sql.asking import Asking

LOOKS = """select array_agg(private.looks_like_secret(w) order by place)
    from unnest(%s::text[]) with ordinality u (w, place)"""
SAMPLES = 200


def asked(asking: Asking, words: list[str]) -> list[bool]:
    """What the database thinks of each."""
    return list(asking.scalar(LOOKS, [words]))


def test_ordinary_labels_of_many_languages_are_no_secrets(asking: Asking) -> None:
    words = list(ORDINARY)
    assert [word for word in words if looks_like_secret(word)] == []
    assert asked(asking, words) == [False] * len(words)
    assert looks_like_secret(None) is False
    assert asking.scalar("select private.looks_like_secret(null)") is False


@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_is_told_by_its_shape(asking: Asking, shape: str) -> None:
    chance = Random(f"certus {shape}")
    made = [SHAPES[shape](chance) for _ in range(SAMPLES)]
    assert [sum(not looks_like_secret(secret) for secret in made)] == [0]
    assert asked(asking, made) == [True] * SAMPLES


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_hides_no_secret(asking: Asking, disguise: str) -> None:
    chance = Random("certus disguise")
    made = [DISGUISES[disguise](make(chance)) for make in SHAPES.values()]
    assert sum(not looks_like_secret(secret) for secret in made) == 0
    assert asked(asking, made) == [True] * len(made)


def test_forms_and_database_agree_on_whatever_is_typed(asking: Asking) -> None:
    """Pieces of words, numbers, signs and keys, in any order: most are borderline, none is told apart."""
    chance = Random("certus agreement")
    pieces = [
        *ORDINARY,
        *"-_.+/=: @,",
        "2026",
        "24h",
        "B2B",
        *(make(chance)[:14] for make in SHAPES.values()),
    ]
    typed = ["".join(chance.choices(pieces, k=chance.randint(1, 5))) for _ in range(3000)]
    ours = [looks_like_secret(words) for words in typed]
    assert 300 < sum(ours) < 2700
    assert [
        words for words, told, said in zip(typed, asked(asking, typed), ours, strict=True) if told != said
    ] == []
