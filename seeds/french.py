"""What is said on the demo's calls, in French. Lines take their facts from seeds.talk."""

from seeds.scripts import Script

GREETING = ("{place}, bonjour, que puis-je faire pour vous ?", "{place}, bon{daypart}, je vous écoute.")

SCRIPTS: dict[str, tuple[Script, ...]] = {
    "order": (
        Script(
            "Commande {fulfillment} : {items}. Total {total}, prête à **{ready}**.",
            "caller: Bonjour, je voudrais passer une commande, {fulfillment}.",
            "agent: Bien sûr, qu'est-ce qui vous ferait plaisir ?",
            "caller: Alors, {spoken_items}, s'il vous plaît.",
            "{remark}",
            "{upsell}",
            "{delivery}",
            "agent: Cela fait {total}, ce sera prêt à {ready}. À quel nom ?",
            "caller: Au nom de {name}. Merci !",
        ),
    ),
    "order_abandoned": (
        Script(
            "Voulait commander, mais {wait} minutes d'attente, c'était trop long.",
            "caller: Bonjour, il y a combien d'attente pour emporter ?",
            "agent: Environ {wait} minutes en ce moment.",
            "caller: C'est trop long, tant pis.",
        ),
    ),
    "reservation": (
        Script(
            "Table pour **{count}**, {day} à **{time}**, au nom de {name}.",
            "caller: Bonjour, auriez-vous une table pour {count} personnes {day} ?",
            "agent: Avec plaisir, à quelle heure ?",
            "caller: Vers {time}.",
            "agent: C'est possible. À quel nom ?",
            "caller: {name}.",
            "{wish}",
            "agent: C'est noté : {count} personnes, {day} à {time}. À bientôt !",
        ),
        Script(
            "{name} a réservé pour {count}, {day} à {time}.",
            "caller: Je voudrais réserver pour {day}.",
            "agent: Volontiers, pour combien de personnes ?",
            "caller: Nous serons {count}, à {time} si c'est possible.",
            "{wish}",
            "agent: Parfait, quel est votre nom ?",
            "caller: {name}.",
            "agent: Merci, votre table est réservée.",
        ),
    ),
    "reservation_failed": (
        Script(
            "Demandait {count} couverts {day} à {time} : **complet**.",
            "caller: Une table pour {count}, {day} à {time}, c'est possible ?",
            "agent: Je suis désolée, nous sommes complets à cette heure.",
            "caller: Dommage. Une autre fois, alors.",
        ),
    ),
    "reservation_abandoned": (
        Script(
            "Voulait une table pour {count} {day}, rappellera.",
            "caller: Vous avez de la place pour {count} {day} ?",
            "agent: Oui, à {time}. Je réserve ?",
            "caller: Je demande d'abord aux autres et je rappelle.",
        ),
    ),
    "catering": (
        Script(
            "Demande de traiteur pour **{count} personnes**, {day} ; attend un devis.",
            "caller: Bonjour, faites-vous traiteur pour une réception ?",
            "agent: Oui. Pour combien de personnes, et quel jour ?",
            "caller: Environ {count} personnes, {day} à {time}.",
            "agent: C'est noté, vous recevrez un devis demain.",
        ),
    ),
    "general": (
        Script(
            "Demandait les horaires pour {day}.",
            "caller: Vous êtes ouverts {day} ?",
            "agent: Midi et soir, oui. Nous fermons le lundi.",
            "caller: Merci bien.",
        ),
        Script(
            "Demandait s'il y a des plats végétariens ; {dish} conseillé.",
            "caller: Avez-vous des plats végétariens ?",
            "agent: Oui, et la cuisine s'adapte. Le plat préféré en ce moment : {dish}.",
            "caller: Très bien, merci.",
        ),
        Script(
            "Demandait si la terrasse est chauffée.",
            "caller: La terrasse est chauffée ?",
            "agent: Oui, et il y a des plaids.",
            "caller: Parfait.",
        ),
    ),
    "other": (
        Script(
            "Faux numéro.",
            "caller: C'est bien la pharmacie ?",
            "agent: Non, vous êtes chez {place}.",
            "caller: Oh, pardon.",
        ),
        Script(
            "A oublié une écharpe ; l'équipe va chercher.",
            "caller: J'ai oublié mon écharpe hier soir.",
            "agent: Je laisse un mot à l'équipe.",
        ),
    ),
    "transferred": (
        Script(
            "Voulait parler à quelqu'un ; **appel transmis** à la salle.",
            "caller: Je peux parler à un responsable ?",
            "agent: Bien sûr, je vous le passe.",
        ),
    ),
    "transfer_unanswered": (
        Script(
            "Voulait parler à la salle ; **personne n'a répondu**.",
            "caller: Passez-moi la salle, s'il vous plaît.",
            "agent: Je suis désolée, personne ne répond pour l'instant.",
        ),
    ),
    "voicemail": (Script("A laissé un message.", "caller: Bonjour, rappelez-moi, merci."),),
    "unknown": (Script("L'appel s'est terminé sans explication du prestataire.", "caller: Allô ?"),),
    "confirmation": (
        Script(
            "Appelé {name} pour confirmer la table de {count} à {time} : **confirmé**.",
            "agent: Bonjour, ici {place}. Vous avez une table pour {count} ce jour à {time}. Toujours bon ?",
            "caller: Oui, à tout à l'heure.",
        ),
    ),
}

PARTS = {
    "remark": "caller: Et pour {remark_dish} : {remark_words}.\nagent: C'est noté.",
    "upsell_taken": "agent: Avec {upsell_item}, à {upsell_price} ?\ncaller: Volontiers.",
    "upsell_declined": "agent: Avec {upsell_item}, à {upsell_price} ?\ncaller: Non merci.",
    "delivery": "agent: On vous livre où ?\ncaller: À la même adresse que la dernière fois.",
    "wish": "caller: {wish_words}, si possible.\nagent: Je le note.",
}
FULFILLMENT = {"pickup": "à emporter", "delivery": "en livraison", "dine_in": "sur place"}
DAYPARTS = ("jour", "jour", "soir")
WISHES = (
    "Une table près de la fenêtre",
    "Une chaise haute",
    "Un coin calme",
    "En terrasse",
    "C'est un anniversaire",
)
LAST_JOIN = "et"
PORTIONS = (
    "sans {dish}",
    *(f"{number} fois {{dish}}" for number in ("une", "deux", "trois", "quatre", "cinq", "six")),
)
