"""Words that are no keys, in the languages of restaurants, and shapes of keys, made while the tests run."""

import base64
import string
from collections.abc import Callable
from itertools import pairwise
from random import Random

ORDINARY = (
    "Point of sale", "Point of sale, front desk", "Website", "Website 2026", "Booking widget (new)",
    "Kitchen display #2", "Kasse Erdgeschoss", "Lieferando-Schnittstelle_2026", "Reservierungssystem2026",
    "Website-Reservierungssystem-Innenstadt", "Donaudampfschifffahrtsgesellschaft",
    "Straßenverkauf Süd, Tür 3", "Asiaspezialitäten Theke", "Keyboardinstrumentenladen nebenan",
    "Système de réservation en ligne", "Caisse enregistreuse n° 12", "Borne de commande, Châtelet-Les Halles",
    "Terminal de punto de venta", "Integración con la cocina",
    "Reservas-web-Ciudad-de-México-2026",
    "Registratore di cassa", "Prenotazioni online", "Caixa registadora", "Reserva de mesas", "Kassasysteem",
    "Keittiönäyttö", "Kasa fiskalna",
    "Rezervační systém", "Ταμειακή μηχανή εστιατορίου",
    "Кассовый аппарат у входа", "Бронирование столиков", "نقطة البيع", "מערכת הזמנות", "予約システム",

    "レストラン予約ウィジェット", "厨房显示屏二号", "예약 시스템", "ระบบจองโต๊ะ", "आरक्षण प्रणाली",
    "Yemek siparişi",
    "MaisonLumenReservationSystem", "iPad Pro 12.9 at the bar", "Cafe24h-B2B-Website",
    "2026-Q1-B2B-v2-Website",
    "Orders to https://pos.example.com/orders/2026/incoming", "Secret menu", "Token for the jukebox",
    "Token: none yet", "Basic plan", "Bearer of bad news", "SK Bratislava", "ghp", "key", "x7Qd", "_-x9",
    "The tablet was stolen on 2026-11-21, police report 20261121-4711", "Ticket INC0012345678",
    "Left the company; access ended by +1 617-555-0142", "Replaced at once by a new key.",
    "llanfairpwllgwyngyllgogerych", "",
)  # fmt: skip

LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + "234567"
MIXED = string.ascii_letters + string.digits

SHAPES: dict[str, Callable[[Random], str]] = {
    "hex of 16": lambda chance: drawn(chance, "0123456789abcdef", 16, 1),
    "hex of 32": lambda chance: drawn(chance, "0123456789abcdef", 32),
    "hex of 64": lambda chance: drawn(chance, "0123456789ABCDEF", 64),
    "base 62 of 20": lambda chance: drawn(chance, MIXED, 20),
    "base 62 of 40": lambda chance: drawn(chance, MIXED, 40),
    "base 36 of 24": lambda chance: drawn(chance, LOWER, 24),
    "base 32 of 32": lambda chance: drawn(chance, UPPER, 32),
    "base 64": lambda chance: base64.b64encode(chance.randbytes(32)).decode(),
    "base 64 for addresses": lambda chance: base64.urlsafe_b64encode(chance.randbytes(32)).decode(),
    "uuid": lambda chance: "-".join(drawn(chance, "0123456789abcdef", size) for size in (8, 4, 4, 4, 12)),
    "digits": lambda chance: drawn(chance, string.digits, 16),
    "signed token": lambda chance: ".".join(
        ("ey" + "J" + drawn(chance, MIXED, 20), drawn(chance, MIXED, 40), drawn(chance, MIXED, 43))
    ),
    "payments": lambda chance: "_".join(("sk", chance.choice(("live", "test")), drawn(chance, MIXED, 24))),
    "webhook": lambda chance: "_".join(("wh" + "sec", drawn(chance, MIXED, 32))),
    "forge": lambda chance: "gh" + chance.choice("pousr") + "_" + drawn(chance, MIXED, 36),
    "other forge": lambda chance: "gl" + "pat-" + drawn(chance, MIXED, 20),
    "chat": lambda chance: "-".join(
        ("xox" + "b", drawn(chance, string.digits, 12), drawn(chance, MIXED, 24))
    ),
    "cloud": lambda chance: "AK" + "IA" + drawn(chance, UPPER, 16),
    "maps": lambda chance: "AI" + "za" + drawn(chance, MIXED + "-_", 35),
    "model": lambda chance: "-".join(("sk", "proj", drawn(chance, MIXED, 48))),
    "voice": lambda chance: "key" + "_" + drawn(chance, "0123456789abcdef", 28),
    "project": lambda chance: "_".join(("sb", "secret", drawn(chance, MIXED, 22))),
    "mail": lambda chance: ".".join(("S" + "G", drawn(chance, MIXED, 22), drawn(chance, MIXED, 43))),
    "shop": lambda chance: "shp" + "at_" + drawn(chance, "0123456789abcdef", 32),
    "header": lambda chance: "Authorization: Bea" + "rer " + drawn(chance, MIXED, 10) + "1x",
    "assignment": lambda chance: "pass" + "word = " + drawn(chance, MIXED, 9) + "7",
    "private key": lambda _chance: "-" * 5 + "BEGIN PRIVATE KEY" + "-" * 5,
    "address with a password": lambda _chance: "postgres://app:" + "hunter" + "@db.example/certus",
}
"""Each makes one; what they make is random, so that no line of this file is a key."""

DISGUISES: dict[str, Callable[[str], str]] = {
    "in a sentence": lambda secret: f"The key is {secret}, as agreed",
    "in full width": lambda secret: "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in secret
    ),
    "with nothing between": lambda secret: "\u200b".join(secret),
}


def drawn(chance: Random, alphabet: str, size: int, digits_inside: int = 2) -> str:
    """Random characters, drawn again in the rare case that they look like a word and a number."""
    while True:
        found = "".join(chance.choices(alphabet, k=size))
        groups = sum(left.isalpha() and right.isdigit() for left, right in pairwise(found))
        if groups >= digits_inside or size < 16 or alphabet == string.digits:
            return found
