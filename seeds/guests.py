"""Who calls: invented first names, and numbers that belong to nobody."""

from random import Random

from seeds.places import Place

NAMES = (
    *("Ada", "Alix", "Amina", "Anouk", "Basil", "Bruna", "Celeste", "Cosmo", "Dalia", "Dario", "Edda"),
    *("Fenn", "Flora", "Gaia", "Hugo", "Ilse", "Imre", "Ines", "Jonas", "Juno", "Kaya", "Lasse", "Leila"),
    *("Lior", "Luz", "Mabel", "Malo", "Mara", "Milo", "Nadia", "Noor", "Odile", "Olive", "Otto", "Paloma"),
    *("Pia", "Quinn", "Rafa", "Remy", "Rosa", "Sami", "Selma", "Tala", "Theo", "Tilda", "Uma", "Viggo"),
    *("Wanda", "Xenia", "Yara", "Zeno"),
)


def guest(place: Place, chance: Random) -> tuple[str, str]:
    """(first name, phone number) of a guest near `place`; regulars call again from the same number."""
    last_digits = chance.randrange(30, 100)
    # A number keeps its name, so that a regular is the same person each time.
    return NAMES[(last_digits * 7) % len(NAMES)], f"{place.profile.guest_prefix}{last_digits}"
