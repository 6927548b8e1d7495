"""What is said on the demo's calls, in English. Lines take their facts from seeds.talk."""

from seeds.scripts import Script

GREETING = ("Thanks for calling {place}, how can I help?", "{place}, good {daypart}. What can I do for you?")

SCRIPTS: dict[str, tuple[Script, ...]] = {
    "order": (
        Script(
            "Ordered {items} for **{fulfillment} at {ready}**, {total} in all.",
            "caller: Hi, I would like to place an order for {fulfillment}.",
            "agent: Of course. What would you like?",
            "caller: I will have {spoken_items}, please.",
            "{remark}",
            "{upsell}",
            "{delivery}",
            "agent: So that is {spoken_items}. That makes {total} with tax, ready at {ready}. All right?",
            "caller: Yes, perfect. Thank you!",
            "agent: Thank you, {name}. See you soon.",
        ),
        Script(
            "{fulfillment_title} order: {items}. Total {total}, ready at **{ready}**.",
            "caller: Hello, are you taking {fulfillment} orders right now?",
            "agent: We are. Tell me what you would like.",
            "caller: Could I get {spoken_items}?",
            "{upsell}",
            "agent: What name shall I put on it?",
            "caller: {name}.",
            "{delivery}",
            "{remark}",
            "agent: Perfect. {total} in all, and it will be ready at {ready}.",
            "caller: Great, thanks.",
        ),
    ),
    "order_abandoned": (
        Script(
            "Wanted to order for {fulfillment}, but rang off: the wait was **{wait} minutes**.",
            "caller: Hi, how long is the wait for an order?",
            "agent: About {wait} minutes at the moment. Shall I take your order?",
            "caller: Hm, that is too long for us. Maybe another time.",
        ),
        Script(
            "Started an order and was cut off before it was complete.",
            "caller: I want to order some food, one second, the kids are still choosing.",
            "agent: Take your time.",
            "caller: Okay, so we would like, hold on...",
            "agent: I am still here.",
        ),
    ),
    "reservation": (
        Script(
            "Table for **{count}** on {day} at **{time}**, under {name}.",
            "caller: Hi, do you have a table for {count} on {day}?",
            "agent: Let me look. What time would suit you?",
            "caller: Around {time}, if you have it.",
            "agent: Yes, {time} is free. What name is it under?",
            "caller: {name}.",
            "{wish}",
            "agent: You are booked: {count} people, {day} at {time}. We look forward to seeing you.",
            "caller: Wonderful, bye.",
        ),
        Script(
            "{name} booked a table for {count}, {day} at {time}.",
            "caller: I would like to make a reservation, please.",
            "agent: Gladly. For how many people, and when?",
            "caller: We are {count}, on {day}, at {time}.",
            "{wish}",
            "agent: That works. Under which name?",
            "caller: {name}, please.",
            "agent: Thank you, {name}. {day} at {time} for {count}, it is all set.",
        ),
    ),
    "reservation_failed": (
        Script(
            "Asked for a table for {count} on {day} at {time}: **nothing was free**.",
            "caller: A table for {count} on {day} at {time}, please.",
            "agent: I am sorry, we are fully booked at that time. Could it be earlier or later?",
            "caller: No, it has to be then. Thank you anyway.",
        ),
    ),
    "reservation_abandoned": (
        Script(
            "Wanted a table for {count} on {day}, then wanted to ask at home first.",
            "caller: Do you have something for {count} on {day}?",
            "agent: At {time}, yes. Shall I book it?",
            "caller: Let me check with my family and call back.",
        ),
    ),
    "catering": (
        Script(
            "Catering enquiry for **{count} people** on {day}; wants a quote.",
            "caller: Hi, we are planning a lunch at the office and wonder if you do catering.",
            "agent: We do. How many people, and when would it be?",
            "caller: About {count} people, on {day} at {time}.",
            "agent: I have noted {count} people on {day}. The events desk will send a quote. Your name?",
            "caller: {name}, from the front office.",
        ),
        Script(
            "Private party of **{count}** on {day} at {time}, asked for a set menu.",
            "caller: We would like to celebrate a birthday with {count} people. Is that possible?",
            "agent: Certainly. Which day did you have in mind?",
            "caller: {day}, from {time}. And a set menu would be nice.",
            "agent: I have put that down as a request. The events desk will call you to settle the menu.",
        ),
    ),
    "general": (
        Script(
            "Asked about opening hours on {day}.",
            "caller: What are your hours on {day}?",
            "agent: We are open for lunch and for dinner, and closed on Mondays.",
            "caller: Perfect, thank you.",
        ),
        Script(
            "Asked where to park.",
            "caller: Hi, is there parking close to you?",
            "agent: There is a public garage two minutes away, and street parking after six.",
            "caller: Good to know. Thanks!",
        ),
        Script(
            "Asked whether the kitchen can do without gluten and nuts.",
            "caller: One of us cannot eat gluten, and one has a nut allergy. Is that a problem?",
            "agent: Not at all. Several dishes have no gluten. Do tell your server about the nuts.",
            "caller: Lovely, then we will come by.",
        ),
        Script(
            "Asked for vegetarian dishes; {dish} was recommended.",
            "caller: Do you have anything vegetarian?",
            "agent: Yes, and the kitchen is happy to change dishes. Many guests like the {dish}.",
            "caller: Sounds good.",
        ),
        Script(
            "Asked whether dogs are welcome outside.",
            "caller: Can we bring our dog?",
            "agent: On the terrace, with pleasure. We have water bowls, too.",
            "caller: Great, see you later.",
        ),
    ),
    "other": (
        Script(
            "Wrong number.",
            "caller: Is this the dry cleaner?",
            "agent: No, this is {place}, a restaurant.",
            "caller: Oh, sorry.",
        ),
        Script(
            "Left an umbrella behind; the staff will look for it.",
            "caller: I think I left my umbrella at your place last night.",
            "agent: I will leave a message for the team. What does it look like?",
            "caller: Green, with a wooden handle.",
        ),
        Script(
            "Supplier asked about the delivery window.",
            "caller: This is about tomorrow's produce. When can we unload?",
            "agent: Between eight and ten, at the back door.",
        ),
        Script(
            "Asked whether the kitchen is hiring.",
            "caller: Are you looking for cooks?",
            "agent: I will pass that on. Please bring your papers on a weekday afternoon.",
        ),
    ),
    "transferred": (
        Script(
            "Wanted to speak to the staff; **handed over**.",
            "caller: Can I talk to a person, please?",
            "agent: Of course, I will put you through.",
        ),
        Script(
            "Was not happy with a bill; handed to the host.",
            "caller: I have a question about my bill from last night.",
            "agent: I am sorry about that. Let me connect you with the host.",
            "caller: Thank you.",
        ),
    ),
    "transfer_unanswered": (
        Script(
            "Asked for the staff; **nobody picked up**.",
            "caller: Could I speak to somebody at the restaurant?",
            "agent: I will try to put you through.",
            "agent: I am sorry, nobody can take the call at the moment.",
        ),
    ),
    "voicemail": (Script("Left a message on the voicemail.", "caller: Hello? Please call me back. Thanks."),),
    "unknown": (Script("The call ended for a reason the provider did not explain.", "caller: Hello?"),),
    "confirmation": (
        Script(
            "Called {name} to confirm the table for {count} at {time}: **confirmed**.",
            "agent: Hello, this is {place}. You have a table for {count} today at {time}. Will you be there?",
            "caller: Yes, we will.",
            "agent: Perfect, see you then.",
        ),
    ),
}

PARTS = {
    "remark": "caller: And for the {remark_dish}: {remark_words}, please.\nagent: Noted.",
    "upsell_taken": "agent: Shall I add {upsell_item} for {upsell_price}?\ncaller: Oh yes, why not.",
    "upsell_declined": "agent: Shall I add {upsell_item} for {upsell_price}?\ncaller: No, thank you.",
    "delivery": "agent: Where shall we bring it?\ncaller: To the address you have from last time.",
    "wish": "caller: {wish_words}, if that is possible.\nagent: I have made a note of it.",
}
FULFILLMENT = {"pickup": "pick-up", "delivery": "delivery", "dine_in": "dining in"}
DAYPARTS = ("morning", "afternoon", "evening")
WISHES = (
    "A table by the window",
    "A high chair for a toddler",
    "Somewhere quiet",
    "A seat outside",
    "It is a birthday, a candle would be nice",
    "Step-free access",
)
LAST_JOIN = "and"

# By quantity: what orders hold, up to six.
PORTIONS = (
    "no {dish}",
    "one {dish}",
    *(f"{number} of the {{dish}}" for number in ("two", "three", "four", "five", "six")),
)
